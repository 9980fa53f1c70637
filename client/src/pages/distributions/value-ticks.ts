import { ticksIn } from '../../charts/axis.js';
import { tickTexts } from '../../charts/tick-text.js';
import { pixelAt, type Scale } from './scale.js';

/** Draws the texts of an axis of values along the bottom. */
export function drawValueTicks(context: CanvasRenderingContext2D, scale: Scale, y: number): void {
  const ticks = ticksIn(scale.lo, scale.hi, Math.max(2, Math.abs(scale.to - scale.from) / 70));
  const texts = tickTexts(ticks);
  context.textBaseline = 'alphabetic';
  for (const [at, tick] of ticks.entries()) {
    const x = pixelAt(scale, tick);
    const half = context.measureText(texts[at]!).width / 2;
    context.textAlign = 'center';
    context.fillText(texts[at]!, Math.max(half, Math.min(scale.to + 4 - half, x)), y);
  }
}
