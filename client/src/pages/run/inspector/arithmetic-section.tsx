/** Kernel × patch of the pinned pixel, term by term, computed from the logged values. */

import type { ConvolutionTerm } from '@convscope/shared/convolution/terms.js';
import { useMemo, useState } from 'react';
import { limitsOf, NO_RANGE, topOf } from '../../../drawing/limits.js';
import type { Limits, Lut } from '../../../drawing/lut.js';
import { usePalette } from '../../../drawing/palette.js';
import { formatValue, plural } from '../../../ui/format.js';
import { Arrow } from '../../../ui/icons.js';
import { inputName } from '../shown/input-name.js';
import { useKernelLimits } from '../shown/use-limits.js';
import type { Arithmetic } from '../state/arithmetic.js';
import type { Selection } from '../state/selection.js';
import { Cells } from './cells.js';
import { labLink } from './open-in-lab.js';
import { arithmeticOnce } from './use-shown-value.js';

/** Up to this many inputs are shown in full and in their own order. Of more inputs, the largest come first. */
const IN_FULL = 3;
const SHOWN = 12;

interface Part {
  readonly inChannel: number;
  readonly sum: number;
  readonly terms: readonly ConvolutionTerm[];
}

export function ArithmeticSection({ selection }: { selection: Selection }) {
  const { luts } = usePalette();
  const kernelLimits = useKernelLimits(selection);
  const [all, setAll] = useState(false);
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
  const { pixel } = arithmetic;
  const parts: Part[] = pixel.byInput.map(({ inChannel, sum }) => ({ inChannel, sum, terms: [] }));
  const size = pixel.terms.length / Math.max(1, parts.length);
  const withTerms = parts.map((part, index) => ({
    ...part,
    terms: pixel.terms.slice(index * size, (index + 1) * size),
  }));
  const inFull = parts.length <= IN_FULL;
  const sorted = inFull ? withTerms : [...withTerms].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum));
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
      data-products={arithmetic.products}
      data-bias={pixel.bias}
      data-sum={pixel.sum}
      data-result={arithmetic.result}
      data-logged={arithmetic.logged ?? ''}
      data-logged-bound={arithmetic.loggedBound}
      data-input-bound={arithmetic.inputBound}
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
        <div className="term-list">
          {shown.map((part) => (
            <SmallRow key={part.inChannel} part={part} {...cells} />
          ))}
        </div>
      )}
      {!inFull && (rest.length > 0 || all) && (
        <button type="button" className="micro muted" style={{ paddingTop: 4 }} onClick={() => setAll(!all)}>
          {all
            ? 'the largest only'
            : `${rest.length} more, together ${formatValue(rest.reduce((sum, part) => sum + part.sum, 0))}`}
        </button>
      )}
      <Total arithmetic={arithmetic} />
      <a className="small" href={linkToLab(selection, arithmetic)}>
        Open in lab
      </a>
    </section>
  );
}

/** A link that opens the patch and kernel of the selected pixel in the lab. */
function linkToLab({ layer, channel, y, x, description, frame }: Selection, { pixel }: Arithmetic): string {
  const kernel = description?.kernel ?? [1, 1];
  return labLink({
    caption: `${layer.name} out ${channel}, y ${y}, x ${x}${frame === undefined ? '' : `, step ${frame.step}`}`,
    channels: pixel.byInput.length,
    kernel,
    patch: pixel.terms.map(({ input }) => input),
    weight: pixel.terms.map(({ weight }) => weight),
    bias: description?.bias === true ? pixel.bias : undefined,
  });
}

function useInputLimits({ input, frame, inputSigned, description }: Selection): Limits {
  return useMemo(() => {
    const range = frame?.input?.decoded.range ?? NO_RANGE;
    if (description?.input.from === 'probes') return { lo: range.min, hi: range.max };
    if (input === undefined) return { lo: 0, hi: 1 };
    const top = topOf(range, inputSigned);
    return limitsOf({ stack: input, top, lock: 'layer', signed: inputSigned, chosen: undefined })(0);
  }, [input, frame, inputSigned, description]);
}

interface RowProps {
  readonly part: Part;
  readonly columns: number;
  readonly kernelLut: Lut;
  readonly kernelLimits: Limits;
  readonly inputLut: Lut;
  readonly inputLimits: Limits;
}

function inputsShown(terms: readonly ConvolutionTerm[]): (number | undefined)[] {
  return terms.map(({ source, input }) => (source === undefined ? undefined : input));
}

function FullRow({ part, selection, ...cells }: RowProps & { readonly selection: Selection }) {
  const [hovered, setHovered] = useState<number | undefined>(undefined);
  const { columns } = cells;
  const size = Math.max(14, Math.min(28, Math.floor(84 / columns)));
  const term = hovered === undefined ? undefined : part.terms[hovered];
  return (
    <div className="term-row">
      <Cells
        values={part.terms.map(({ weight }) => weight)}
        columns={columns}
        size={size}
        lut={cells.kernelLut}
        limits={cells.kernelLimits}
        numbers={size >= 26}
        onHover={setHovered}
      />
      <span className="faint">×</span>
      <Cells
        values={inputsShown(part.terms)}
        columns={columns}
        size={size}
        lut={cells.inputLut}
        limits={cells.inputLimits}
        numbers={size >= 26}
        onHover={setHovered}
      />
      <span className="faint">=</span>
      <span className="grow" style={{ textAlign: 'right' }}>
        <span className="micro" style={{ display: 'block' }}>
          {term === undefined ? inputName(selection, part.inChannel) : `${formatValue(term.weight)} ×`}
        </span>
        {term === undefined ? (
          formatValue(part.sum)
        ) : (
          <span className="small">{formatValue(term.input)}</span>
        )}
      </span>
    </div>
  );
}

function SmallRow({ part, ...cells }: RowProps) {
  const size = Math.max(2, Math.floor(21 / cells.columns));
  return (
    <div>
      <span className="faint" style={{ width: 32 }}>
        in {part.inChannel}
      </span>
      <Cells
        values={part.terms.map(({ weight }) => weight)}
        columns={cells.columns}
        size={size}
        lut={cells.kernelLut}
        limits={cells.kernelLimits}
        numbers={false}
      />
      <Cells
        values={inputsShown(part.terms)}
        columns={cells.columns}
        size={size}
        lut={cells.inputLut}
        limits={cells.inputLimits}
        numbers={false}
      />
      <span className="grow small" style={{ textAlign: 'right' }}>
        {formatValue(part.sum)}
      </span>
    </div>
  );
}

function Total({ arithmetic }: { arithmetic: Arithmetic }) {
  const { pixel, products, relu, result, logged, loggedBound, inputBound } = arithmetic;
  const apart = logged === undefined ? undefined : Math.abs(logged - pixel.sum);
  const allowed = loggedBound + inputBound + 1e-5 * Math.max(1, Math.abs(pixel.sum));
  return (
    <>
      <div className="total">
        <span className="faint">sum</span>
        <span>{formatValue(products)}</span>
        <span className="faint">+ bias</span>
        <span>{formatValue(pixel.bias)}</span>
        <span className="faint">=</span>
        <span className={relu ? '' : 'strong'}>{formatValue(pixel.sum)}</span>
        {relu && (
          <span className="total-result">
            <span className="faint">
              <Arrow />
            </span>{' '}
            <span className="strong" data-total>
              {formatValue(result)}
            </span>
          </span>
        )}
      </div>
      {logged !== undefined && apart !== undefined && (
        <p className={apart <= allowed ? 'micro' : 'micro is-warn'}>
          {relu ? 'logged before ReLU' : 'logged'} {formatValue(logged)} ± {formatValue(loggedBound)}:{' '}
          {formatValue(apart)} from the sum
          {inputBound > 0 && `, whose inputs are 8-bit too (± ${formatValue(inputBound)})`}
          {apart > allowed && ', more than rounding explains'}
        </p>
      )}
    </>
  );
}
