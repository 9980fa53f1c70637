/** Kernel × patch of the pinned pixel, term by term, computed from the logged values. */

import { exactly, marginOf, plus, type Reading } from '@convscope/shared/convolution/reading.js';
import type { Limits, Lut } from '../../../drawing/lut.js';
import { usePalette } from '../../../drawing/palette.js';
import { formatReading, formatValue, plural } from '../../../ui/format.js';
import { Arrow } from '../../../ui/icons.js';
import { useStore } from '../../../ui/store.js';
import { useRunPage } from '../run-page-context.js';
import { Cells } from '../shown/cells.js';
import { inputName } from '../shown/input-name.js';
import { termText } from '../shown/term-text.js';
import { useInputLimits } from '../shown/use-input-limits.js';
import { useKernelLimits } from '../shown/use-limits.js';
import { useTermHover } from '../shown/use-term-hover.js';
import type { Arithmetic, Part } from '../state/arithmetic.js';
import type { Selection } from '../state/selection.js';
import { cellSize } from './cell-size.js';
import { fitsLab, labLink } from './open-in-lab.js';
import { arithmeticOnce } from './use-shown-value.js';

/** Up to this many inputs are shown in full and in their own order. Of more inputs, the largest come first. */
const IN_FULL = 3;
const SHOWN = 12;

export function ArithmeticSection({ selection }: { selection: Selection }) {
  const { luts } = usePalette();
  const kernelLimits = useKernelLimits(selection);
  const app = useRunPage();
  const all = useStore(app.view, (view) => view.allTerms);
  const arithmetic = arithmeticOnce(selection);
  const inputLimits = useInputLimits(selection);
  if (arithmetic === undefined) return null;
  if ('error' in arithmetic) {
    return (
      <section className="section">
        <h3 className="heading">Kernel × patch</h3>
        <p className="small is-bad">{arithmetic.error}</p>
      </section>
    );
  }
  const { pixel, parts, products, sum, result } = arithmetic;
  const inFull = parts.length <= IN_FULL;
  const sorted = inFull ? parts : [...parts].sort((a, b) => sizeOf(b) - sizeOf(a));
  const shown = inFull || all ? sorted : sorted.slice(0, SHOWN);
  const rest = sorted.slice(shown.length);
  const columns = selection.description?.kernel[1] ?? 1;
  const isPicture = selection.description?.input.from === 'probes';
  const inputLut = isPicture ? luts.grey : selection.inputSigned ? luts.RdBu : luts.viridis;
  const cells = { columns, kernelLut: luts.RdBu, kernelLimits, inputLut, inputLimits };
  return (
    <section
      className="section"
      aria-label="Kernel times patch"
      data-arithmetic={selection.layer.name}
      data-products={products.value}
      data-bias={pixel.bias}
      data-sum={sum.value}
      data-sum-bound={marginOf(sum)}
      data-result={result.value}
      data-result-bound={marginOf(result)}
    >
      <h3 className="heading">
        Kernel × patch{' '}
        <span className="micro">
          {plural(parts.length, 'input channel')}
          {inFull ? '' : ', largest first'}
        </span>
      </h3>
      {inFull ? (
        shown.map((part) => <FullRow key={part.inChannel} part={part} selection={selection} {...cells} />)
      ) : (
        <div className={marginOf(products) > 0 ? 'term-list has-margins' : 'term-list'}>
          {shown.map((part) => (
            <SmallRow key={part.inChannel} part={part} {...cells} />
          ))}
        </div>
      )}
      {!inFull && (rest.length > 0 || all) && (
        <button
          type="button"
          className="micro muted"
          style={{ paddingTop: 4 }}
          onClick={() => app.show({ allTerms: !all })}
        >
          {all
            ? 'the largest only'
            : `${rest.length} more, together ${formatReading(rest.reduce((all, part) => plus(all, part.sum), exactly(0)))}`}
        </button>
      )}
      <Total arithmetic={arithmetic} />
      {fitsLab(selection.description?.kernel ?? [1, 1]) && (
        <a className="small" href={linkToLab(selection, arithmetic)}>
          Open in lab
        </a>
      )}
    </section>
  );
}

/** A link that opens the patch and kernel of the selected pixel in the lab. */
function linkToLab(
  { layer, channel, y, x, description, frame }: Selection,
  { pixel, parts }: Arithmetic,
): string {
  const kernel = description?.kernel ?? [1, 1];
  return labLink({
    caption: `${layer.name} out ${channel}, y ${y}, x ${x}${frame === undefined ? '' : `, step ${frame.step}`}`,
    channels: pixel.byInput.length,
    kernel,
    patch: parts.flatMap(({ inputs }) => inputs),
    weight: pixel.terms.map(({ weight }) => weight),
    bias: description?.bias === true ? pixel.bias : undefined,
  });
}

interface RowProps {
  readonly part: Part;
  readonly columns: number;
  readonly kernelLut: Lut;
  readonly kernelLimits: Limits;
  readonly inputLut: Lut;
  readonly inputLimits: Limits;
}

/** For the order of the parts: those that are not finite come first. */
function sizeOf({ sum }: Part): number {
  return Number.isFinite(sum.value) ? Math.abs(sum.value) : Number.MAX_VALUE;
}

function weightsOf({ terms }: Part): Reading[] {
  return terms.map(({ weight }) => exactly(weight));
}

/** Undefined for zero padding. */
function inputsShown({ terms, inputs }: Part): (Reading | undefined)[] {
  return terms.map(({ source }, index) => (source === undefined ? undefined : inputs[index]));
}

function FullRow({ part, selection, ...cells }: RowProps & { readonly selection: Selection }) {
  const [hovered, onHover] = useTermHover(part.terms);
  const { columns } = cells;
  const isExact = part.inputs.every((input) => marginOf(input) === 0);
  const size = cellSize(Math.ceil(part.terms.length / columns), columns);
  // A number that is not exact begins with a sign, which takes more room.
  const inputSize = isExact || columns > 3 ? size : Math.min(36, Math.floor(108 / columns));
  const term = hovered === undefined ? undefined : part.terms[hovered];
  const input = hovered === undefined ? undefined : part.inputs[hovered];
  return (
    <div className="term-row">
      <Cells
        values={weightsOf(part)}
        columns={columns}
        size={size}
        lut={cells.kernelLut}
        limits={cells.kernelLimits}
        numbers={size >= 26}
        onHover={onHover}
      />
      <span className="faint">×</span>
      <Cells
        values={inputsShown(part)}
        columns={columns}
        size={inputSize}
        lut={cells.inputLut}
        limits={cells.inputLimits}
        numbers={size >= 26}
        onHover={onHover}
        label={`Patch of ${inputName(selection, part.inChannel)}. Arrow keys choose a cell`}
        textOf={(at) => termText(part, at)}
      />
      <span className="faint">=</span>
      <span className="grow" style={{ textAlign: 'right' }}>
        <span className="micro" style={{ display: 'block' }}>
          {term === undefined ? inputName(selection, part.inChannel) : `${formatValue(term.weight)} ×`}
        </span>
        {input === undefined ? (
          formatReading(part.sum)
        ) : (
          <span className="small">{formatReading(input)}</span>
        )}
      </span>
    </div>
  );
}

/** Pixels that the longer side of a small kernel takes: the rows are as high. */
const SMALL_SIDE = 21;

function SmallRow({ part, ...cells }: RowProps) {
  const rows = Math.ceil(part.terms.length / cells.columns);
  const size = Math.max(2, Math.floor(SMALL_SIDE / Math.max(cells.columns, rows)));
  const [, onHover] = useTermHover(part.terms);
  return (
    <div>
      <span className="faint nowrap" style={{ minWidth: 32 }}>
        in {part.inChannel}
      </span>
      <Cells
        values={weightsOf(part)}
        columns={cells.columns}
        size={size}
        lut={cells.kernelLut}
        limits={cells.kernelLimits}
        numbers={false}
        onHover={onHover}
      />
      <Cells
        values={inputsShown(part)}
        columns={cells.columns}
        size={size}
        lut={cells.inputLut}
        limits={cells.inputLimits}
        numbers={false}
        onHover={onHover}
        label={`Patch of in ${part.inChannel}. Arrow keys choose a cell`}
        textOf={(at) => termText(part, at)}
      />
      <span className="grow small" style={{ textAlign: 'right' }}>
        {formatReading(part.sum)}
      </span>
    </div>
  );
}

function Total({ arithmetic }: { arithmetic: Arithmetic }) {
  const { pixel, products, hasBias, sum, relu, result } = arithmetic;
  return (
    <div className="total">
      <span className="faint">sum</span>
      {hasBias && (
        <>
          <span>{formatReading(products)}</span>
          <span className="faint">+ bias</span>
          <span>{formatValue(pixel.bias)}</span>
          {marginOf(sum) === 0 && <span className="faint">=</span>}
        </>
      )}
      <span className={relu ? '' : 'strong'}>{formatReading(sum)}</span>
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
  );
}
