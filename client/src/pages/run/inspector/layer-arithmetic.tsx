/** How the pinned value of a layer other than a convolution comes about, from the values that it reads. */
import { exactly, marginOf, plus, times } from '@convscope/shared/convolution/reading.js';
import type { Explanation, LayerTerm } from '@convscope/shared/layers/explain-value.js';
import { usePalette } from '../../../drawing/palette.js';
import { formatReading, formatValue, plural } from '../../../ui/format.js';
import { Arrow } from '../../../ui/icons.js';
import { Cells } from '../shown/cells.js';
import { ACTIVATION_NAMES } from '../shown/layer-names.js';
import { useInputLimits } from '../shown/use-input-limits.js';
import { explanationOf, productOf } from '../state/explanation.js';
import type { Selection } from '../state/selection.js';
import { placeText, TermList } from './term-list.js';
import { TransposedRows } from './transposed-rows.js';

/** Of longer sums the terms with the largest products. */
const SHOWN = 12;
/** A window wider than this is drawn without numbers. */
const NUMBERED_COLUMNS = 6;

const TITLES: Readonly<Record<Explanation['formula'], string>> = {
  sum: 'Sum',
  max: 'Maximum of the window',
  mean: 'Mean of the window',
  norm: 'Normalised',
  activation: 'Activation',
  softmax: 'Share of the whole',
  product: 'Product',
  copy: 'Copied',
};

export function LayerArithmetic({ selection }: { readonly selection: Selection }) {
  const explanation = explanationOf(selection);
  if (explanation === undefined) return <MissingParts selection={selection} />;
  const { result, formula } = explanation;
  return (
    <section
      className="section"
      aria-label="Arithmetic"
      data-arithmetic={selection.layer.name}
      data-formula={formula}
      data-result={result.value}
      data-result-bound={marginOf(result)}
    >
      <h3 className="heading">
        {TITLES[formula]} <span className="micro">{countText(explanation)}</span>
      </h3>
      <Body selection={selection} explanation={explanation} />
    </section>
  );
}

function countText(explanation: Explanation): string {
  const { formula, terms } = explanation;
  if (formula === 'norm')
    return explanation.over === undefined
      ? 'with the running statistics'
      : `over ${plural(explanation.over.channels, 'channel')} of this ${explanation.over.of}`;
  if (formula === 'max' || formula === 'mean' || formula === 'softmax') return plural(terms.length, 'value');
  if (formula !== 'sum') return '';
  return terms.length > SHOWN
    ? `${plural(terms.length, 'term')}, largest first`
    : plural(terms.length, 'term');
}

/** What is not in the log, so that nobody waits for it. */
function MissingParts({ selection }: { readonly selection: Selection }) {
  const { described, inputs, frame } = selection;
  if (described === undefined || described.type === 'other' || frame?.settled !== true) return null;
  const missing = inputs.filter(({ stack }) => stack === undefined).map(({ name }) => name);
  return (
    <section className="section" aria-label="Arithmetic">
      <p className="small faint">
        {missing.length > 0
          ? `The arithmetic is not known: the log does not hold the maps of ${missing.join(', ')} at this step.`
          : 'The arithmetic is not known: the log does not hold the parameters of this layer at this step, or they do not fit its maps.'}
      </p>
    </section>
  );
}

interface BodyProps {
  readonly selection: Selection;
  readonly explanation: Explanation;
}

function Body({ selection, explanation }: BodyProps) {
  switch (explanation.formula) {
    case 'max':
    case 'mean':
      return <WindowBody selection={selection} explanation={explanation} />;
    case 'sum':
      return <SumBody selection={selection} explanation={explanation} />;
    case 'norm': {
      const { mean, variance, eps, weight, bias, terms, result } = explanation;
      return (
        <p className="small">
          ({formatReading(terms[0]!.input)} − {formatValue(mean)}) ÷ √({formatValue(variance)} +{' '}
          {formatValue(eps)}) × {formatValue(weight)} + {formatValue(bias)} ={' '}
          <span className="strong" data-total>
            {formatReading(result)}
          </span>
        </p>
      );
    }
    case 'activation': {
      const { layer, terms, result } = explanation;
      return (
        <p className="small">
          {selection.described?.type === 'prelu'
            ? `PReLU, slope ${formatValue(layer.negativeSlope ?? 0)} below 0: `
            : ACTIVATION_NAMES[layer.kind]}
          ({formatReading(terms[0]!.input)}) ={' '}
          <span className="strong" data-total>
            {formatReading(result)}
          </span>
        </p>
      );
    }
    case 'product': {
      const { terms, result } = explanation;
      return (
        <>
          <TermList selection={selection} terms={terms} />
          <div className="total">
            <span className="faint">=</span>
            <span className="strong" data-total>
              {formatReading(result)}
            </span>
          </div>
        </>
      );
    }
    case 'softmax':
      return <SoftmaxBody selection={selection} explanation={explanation} />;
    case 'copy': {
      const [term] = explanation.terms;
      return (
        <p className="small">
          the value of {placeText(selection, term!)}, unchanged:{' '}
          <span className="strong" data-total>
            {formatReading(explanation.result)}
          </span>
        </p>
      );
    }
  }
}

function WindowBody({ selection, explanation }: BodyProps) {
  const { luts } = usePalette();
  const limits = useInputLimits(selection);
  const { terms, result } = explanation;
  const columns = new Set(terms.map(({ x }) => x)).size || 1;
  const hasNumbers = columns <= NUMBERED_COLUMNS;
  const size = hasNumbers ? 36 : Math.max(4, Math.floor(240 / columns));
  return (
    <>
      <Cells
        values={terms.map(({ input }) => input)}
        columns={columns}
        size={size}
        lut={selection.inputSigned ? luts.RdBu : luts.viridis}
        limits={limits}
        numbers={hasNumbers}
        label="Values of the window. Arrow keys choose a cell"
        textOf={(at) => `${placeText(selection, terms[at]!)}: ${formatReading(terms[at]!.input)}`}
      />
      <p className="small">
        {explanation.formula === 'mean' ? (
          <>
            {formatReading(terms.reduce((sum, { input }) => plus(sum, input), exactly(0)))} ÷{' '}
            {explanation.divisor} ={' '}
          </>
        ) : explanation.formula === 'max' ? (
          <>
            {explanation.certain ? '' : 'probably '}
            {placeText(selection, terms[explanation.winner]!)}:{' '}
          </>
        ) : null}
        <span className="strong" data-total>
          {formatReading(result)}
        </span>
      </p>
      {explanation.formula === 'max' && !explanation.certain && (
        <p className="micro">Another value of the window may be as large: they were logged with 8 bits.</p>
      )}
    </>
  );
}

function SoftmaxBody({ selection, explanation }: BodyProps) {
  if (explanation.formula !== 'softmax') return null;
  const { terms, own, result } = explanation;
  const top = Math.max(...terms.map(({ input }) => input.value));
  const sum = terms.reduce((all, { input }) => all + Math.exp(input.value - top), 0);
  const shown = [...terms].sort((a, b) => b.input.value - a.input.value).slice(0, SHOWN);
  return (
    <>
      <ol className="layer-terms">
        {shown.map((term) => (
          <li key={term.channel}>
            <span className={term.channel === terms[own]?.channel ? 'strong ellipsis' : 'ellipsis'}>
              e^({placeText(selection, term)})
            </span>
            <span className="small nowrap">
              {formatReading(term.input)}: {formatValue((Math.exp(term.input.value - top) / sum) * 100, 1)} %
            </span>
          </li>
        ))}
      </ol>
      {terms.length > shown.length && (
        <p className="micro">{plural(terms.length - shown.length, 'smaller value')} more</p>
      )}
      <p className="small">
        e^({formatReading(terms[own]!.input)}) ÷ the sum of all ={' '}
        <span className="strong" data-total>
          {formatReading(result)}
        </span>
      </p>
    </>
  );
}

function SumBody({ selection, explanation }: BodyProps) {
  if (explanation.formula !== 'sum') return null;
  const { terms, bias, before, relu, result } = explanation;
  const sizeOf = (term: LayerTerm) => {
    const size = Math.abs(productOf(term));
    return Number.isNaN(size) ? Number.POSITIVE_INFINITY : size;
  };
  const isWeighted = selection.described?.type !== 'add';
  const shown = (isWeighted ? [...terms].sort((a, b) => sizeOf(b) - sizeOf(a)) : terms).slice(0, SHOWN);
  const rest = terms.length - shown.length;
  const shownSum = shown.reduce((sum, { input, weight }) => plus(sum, times(input, weight)), exactly(0));
  const products = before.value - (bias ?? 0);
  const { described } = selection;
  return (
    <>
      {described?.type === 'convTranspose2d' ? (
        <TransposedRows selection={selection} layer={described} terms={terms} />
      ) : (
        <>
          <TermList selection={selection} terms={shown} isWeighted={isWeighted} />
          {rest > 0 && (
            <p className="micro">
              {plural(rest, 'more term')}, together {formatValue(products - shownSum.value)}
            </p>
          )}
        </>
      )}
      <div className="total">
        {bias !== undefined && (
          <>
            <span className="faint">+ bias</span>
            <span>{formatValue(bias)}</span>
          </>
        )}
        <span className="faint">=</span>
        <span className={relu ? '' : 'strong'} {...(relu ? {} : { 'data-total': true })}>
          {formatReading(before)}
        </span>
        {relu && (
          <span className="total-result">
            <span className="faint">
              <Arrow />
            </span>{' '}
            <span className="strong" data-total>
              {formatReading(result)}
            </span>
          </span>
        )}
      </div>
    </>
  );
}
