/** Draws a kernel or a patch as cells, with numbers when there is room. */
import { colourIndex, cssOf, isLight, type Limits, type Lut } from '../../../drawing/lut.js';
import { formatCell } from '../../../ui/format.js';

export interface CellsProps {
  /** Row-major; undefined for zero padding. */
  readonly values: readonly (number | undefined)[];
  readonly columns: number;
  readonly size: number;
  readonly lut: Lut;
  readonly limits: Limits;
  readonly numbers: boolean;
  readonly onHover?: (index: number | undefined) => void;
}

export function Cells({ values, columns, size, lut, limits, numbers, onHover }: CellsProps) {
  const rows = Math.ceil(values.length / columns);
  const inner = size - (numbers ? 1 : 0);
  return (
    <svg
      className="cells"
      width={columns * size}
      height={rows * size}
      aria-hidden="true"
      onPointerLeave={() => onHover?.(undefined)}
    >
      {values.map((value, index) => {
        const x = (index % columns) * size;
        const y = Math.floor(index / columns) * size;
        const isPadding = value === undefined;
        const finite = value !== undefined && Number.isFinite(value);
        const pixel = finite ? lut[colourIndex(value, limits)]! : 0;
        const fill = isPadding ? 'none' : finite ? cssOf(pixel) : 'var(--nan-fill)';
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
            {numbers && (
              <text
                x={x + inner / 2}
                y={y + inner / 2 + 4}
                textAnchor="middle"
                fontSize="11"
                fill={isPadding ? 'var(--text-3)' : isLight(pixel) ? '#111' : '#fff'}
              >
                {isPadding ? '0' : formatCell(value)}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
