/** Draws a kernel or a patch as cells, with numbers when there is room. */
import { marginOf, type Reading } from '@convscope/shared/convolution/reading.js';
import { type KeyboardEvent, useId, useState } from 'react';
import { MARK } from '../../../decode/decoded.js';
import { colourIndex, cssOf, isLight, type Limits, type Lut } from '../../../drawing/lut.js';
import { markOf, NON_FINITE, type NonFinite, SIGN_INK } from '../../../drawing/non-finite.js';
import { SMALLEST_SIGN } from '../../../drawing/signs.js';
import { formatCell } from '../../../ui/format.js';
import './cells.css';

export interface CellsProps {
  /** Row-major; undefined for zero padding, or what `absent` says. */
  readonly values: readonly (Reading | undefined)[];
  /** The text of cells without a value: "0", if not said otherwise. */
  readonly absent?: string;
  readonly columns: number;
  readonly size: number;
  readonly lut: Lut;
  readonly limits: Limits;
  readonly numbers: boolean;
  readonly onHover?: (index: number | undefined) => void;
  /** With a name the cells can be read by keyboard, too. */
  readonly label?: string;
  /** What is read out of a cell. */
  readonly textOf?: (index: number) => string;
}

/** Cells that the arrow keys walk through as the pointer does. */
export function Cells(props: CellsProps) {
  const { label, columns, values, onHover, textOf } = props;
  const [cell, setCell] = useState<number>();
  const cellId = useId();
  if (label === undefined) return <CellsPicture {...props} />;
  const go = (next: number | undefined): void => {
    setCell(next);
    onHover?.(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (event.key === 'Escape') go(undefined);
    else if (by === undefined) return;
    else if (cell === undefined) go(0);
    else if (cell + by >= 0 && cell + by < values.length) go(cell + by);
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="cells-grid"
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={cellId}
      onKeyDown={onKeyDown}
      onBlur={() => go(undefined)}
    >
      <div role="row" className="sr">
        <span role="gridcell" id={cellId} tabIndex={-1}>
          {cell === undefined ? 'no cell chosen' : textOf?.(cell)}
        </span>
      </div>
      <CellsPicture {...props} />
    </div>
  );
}

function textOfCell(reading: Reading | undefined, absent: string): string {
  return reading === undefined ? absent : `${marginOf(reading) > 0 ? '≈' : ''}${formatCell(reading.value)}`;
}

/** Whether a text would leave less than 6 pixels to the next one. A point takes half as much room as a digit or a sign. */
function isWide(text: string): boolean {
  return text.replace('.', '').length > 3;
}

function CellsPicture({ values, absent = '0', columns, size, lut, limits, numbers, onHover }: CellsProps) {
  const rows = Math.ceil(values.length / columns);
  const inner = size - (numbers ? 1 : 0);
  const texts = numbers ? values.map((reading) => textOfCell(reading, absent)) : undefined;
  return (
    <svg
      className="cells"
      width={columns * size}
      height={rows * size}
      aria-hidden="true"
      onPointerLeave={() => onHover?.(undefined)}
    >
      {values.map((reading, index) => {
        const x = (index % columns) * size;
        const y = Math.floor(index / columns) * size;
        const isPadding = reading === undefined;
        const value = reading?.value ?? 0;
        const mark = markOf(value);
        const kind = mark === MARK.finite ? undefined : NON_FINITE[mark - 1];
        const pixel = kind === undefined ? lut[colourIndex(value, limits)]! : 0;
        const fill = isPadding ? 'none' : kind === undefined ? cssOf(pixel) : `var(--${kind.token})`;
        const ink = kind !== undefined || isLight(pixel) ? SIGN_INK : '#fff';
        return (
          <g key={index} onPointerEnter={() => onHover?.(index)}>
            <rect
              x={isPadding ? x + 0.5 : x}
              y={isPadding ? y + 0.5 : y}
              width={isPadding ? inner - 1 : inner}
              height={isPadding ? inner - 1 : inner}
              fill={fill}
              stroke={isPadding ? 'var(--line-strong)' : undefined}
              strokeDasharray={isPadding ? '2 2' : undefined}
              pointerEvents="all"
            />
            {!numbers && size >= SMALLEST_SIGN && kind !== undefined && (
              <Sign kind={kind} x={x} y={y} size={inner} />
            )}
            {texts !== undefined && (
              <text
                x={x + inner / 2}
                y={y + inner / 2 + 4}
                textAnchor="middle"
                fontSize={texts.some(isWide) ? 10 : 11}
                fill={isPadding ? 'var(--text-3)' : ink}
              >
                {texts[index]}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}

/** The sign of NaN, +∞ or −∞, in a cell without a number. */
function Sign({ kind, x, y, size }: { kind: NonFinite; x: number; y: number; size: number }) {
  const path = kind.strokes.map(
    ([x0, y0, x1, y1]) => `M${x + x0 * size} ${y + y0 * size}L${x + x1 * size} ${y + y1 * size}`,
  );
  return <path d={path.join('')} stroke={SIGN_INK} strokeWidth={Math.max(1, size / 8)} />;
}
