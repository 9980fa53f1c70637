/** The texts beside the strip: steps along its axis, and the values at which the curves of other runs end. */
import { stepTicks } from '../../../charts/axis.js';
import type { StripChart } from '../../../charts/strip-chart.js';
import { formatStep } from '../../../ui/format.js';
import type { Tokens } from '../../../ui/tokens.js';
import type { StripDrawing } from './strip-lines.js';

export interface StripPlace {
  readonly width: number;
  readonly narrow: boolean;
  readonly chart: StripChart;
  readonly tokens: Tokens;
  readonly drawing: StripDrawing;
}

/** Pixels along the axis of steps. */
export interface Room {
  readonly from: number;
  readonly to: number;
}

export function fontOf(tokens: Tokens, weight = 400): string {
  return `${weight} 11px ${tokens.font}`;
}

export function setFont(context: CanvasRenderingContext2D, tokens: Tokens, weight = 400): void {
  context.font = fontOf(tokens, weight);
}

/** The room that texts need beside the chart, in pixels, but at least these. `widthOf` measures a text. */
export function roomForTexts(
  { ticks, ends }: Pick<StripDrawing, 'ticks' | 'ends'>,
  widthOf: (text: string) => number,
  least: { readonly left: number; readonly right: number },
): { readonly left: number; readonly right: number } {
  const widest = (texts: readonly { readonly text: string }[]) =>
    Math.ceil(Math.max(0, ...texts.map(({ text }) => widthOf(text))));
  return {
    left: Math.max(least.left, widest(ticks) + 10),
    right: Math.max(least.right, ends.length === 0 ? 0 : widest(ends) + 18),
  };
}

/** Between two texts, and between a text and the playhead's. */
const APART = 8;

/** Draws the numbers of steps where there is room for them. Returns their texts. */
export function drawStepLabels(
  context: CanvasRenderingContext2D,
  { chart, tokens, drawing: { window }, narrow, width }: StripPlace,
  top: number,
  taken: readonly Room[],
): string[] {
  const { left, right } = chart.area;
  const widthOf = (step: number) => context.measureText(formatStep(step)).width;
  const widest = Math.max(widthOf(Math.round(window.first)), widthOf(Math.round(window.last)));
  const most = Math.floor((right - left) / Math.max(100, widest + 3 * APART));
  const placed = [...taken];
  const texts: string[] = [];
  context.fillStyle = tokens['text-3'];
  context.textAlign = 'center';
  for (const tick of stepTicks(window.first, window.last, Math.max(1, most))) {
    const half = widthOf(tick) / 2;
    const x = Math.max(half, Math.min(width - half, chart.xOf(tick)));
    const room = { from: x - half, to: x + half };
    if (placed.some(({ from, to }) => room.from < to + APART && room.to > from - APART)) continue;
    placed.push(room);
    texts.push(formatStep(tick));
    context.fillText(formatStep(tick), x, top + (narrow ? 14 : 13));
  }
  return texts;
}

export function drawEnds(
  context: CanvasRenderingContext2D,
  { chart, tokens, drawing: { ends } }: StripPlace,
): void {
  context.textAlign = 'left';
  const placed: number[] = [];
  for (const { colour, value, text } of ends) {
    const { right, top, bottom } = chart.area;
    const y = chart.lossY(value);
    if (y < top || y > bottom) continue;
    if (placed.some((other) => Math.abs(other - y) < 11)) continue;
    placed.push(y);
    context.fillStyle = colour;
    context.fillRect(right + 4, y - 1, 6, 2);
    context.fillStyle = tokens['text-3'];
    context.fillText(text, right + 14, y);
  }
}
