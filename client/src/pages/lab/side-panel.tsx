/** The output shape with its formula, the code, the meaning of each parameter, and the receptive field of a stack. */

import { outputSize } from '@convscope/shared/convolution/output-shape.js';
import { highlight, pytorchCode, tfjsCode } from '@convscope/shared/convolution/program-text.js';
import { useMemo, useState } from 'react';
import { Button } from '../../ui/button.js';
import { copyText } from '../../ui/copy-text.js';
import { formatShort } from '../../ui/format.js';
import { Segments } from '../../ui/segments.js';
import type { Lab } from './lab-model.js';
import type { LabState } from './lab-state.js';
import type { Change } from './parameter-controls.js';
import { StackTable } from './stack-table.js';
import './lab-side.css';

export function SidePanel({ lab, state, change }: { lab: Lab; state: LabState; change: Change }) {
  return (
    <aside className="lab-side" aria-label="Shape, code and meaning">
      <ShapeSection lab={lab} state={state} />
      {lab.output && <CodeSection lab={lab} state={state} change={change} />}
      <section className="lab-section">
        <h3>What each parameter does</h3>
        <Meaning isTransposed={state.operation === 'convTranspose2d'} />
      </section>
      <StackTable stack={state.stack} onChange={(stack) => change({ stack })} />
    </aside>
  );
}

function Meaning({ isTransposed }: { isTransposed: boolean }) {
  return isTransposed ? (
    <dl className="lab-meaning">
      <dt>stride</dt>
      <dd>how far apart the inputs put their kernels; 2 doubles the output</dd>
      <dt>padding</dt>
      <dd>rows and columns that are cut from each side of the output</dd>
      <dt>output padding</dt>
      <dd>rows and columns more at the bottom and right, for sizes that a stride rounds down</dd>
      <dt>dilation</dt>
      <dd>gaps between taps: a wider reach, same weights</dd>
      <dt>groups</dt>
      <dd>output group g sees only input group g</dd>
    </dl>
  ) : (
    <dl className="lab-meaning">
      <dt>stride</dt>
      <dd>how far the window moves; 2 halves the output</dd>
      <dt>padding</dt>
      <dd>a ring around the input: zeros, or what the padding mode shows there</dd>
      <dt>dilation</dt>
      <dd>gaps between taps: a wider view, same weights</dd>
      <dt>groups</dt>
      <dd>output group g sees only input group g; groups = channels is depthwise</dd>
    </dl>
  );
}

function Formula({
  axis,
  padded,
  text,
  kernel,
  stride,
  dilation,
}: {
  axis: 'H' | 'W';
  padded: number;
  text: string;
  kernel: number;
  stride: number;
  dilation: number;
}) {
  const exact = (padded - dilation * (kernel - 1) - 1) / stride + 1;
  const result = outputSize(padded, kernel, stride, dilation);
  const fits = result > 0;
  return (
    <p className="lab-formula">
      {axis}
      <sub>out</sub> = floor(
      <span className="lab-fraction">
        <span>
          {text} − {dilation}·({kernel} − 1) − 1
        </span>
        <span>{stride}</span>
      </span>
      + 1) ={' '}
      <b className={fits ? '' : 'lab-bad'} data-testid={`lab-out-${axis}`}>
        {formatShort(result)}
      </b>
      {exact !== result && <span className="lab-note"> of {formatShort(exact, 2)}</span>}
      {!fits && <span className="lab-note lab-bad">, no window fits</span>}
    </p>
  );
}

function TransposedFormulas({ lab, state }: { lab: Lab; state: LabState }) {
  return (
    <>
      <p className="lab-formula lab-quiet-text">
        H<sub>out</sub> = (H − 1)·stride − 2·pad + dil·(k − 1) + out pad + 1
      </p>
      {(['Height', 'Width'] as const).map((axis, index) => {
        const [size, stride, padding] = [
          state[`input${axis}`],
          state[`stride${axis}`],
          state[`padding${axis}`],
        ];
        const [dilation, kernel] = [state[`dilation${axis}`], state[`kernel${axis}`]];
        const added = state[`outputPadding${axis}`];
        const result = (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + added + 1;
        const letter = axis[0];
        return (
          <p className="lab-formula" key={axis}>
            {letter}
            <sub>out</sub> = ({size} − 1)·{stride} − 2·{padding} + {dilation}·({kernel} − 1) + {added} + 1 ={' '}
            <b className={lab.output ? '' : 'lab-bad'} data-testid={`lab-out-${letter}`}>
              {lab.output?.shape[index + 1] ?? result}
            </b>
          </p>
        );
      })}
    </>
  );
}

function ShapeSection({ lab, state }: { lab: Lab; state: LabState }) {
  const { sides } = lab;
  const amount = (before: number, after: number) =>
    before === after ? `2·${before}` : `${before} + ${after}`;
  const dropped = lab.output ? [lab.output.droppedRows, lab.output.droppedColumns] : [0, 0];
  return (
    <section className="lab-section">
      <h3>Output shape</h3>
      {state.operation === 'convTranspose2d' ? (
        <TransposedFormulas lab={lab} state={state} />
      ) : (
        <>
          <p className="lab-formula lab-quiet-text">
            H<sub>out</sub> = floor(
            <span className="lab-fraction">
              <span>H + 2·pad − dil·(k − 1) − 1</span>
              <span>stride</span>
            </span>
            + 1)
          </p>
          <Formula
            axis="H"
            padded={state.inputHeight + sides.top + sides.bottom}
            text={`${state.inputHeight} + ${amount(sides.top, sides.bottom)}`}
            kernel={state.kernelHeight}
            stride={state.strideHeight}
            dilation={state.dilationHeight}
          />
          <Formula
            axis="W"
            padded={state.inputWidth + sides.left + sides.right}
            text={`${state.inputWidth} + ${amount(sides.left, sides.right)}`}
            kernel={state.kernelWidth}
            stride={state.strideWidth}
            dilation={state.dilationWidth}
          />
        </>
      )}
      <dl className="lab-facts">
        <dt>input</dt>
        <dd>[1, {lab.inputShape.join(', ')}]</dd>
        <dt>weight</dt>
        <dd>[{lab.weightShape.join(', ')}]</dd>
        <dt>output</dt>
        <dd data-testid="lab-output-shape">
          {lab.output ? <b>[1, {lab.output.shape.join(', ')}]</b> : 'refused'}
        </dd>
        <dt>effective kernel</dt>
        <dd>
          {lab.effectiveKernel[0]}×{lab.effectiveKernel[1]}
        </dd>
        <dt>parameters</dt>
        <dd>{lab.parameterCount.toLocaleString('en')}</dd>
        {lab.output && (
          <>
            <dt>multiply-adds</dt>
            <dd>{lab.output.multiplyAdds.toLocaleString('en')}</dd>
          </>
        )}
      </dl>
      {(dropped[0]! > 0 || dropped[1]! > 0) && (
        <p className="lab-warn">
          The last {dropped[0]! > 0 ? `${dropped[0]} row${dropped[0]! > 1 ? 's' : ''}` : ''}
          {dropped[0]! > 0 && dropped[1]! > 0 ? ' and ' : ''}
          {dropped[1]! > 0 ? `${dropped[1]} column${dropped[1]! > 1 ? 's' : ''}` : ''} fill no window: the
          floor drops them (hatched).
        </p>
      )}
    </section>
  );
}

const LANGUAGES = [
  ['pytorch', 'PyTorch'],
  ['tfjs', 'tfjs'],
] as const;

function CodeSection({ lab, state, change }: { lab: Lab; state: LabState; change: Change }) {
  const [copied, setCopied] = useState('');
  const code = useMemo(() => programOf(lab, state), [lab, state]);
  // Kept, because the values of a whole map are thousands of words.
  const spans = useMemo(
    () =>
      highlight(code).map((span, i) => (
        <span key={i} data-kind={span.kind}>
          {span.text}
        </span>
      )),
    [code],
  );
  const copy = () => {
    void copyText(code).then((isCopied) => setCopied(isCopied ? 'Copied' : ''));
  };
  return (
    <section className="lab-section">
      <h3>
        Code
        <Segments
          label="Language"
          value={state.code}
          options={LANGUAGES}
          onChange={(language) => change({ code: language })}
        />
      </h3>
      <div className="lab-code">
        <Button className="lab-copy" onClick={copy}>
          Copy
        </Button>
        <pre tabIndex={0} aria-label={`${state.code === 'pytorch' ? 'PyTorch' : 'tfjs'} code`}>
          {spans}
        </pre>
      </div>
      <p className="lab-note" aria-live="polite">
        {copied}
      </p>
    </section>
  );
}

function programOf(lab: Lab, state: LabState): string {
  const input = {
    inputShape: lab.inputShape,
    weightShape: lab.weightShape,
    outputShape: lab.output!.shape,
    input: lab.input,
    weight: lab.weight,
    bias: lab.bias,
    stride: [state.strideHeight, state.strideWidth] as const,
    padding:
      state.padding === 'numbers' ? ([state.paddingHeight, state.paddingWidth] as const) : state.padding,
    sides: lab.sides,
    dilation: [state.dilationHeight, state.dilationWidth] as const,
    groups: state.groups,
    paddingMode: state.paddingMode,
    ...(state.operation === 'convTranspose2d'
      ? { outputPadding: [state.outputPaddingHeight, state.outputPaddingWidth] as const }
      : {}),
    // Values that are nowhere else: of a run, or typed.
    writeOut: {
      input: state.inputFill === 'custom',
      weight: state.kernelFill === 'custom',
      bias: state.biases !== undefined,
    },
  };
  return state.code === 'pytorch' ? pytorchCode(input) : tfjsCode(input);
}
