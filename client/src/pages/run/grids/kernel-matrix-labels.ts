/** What is drawn over the kernel matrix: the numbers of its channels, and the frame of the chosen ones. */
import { fitCanvas } from '../../../drawing/canvas.js';
import type { MapStack } from '../../../drawing/map-stack.js';
import { drawSigns, MOST_SIGNS } from '../../../drawing/signs.js';
import type { Tokens } from '../../../ui/tokens.js';
import type { Size } from '../../../ui/use-size.js';
import { HEAD, type MatrixLayout } from './kernel-matrix-layout.js';

export interface MatrixLabels {
  readonly layout: MatrixLayout;
  /** The kernels, [out · in/groups, kH, kW], for the signs on weights that are NaN or infinite. */
  readonly stack: MapStack | undefined;
  readonly view: Size;
  readonly scroll: { readonly left: number; readonly top: number };
  /** The chosen output channel. */
  readonly column: number;
  /** The input channel under the pointer or the cursor. */
  readonly row: number | undefined;
  /** The output channel under the pointer. */
  readonly hovered: number | undefined;
  readonly tokens: Tokens;
}

/** The distance between numbered rows or columns, so that their numbers do not overlap. */
function stride(pitch: number, room: number): number {
  for (const every of [1, 2, 4, 8, 16, 32, 64]) if (every * pitch >= room) return every;
  return 128;
}

/** The canvas covers the view and stays there while the matrix is scrolled, so the numbers are always in sight. */
export function drawMatrixLabels(canvas: HTMLCanvasElement, labels: MatrixLabels): void {
  const { layout, view, scroll, column, row, hovered, tokens } = labels;
  const { side, pitchX, pitchY } = layout;
  const context = fitCanvas(canvas, view.width, view.height);
  if (context === undefined) return;
  const [kernelWidth, kernelHeight] = [layout.mapWidth * layout.zoom, layout.mapHeight * layout.zoom];
  const columnX = (at: number) => side + at * pitchX - scroll.left;
  const rowY = (at: number) => HEAD + at * pitchY - scroll.top;
  const height = Math.min(layout.height - scroll.top, view.height - HEAD);
  const width = Math.min(layout.width - scroll.left, view.width - side);

  context.save();
  context.beginPath();
  context.rect(side - 2, HEAD - 2, view.width, view.height);
  context.clip();
  if (labels.stack?.marks !== undefined) {
    let signs = MOST_SIGNS;
    for (let at = 0; at < layout.columns * layout.rows && signs > 0; at++) {
      const [x, y] = [columnX(Math.floor(at / layout.rows)), rowY(at % layout.rows)];
      if (x + kernelWidth < side || x > view.width || y + kernelHeight < HEAD || y > view.height) continue;
      signs -= drawSigns(context, labels.stack, at, x, y, layout.zoom, signs);
    }
  }
  context.strokeStyle = tokens.accent;
  context.lineWidth = 2;
  context.strokeRect(columnX(column) - 1, HEAD - 1 - scroll.top, kernelWidth + 2, layout.height + 2);
  if (row !== undefined) {
    context.lineWidth = 1;
    context.strokeRect(side - 1.5 - scroll.left, rowY(row) - 0.5, layout.width + 3, kernelHeight + 1);
  }
  context.restore();

  // What is scrolled below the numbers must not show through.
  context.fillStyle = tokens.bg;
  if (scroll.top > 0) context.fillRect(0, 0, view.width, HEAD);
  if (scroll.left > 0) context.fillRect(0, 0, side - 2, view.height);
  const washed = (at: number, alpha: number) => {
    context.globalAlpha = alpha;
    context.fillStyle = tokens['accent-wash'];
    context.fillRect(columnX(at) - 1, 0, kernelWidth + 2, HEAD);
    context.globalAlpha = 1;
  };
  context.textBaseline = 'middle';
  context.save();
  context.beginPath();
  context.rect(side - 2, 0, width + 4, HEAD);
  context.clip();
  if (hovered !== undefined && hovered !== column) washed(hovered, 0.6);
  washed(column, 1);
  context.textAlign = 'center';
  const every = stride(pitchX, 22);
  const lastColumn = Math.min(layout.columns - 1, Math.floor((scroll.left + view.width) / pitchX));
  for (let at = Math.max(0, Math.floor(scroll.left / pitchX)); at <= lastColumn; at++) {
    const isChosen = at === column;
    // Half a number would be another number.
    if (scroll.left > 0 && columnX(at) + kernelWidth / 2 < side + 4) continue;
    if (!isChosen && (at % every !== 0 || Math.abs(at - column) * pitchX < 18)) continue;
    context.font = `${isChosen ? 600 : 400} 11px ${tokens.font}`;
    context.fillStyle = isChosen ? tokens.text : tokens['text-3'];
    context.fillText(String(at), columnX(at) + kernelWidth / 2, 6);
  }
  context.restore();

  context.save();
  context.beginPath();
  // The number of the first row is a little taller than its kernels.
  context.rect(0, HEAD - 5, side, height + 5);
  context.clip();
  context.textAlign = 'right';
  const everyRow = stride(pitchY, 13);
  const lastRow = Math.min(layout.rows - 1, Math.floor((scroll.top + view.height) / pitchY));
  for (let at = Math.max(0, Math.floor(scroll.top / pitchY)); at <= lastRow; at++) {
    const isChosen = at === row;
    if (!isChosen && (at % everyRow !== 0 || (row !== undefined && Math.abs(at - row) * pitchY < 11)))
      continue;
    context.font = `${isChosen ? 600 : 400} 11px ${tokens.font}`;
    context.fillStyle = isChosen ? tokens.text : tokens['text-3'];
    context.fillText(String(at), side - 4, rowY(at) + kernelHeight / 2);
  }
  context.restore();
}
