/**
 * Draws one channel as a matrix: numbers in large cells, colours in small ones, the padding around it, the window with
 * its taps and the holes between them. Rows and columns that no window reaches are hatched.
 */
import { formatShort } from '../../ui/format.js';
import type { Tokens } from '../../ui/tokens.js';

export interface Place {
  readonly y: number;
  readonly x: number;
}

export interface Tap extends Place {
  /** The weight this cell is multiplied by. */
  readonly weight: number;
}

/** Rows and columns of padding around the data. */
export interface Ring {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export interface Matrix {
  /** Cells without the ring. Cells of the ring have coordinates outside of 0 to `height` and `width`. */
  readonly height: number;
  readonly width: number;
  readonly valueAt: (y: number, x: number) => number;
  /** How far a value may be from the exact one; every value is exact without it. */
  readonly boundAt?: ((y: number, x: number) => number) | undefined;
  /** Side of a cell in CSS pixels. */
  readonly cell: number;
  readonly colour: (value: number) => string;
  /** Cells that the selected pixel is computed from. */
  readonly taps?: readonly Tap[];
  /** Corner (inclusive) and size of the window that holds them. */
  readonly window?: Place & { readonly height: number; readonly width: number };
  /** First row and column, in padded coordinates, that no window reaches. */
  readonly dropped?: { readonly fromY: number; readonly fromX: number };
  readonly selected?: Place;
  /** Cells that are holes (a dilated kernel). */
  readonly isHole?: (y: number, x: number) => boolean;
  readonly ring: Ring;
}

/** Cells of at least this size show their numbers. */
const NUMBER_CELL = 26;

export function paintMatrix(
  g: CanvasRenderingContext2D,
  matrix: Matrix,
  tokens: Tokens,
  width: number,
  height: number,
): void {
  const { cell, ring } = matrix;
  const numbers = cell >= NUMBER_CELL;
  const lines = cell >= 10;
  const taps = new Map<string, Tap>();
  for (const tap of matrix.taps ?? []) taps.set(`${tap.y},${tap.x}`, tap);
  g.clearRect(0, 0, width, height);
  g.textAlign = 'center';
  g.textBaseline = 'middle';

  for (let y = -ring.top; y < matrix.height + ring.bottom; y++) {
    for (let x = -ring.left; x < matrix.width + ring.right; x++) {
      const left = (x + ring.left) * cell;
      const top = (y + ring.top) * cell;
      const inRing = y < 0 || x < 0 || y >= matrix.height || x >= matrix.width;
      const hole = matrix.isHole?.(y, x) ?? false;
      const tap = taps.get(`${y},${x}`);
      const value = hole ? 0 : matrix.valueAt(y, x);
      if (numbers) g.fillStyle = tap ? tokens['accent-wash'] : inRing ? tokens['bg-sunk'] : tokens.bg;
      else g.fillStyle = hole ? tokens.bg : matrix.colour(value);
      g.fillRect(left, top, cell, cell);
      if (inRing && !numbers) {
        g.fillStyle = tokens['bg-sunk'];
        g.globalAlpha = 0.55;
        g.fillRect(left, top, cell, cell);
        g.globalAlpha = 1;
      }
      if (lines) {
        g.strokeStyle = inRing || hole ? tokens.line : tokens['line-strong'];
        g.setLineDash(hole ? [2, 4] : inRing ? [3, 3] : []);
        g.strokeRect(left + 0.5, top + 0.5, cell, cell);
        g.setLineDash([]);
      }
      if (numbers && !hole) {
        const size = Math.min(16, Math.floor(cell * 0.34));
        g.font = `${tap ? 600 : 400} ${Math.max(11, size)}px ${tokens.font}`;
        g.fillStyle = inRing ? tokens['text-3'] : tokens.text;
        const lift = tap && cell >= 40 ? 3 : 0;
        const sign = (matrix.boundAt?.(y, x) ?? 0) > 0 ? '≈' : '';
        g.fillText(
          `${sign}${formatShort(value, cell >= 40 ? 3 : 2)}`,
          left + cell / 2,
          top + cell / 2 + 1 - lift,
          cell - 4,
        );
        if (tap && cell >= 40) {
          g.font = `500 11px ${tokens.font}`;
          g.fillStyle = tokens.accent;
          g.textAlign = 'right';
          g.fillText(`×${formatShort(tap.weight, 2)}`, left + cell - 4, top + cell - 8, cell - 6);
          g.textAlign = 'center';
        }
      } else if (tap && cell >= 10) {
        g.strokeStyle = tokens.accent;
        g.lineWidth = 1;
        g.strokeRect(left + 0.5, top + 0.5, cell - 1, cell - 1);
      }
    }
  }

  if (matrix.dropped) hatch(g, matrix, matrix.dropped, tokens, width, height);
  g.strokeStyle = tokens.accent;
  g.lineWidth = 2;
  if (matrix.window) {
    const w = matrix.window;
    g.strokeRect(
      (w.x + ring.left) * cell + 0.5,
      (w.y + ring.top) * cell + 0.5,
      w.width * cell,
      w.height * cell,
    );
  }
  if (matrix.selected) {
    g.strokeRect(
      (matrix.selected.x + ring.left) * cell + 0.5,
      (matrix.selected.y + ring.top) * cell + 0.5,
      Math.max(3, cell),
      Math.max(3, cell),
    );
  }
  g.lineWidth = 1;
}

/** Diagonal lines over the rows and columns that fill no window. */
function hatch(
  g: CanvasRenderingContext2D,
  { ring, cell }: Matrix,
  dropped: { fromY: number; fromX: number },
  tokens: Tokens,
  width: number,
  height: number,
): void {
  const top = (dropped.fromY + ring.top) * cell;
  const left = (dropped.fromX + ring.left) * cell;
  if (top >= height - 1 && left >= width - 1) return;
  g.save();
  g.beginPath();
  g.rect(0, top, width, height - top);
  g.rect(left, 0, width - left, Math.min(top, height));
  g.clip();
  g.strokeStyle = tokens.warn;
  g.globalAlpha = 0.7;
  for (let d = -height; d < width; d += 6) {
    g.beginPath();
    g.moveTo(d, height);
    g.lineTo(d + height, 0);
    g.stroke();
  }
  g.restore();
}
