/** Kernel × pixels of a transposed convolution, by input channel: which weight meets which pixel of the input. */
import { exactly, plus, type Reading, times } from '@convscope/shared/convolution/reading.js';
import { transposedTaps } from '@convscope/shared/convolution/transposed.js';
import type { LayerTerm } from '@convscope/shared/layers/explain-value.js';
import type { ConvTranspose2dDescription } from '@convscope/shared/run-description.js';
import { useEffect } from 'react';
import type { Limits, Lut } from '../../../drawing/lut.js';
import { usePalette } from '../../../drawing/palette.js';
import { formatReading, formatValue, plural } from '../../../ui/format.js';
import { useRunPage } from '../run-page-context.js';
import { Cells } from '../shown/cells.js';
import { useInputLimits } from '../shown/use-input-limits.js';
import { useKernelLimits } from '../shown/use-limits.js';
import type { Selection } from '../state/selection.js';

/** Of more input channels, those that add most. */
const SHOWN = 12;
/** Cells of kernels up to this width have room for numbers. */
const NUMBERED_COLUMNS = 3;

interface Row {
  readonly channel: number;
  /** By place in the kernel; undefined for weights that no pixel of the input meets here. */
  readonly terms: readonly (LayerTerm | undefined)[];
  readonly sum: Reading;
}

/** The terms as explainValue lists them: channel by channel, each tap by tap. */
function rowsOf(
  layer: ConvTranspose2dDescription,
  terms: readonly LayerTerm[],
  { y, x }: { readonly y: number; readonly x: number },
  [, height, width]: readonly [channels: number, height: number, width: number],
): readonly Row[] {
  const rows = transposedTaps(layer, 0, y, height);
  const columns = transposedTaps(layer, 1, x, width);
  const [high, wide] = layer.kernel;
  const each = rows.length * columns.length;
  if (each === 0) return [];
  return Array.from({ length: terms.length / each }, (_, part) => {
    const own = terms.slice(part * each, (part + 1) * each);
    const placed = new Array<LayerTerm | undefined>(high * wide).fill(undefined);
    for (const [row, { tap: ky }] of rows.entries())
      for (const [column, { tap: kx }] of columns.entries())
        placed[ky * wide + kx] = own[row * columns.length + column];
    const sum = own.reduce((all, { input, weight }) => plus(all, times(input, weight)), exactly(0));
    return { channel: own[0]!.channel, terms: placed, sum };
  });
}

function sizeOf({ sum: { value } }: Row): number {
  return Number.isFinite(value) ? Math.abs(value) : Number.POSITIVE_INFINITY;
}

export function TransposedRows(props: {
  readonly selection: Selection;
  readonly layer: ConvTranspose2dDescription;
  readonly terms: readonly LayerTerm[];
}) {
  const { selection, layer, terms } = props;
  const { luts } = usePalette();
  const kernelLimits = useKernelLimits(selection);
  const inputLimits = useInputLimits(selection);
  const shape = selection.inputs[0]?.stack?.shape;
  if (shape === undefined) return null;
  const all = [...rowsOf(layer, terms, selection, shape)].sort((a, b) => sizeOf(b) - sizeOf(a));
  const rest = all.slice(SHOWN).reduce((sum, row) => plus(sum, row.sum), exactly(0));
  const inputLut = selection.inputSigned ? luts.RdBu : luts.viridis;
  if (all.length === 0) return <p className="small muted">No pixel of the input reaches this place.</p>;
  return (
    <>
      {all.slice(0, SHOWN).map((row) => (
        <RowCells
          key={row.channel}
          row={row}
          selection={selection}
          columns={layer.kernel[1]}
          kernel={{ lut: luts.RdBu, limits: kernelLimits }}
          input={{ lut: inputLut, limits: inputLimits }}
        />
      ))}
      {all.length > SHOWN && (
        <p className="micro">
          {plural(all.length - SHOWN, 'more channel')}, together {formatReading(rest)}
        </p>
      )}
    </>
  );
}

interface Look {
  readonly lut: Lut;
  readonly limits: Limits;
}

function RowCells(props: {
  readonly row: Row;
  readonly selection: Selection;
  readonly columns: number;
  readonly kernel: Look;
  readonly input: Look;
}) {
  const { row, selection, columns, kernel, input } = props;
  const { channel, terms, sum } = row;
  const app = useRunPage();
  const numbers = columns <= NUMBERED_COLUMNS;
  const size = numbers ? 28 : Math.max(4, Math.floor(84 / columns));
  // The pixel that a weight meets is marked in the input.
  const onHover = (index: number | undefined) => {
    const term = index === undefined ? undefined : terms[index];
    app.patchPixel.set(term && { channel: term.channel, y: term.y, x: term.x });
  };
  useEffect(() => () => app.patchPixel.set(undefined), [app]);
  const textOf = (index: number): string => {
    const term = terms[index];
    const place = `ky ${Math.floor(index / columns)}, kx ${index % columns}`;
    if (term === undefined) return `${place}: meets no pixel here`;
    const product = formatReading(times(term.input, term.weight));
    return `${place} with y ${term.y}, x ${term.x}: ${formatValue(term.weight)} × ${formatReading(term.input)} = ${product}`;
  };
  const producer = selection.described?.inputs[0];
  return (
    <div className="term-row" data-in={channel}>
      <Cells
        values={terms.map((term) => term && exactly(term.weight))}
        columns={columns}
        size={size}
        {...kernel}
        numbers={numbers}
        absent=""
        onHover={onHover}
      />
      <span className="faint">×</span>
      <Cells
        values={terms.map((term) => term?.input)}
        columns={columns}
        size={size}
        {...input}
        numbers={numbers}
        absent=""
        onHover={onHover}
        label={`Pixels of in ${channel} that reach this place. Arrow keys choose a cell`}
        textOf={textOf}
      />
      <span className="faint">=</span>
      <span className="grow" style={{ textAlign: 'right' }}>
        <button
          type="button"
          className="micro"
          style={{ display: 'block', width: '100%', textAlign: 'right' }}
          title="To where it comes from"
          onClick={() => {
            const term = terms.find((one) => one !== undefined);
            if (term !== undefined && producer !== undefined)
              app.follow({ ...term, layer: producer, size: 0, share: 0 });
          }}
        >
          in {channel}
        </button>
        {formatReading(sum)}
      </span>
    </div>
  );
}
