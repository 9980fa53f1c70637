/** For a log that does not describe its net: what convolution a layer is, how that is known, and a way to say it. */
import type { Inference } from '@convscope/shared/convolution/infer.js';
import { type FormEvent, useState } from 'react';
import { Button } from '../../../ui/button.js';
import { plural } from '../../../ui/format.js';
import { useStore, useStoreValue } from '../../../ui/store.js';
import { descriptionOf } from '../frames/described-logs.js';
import { type InferredLayer, parametersFor } from '../frames/inferred-layers.js';
import { readByPattern } from '../frames/tag-names.js';
import { useRunPage } from '../run-page-context.js';
import { type ChosenConvolution, pairFrom, pairText } from '../state/chosen-convolution.js';
import type { Selection } from '../state/selection.js';
import './parameters-section.css';

export function ParametersSection({ selection }: { readonly selection: Selection }) {
  const app = useRunPage();
  const { name } = selection.layer;
  const layer = useStore(app.frames.inferred.found, (found) => found.get(name));
  const isForeign = useStore(app.run, (run) => run !== undefined && descriptionOf(run.data) === 'none');
  if (!isForeign) return null;
  return (
    <section className="section parameters" aria-label="Parameters">
      {layer !== undefined && <Convolution key={name} name={name} layer={layer} />}
      <TagNames />
    </section>
  );
}

function Convolution({ name, layer }: { readonly name: string; readonly layer: InferredLayer }) {
  const app = useRunPage();
  const chosen = useStore(app.view, (view) => view.convolutions.find((one) => one.layer === name));
  const { inference } = layer;
  const fits = chosen === undefined || parametersFor(layer, chosen).fits;
  const choose = (one: ChosenConvolution | undefined) => {
    const others = app.view.get().convolutions.filter((other) => other.layer !== name);
    app.show({ convolutions: one === undefined ? others : [...others, one] });
  };
  const shown = chosen ?? (inference.kind === 'unique' ? inference.parameters : undefined);
  return (
    <>
      <h3 className="heading">Convolution</h3>
      {shown !== undefined && (
        <p className="small" data-parameters>
          Stride {pairText(shown.stride)}, padding {pairText(shown.padding)}, dilation{' '}
          {pairText(shown.dilation)}, {plural(layer.inputShape[0] / layer.kernels[1], 'group')}
        </p>
      )}
      <p className={fits && inference.kind !== 'none' ? 'micro muted' : 'micro is-warn'} data-inference>
        {chosen === undefined ? inferenceText(inference) : chosenText(chosen, layer, fits)}
      </p>
      {chosen !== undefined && (
        <button type="button" className="link micro" onClick={() => choose(undefined)}>
          {inference.kind === 'unique' ? 'Use what the numbers say' : 'Take it back'}
        </button>
      )}
      {(chosen !== undefined || inference.kind !== 'unique') && (
        <ParametersForm
          name={name}
          start={chosen ?? (inference.kind === 'several' ? inference.candidates[0] : undefined)}
          choose={choose}
        />
      )}
    </>
  );
}

function inferenceText(inference: Inference): string {
  if (inference.kind === 'none') return `It cannot be inferred. ${inference.reason} You can set it here.`;
  if (inference.kind === 'several') {
    const { length } = inference.candidates;
    return `The numbers do not decide: ${length > 1 ? `${length} or more choices` : 'other choices'} give the same output. You can set it here.`;
  }
  const { paddingMode, activation } = inference.parameters;
  const padded = paddingMode === 'zeros' ? '' : ` Its padding is ${paddingMode}.`;
  const rectified = activation === 'relu' ? ' The output is from after a ReLU.' : '';
  return `Inferred from the numbers: ${plural(inference.pixels, 'pixel')} of the output agree, and no other choice does.${padded}${rectified}`;
}

function chosenText(chosen: ChosenConvolution, layer: InferredLayer, fits: boolean): string {
  if (!fits) {
    const [, height, width] = layer.outputShape;
    return `With the parameters in the address the output would not be ${height}×${width}: they are not used.`;
  }
  const { inference } = layer;
  const inferred = inference.kind === 'unique' ? inference.parameters : undefined;
  const isSame =
    inferred !== undefined &&
    (['stride', 'padding', 'dilation'] as const).every(
      (key) => pairText(inferred[key]) === pairText(chosen[key]),
    );
  if (inferred === undefined || isSame) return 'As set in the address.';
  return `As set in the address. The numbers say stride ${pairText(inferred.stride)}, padding ${pairText(inferred.padding)}, dilation ${pairText(inferred.dilation)}.`;
}

const FIELDS = [
  { key: 'stride', least: 1 },
  { key: 'padding', least: 0 },
  { key: 'dilation', least: 1 },
] as const;

function ParametersForm(props: {
  readonly name: string;
  readonly start: Pick<ChosenConvolution, 'stride' | 'padding' | 'dilation'> | undefined;
  readonly choose: (one: ChosenConvolution) => void;
}) {
  const { name, start, choose } = props;
  const [problem, setProblem] = useState('');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [stride, padding, dilation] = FIELDS.map(({ key, least }) =>
      pairFrom(String(form.get(key)), least),
    );
    if (stride === undefined || padding === undefined || dilation === undefined) {
      setProblem('Give a number like 2, or height × width like 2x1.');
      return;
    }
    setProblem('');
    choose({ layer: name, stride, padding, dilation });
  };
  return (
    <form className="parameters-form" onSubmit={submit}>
      {FIELDS.map(({ key, least }) => (
        <label key={key} className="micro">
          {key}
          <input name={key} defaultValue={pairText(start?.[key] ?? [least, least])} inputMode="numeric" />
        </label>
      ))}
      <Button type="submit">Set</Button>
      {problem !== '' && (
        <p className="micro is-bad" role="alert">
          {problem}
        </p>
      )}
    </form>
  );
}

/** How tags are read as layers, for a log that does not use the usual names. */
function TagNames() {
  const app = useRunPage();
  const names = useStoreValue(app.view).names;
  const [problem, setProblem] = useState('');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('names')).trim();
    const read = text === '' ? undefined : readByPattern(text);
    const refused = typeof read === 'object' ? read.refused : '';
    setProblem(refused);
    if (refused === '') app.show({ names: text });
  };
  return (
    <details className="tag-names" open={names !== '' || undefined}>
      <summary className="micro muted">Names of tags</summary>
      <form onSubmit={submit}>
        <label className="micro">
          A regular expression with the groups layer and role (input, output, weight, bias, gradient, or in,
          out, w, b)
          <input
            name="names"
            key={names}
            defaultValue={names}
            placeholder="(?&lt;layer>.+)[.](?&lt;role>in|out|w|b)"
          />
        </label>
        <Button type="submit">Use</Button>
        {problem !== '' && (
          <p className="micro is-bad" role="alert">
            {problem}
          </p>
        )}
      </form>
    </details>
  );
}
