/** One contribution to the pinned pixel in full: kernel × patch, product by product. */
import { exactly, marginOf, times } from '@convscope/shared/convolution/reading.js';
import type { ConvolutionTerm } from '@convscope/shared/convolution/terms.js';
import { useMemo } from 'react';
import { signedLimits } from '../../../drawing/limits.js';
import { usePalette } from '../../../drawing/palette.js';
import { formatReading } from '../../../ui/format.js';
import { useSize } from '../../../ui/use-size.js';
import { Cells } from '../shown/cells.js';
import { inputName } from '../shown/input-name.js';
import { termText } from '../shown/term-text.js';
import { useInputLimits } from '../shown/use-input-limits.js';
import { useKernelLimits } from '../shown/use-limits.js';
import { useTermHover } from '../shown/use-term-hover.js';
import { arithmeticOf } from '../state/arithmetic.js';
import type { Selection } from '../state/selection.js';

const LARGEST_CELL = 34;
/** Smaller cells have no room for a number, or for one with the sign of what is not exact. */
const WITH_NUMBER = 26;
const WITH_SIGN = 32;
/** What the signs between the three patches take. */
const SIGNS = 44;
const NO_TERMS: readonly ConvolutionTerm[] = [];

/** `index` counts the input channels that the chosen output channel reads. */
export function ContributionDetail({ selection, index }: { selection: Selection; index: number }) {
  const { luts } = usePalette();
  const [boxRef, { width }] = useSize<HTMLDivElement>();
  const kernelLimits = useKernelLimits(selection);
  const inputLimits = useInputLimits(selection);
  const { y, x, inputSigned, description } = selection;
  const arithmetic = useMemo(() => arithmeticOf(selection), [selection]);
  const part = arithmetic === undefined || 'error' in arithmetic ? undefined : arithmetic.parts[index];
  const terms = part?.terms ?? NO_TERMS;
  const [hovered, onHover] = useTermHover(terms);
  if (part === undefined || description === undefined) return null;
  const columns = description.kernel[1];
  const size = Math.max(2, Math.min(LARGEST_CELL, Math.floor((width - SIGNS) / (3 * columns))));
  const top = Math.max(0, ...terms.map(({ product }) => Math.abs(product)).filter(Number.isFinite));
  const products = terms.map(({ weight }, at) => times(part.inputs[at]!, weight));
  const leastCell = marginOf(part.sum) > 0 ? WITH_SIGN : WITH_NUMBER;
  const common = { columns, size, numbers: size >= leastCell, onHover };
  return (
    <div
      className="contribution-detail"
      ref={boxRef}
      data-contribution={part.inChannel}
      data-sum={part.sum.value}
    >
      <p className="micro ellipsis">
        <b className="medium">{inputName(selection, part.inChannel)}</b>{' '}
        {hovered === undefined
          ? `adds ${formatReading(part.sum)} at y ${y}, x ${x}: kernel × patch`
          : termText(part, hovered)}
      </p>
      <div className="contribution-patches">
        <Cells
          values={terms.map(({ weight }) => exactly(weight))}
          lut={luts.RdBu}
          limits={kernelLimits}
          {...common}
        />
        <span className="faint">×</span>
        <Cells
          values={terms.map(({ source }, at) => (source === undefined ? undefined : part.inputs[at]))}
          lut={description.input.from === 'probes' ? luts.grey : inputSigned ? luts.RdBu : luts.viridis}
          limits={inputLimits}
          label={`Patch of ${inputName(selection, part.inChannel)} at y ${y}, x ${x}. Arrow keys choose a cell`}
          textOf={(at) => termText(part, at)}
          {...common}
        />
        <span className="faint">=</span>
        <Cells values={products} lut={luts.RdBu} limits={signedLimits(top)} {...common} />
      </div>
    </div>
  );
}
