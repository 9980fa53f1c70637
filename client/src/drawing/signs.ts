/** Signs on NaN, +∞ and −∞, drawn over a map where a pixel has room for one. Colour alone would not tell them apart. */
import { MARK } from '../decode/decoded.js';
import { type MapStack, markAt } from './map-stack.js';
import { NON_FINITE, SIGN_INK } from './non-finite.js';

/** Smaller pixels show only their colour. */
export const SMALLEST_SIGN = 6;
/** With more signs, drawing them would be felt. */
export const MOST_SIGNS = 4000;

/** Draws the signs of a channel whose map is at (x, y), `zoom` CSS pixels per map pixel. Returns how many it drew. */
export function drawSigns(
  context: CanvasRenderingContext2D,
  stack: MapStack,
  channel: number,
  x: number,
  y: number,
  zoom: number,
  most = MOST_SIGNS,
): number {
  if (stack.marks === undefined || zoom < SMALLEST_SIGN || channel >= stack.shape[0]) return 0;
  const [, height, width] = stack.shape;
  const first = channel * height * width;
  let drawn = 0;
  context.save();
  context.strokeStyle = SIGN_INK;
  context.lineWidth = Math.max(1, zoom / 8);
  context.beginPath();
  for (let at = 0; at < height * width && drawn < most; at++) {
    const mark = markAt(stack, first + at);
    if (mark === MARK.finite) continue;
    const left = x + (at % width) * zoom;
    const top = y + Math.floor(at / width) * zoom;
    for (const [x0, y0, x1, y1] of NON_FINITE[mark - 1]!.strokes) {
      context.moveTo(left + x0 * zoom, top + y0 * zoom);
      context.lineTo(left + x1 * zoom, top + y1 * zoom);
    }
    drawn++;
  }
  context.stroke();
  context.restore();
  return drawn;
}
