/** Draws axes, captures, gaps, findings and the playhead over the curves, which are not redrawn while scrubbing. */

import type { GapSummary } from '@convscope/shared/protocol/live.js';
import { ticksIn } from '../../../charts/axis.js';
import type { StripChart } from '../../../charts/line-chart.js';
import { fitCanvas } from '../../../drawing/canvas.js';
import type { Part } from '../../../series/curve.js';
import { formatStep } from '../../../ui/format.js';
import { strokeIcon } from '../../../ui/icons.js';
import type { Tokens } from '../../../ui/tokens.js';
import { FLAG_TOKENS } from '../flag-names.js';
import type { Finding } from '../frames/findings.js';

export interface StripOverlay {
  readonly width: number;
  readonly height: number;
  readonly narrow: boolean;
  readonly chart: StripChart;
  readonly tokens: Tokens;
  readonly loss: { readonly lo: number; readonly hi: number };
  readonly hasAccuracy: boolean;
  /** First and last step on the axis. */
  readonly window: Part;
  readonly steps: readonly number[];
  readonly gaps: readonly GapSummary[];
  readonly findings: readonly Finding[];
  readonly firstNonFinite: number | undefined;
  readonly stepsPerEpoch: number | undefined;
  readonly step: number | undefined;
  /** Undefined while following. */
  readonly liveEdge: number | undefined;
  readonly ghost: number | undefined;
  readonly colour: string;
  readonly lossNow: number | undefined;
  readonly accuracyNow: number | undefined;
  /** Last values of the curves of other runs. */
  readonly ends: readonly { readonly colour: string; readonly value: number }[];
}

export function drawStripOverlay(canvas: HTMLCanvasElement, strip: StripOverlay): void {
  const context = fitCanvas(canvas, strip.width, strip.height);
  if (context === undefined) return;
  const { chart, tokens, narrow, window } = strip;
  const { right } = chart.area;
  const isShown = (step: number) => step >= window.first && step <= window.last;
  const tickTop = strip.height - (narrow ? 22 : 20);
  context.font = `11px ${tokens.font}`;
  context.textBaseline = 'middle';
  drawAxes(context, strip);
  drawEpoch(context, strip);
  drawCaptures(context, strip, tickTop);
  for (const { afterStep, beforeStep } of strip.gaps) {
    if (afterStep === null && beforeStep === null) continue;
    const [start, end] = [afterStep ?? window.first, beforeStep ?? window.last];
    if (start > window.last || end < window.first) continue;
    const from = chart.xOf(Math.max(start, window.first));
    const to = chart.xOf(Math.min(end, window.last));
    context.fillStyle = tokens.warn;
    context.fillRect(from, tickTop + 1, Math.max(4, to - from), 3);
  }
  if (strip.firstNonFinite !== undefined && isShown(strip.firstNonFinite)) {
    const x = chart.xOf(strip.firstNonFinite);
    strokeIcon(context, 'non-finite', x - 6, 0, 12, tokens.nan);
  }
  const marks = narrow ? [] : drawFindings(context, strip, tickTop);
  drawStepLabels(context, strip, tickTop, marks);
  if (strip.liveEdge !== undefined && isShown(strip.liveEdge)) {
    const x = Math.round(chart.xOf(strip.liveEdge)) + 0.5;
    context.strokeStyle = tokens.ok;
    context.setLineDash([3, 3]);
    line(context, x, 4, x, tickTop + 6);
    context.setLineDash([]);
  }
  if (!narrow) drawEnds(context, strip, right);
  if (strip.ghost !== undefined) {
    const x = Math.round(chart.xOf(strip.ghost)) + 0.5;
    context.strokeStyle = tokens['line-strong'];
    context.lineWidth = 1;
    line(context, x, 0, x, tickTop + 6);
  }
  if (strip.step !== undefined && isShown(strip.step)) drawPlayhead(context, strip, strip.step, tickTop);
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

function drawAxes(
  context: CanvasRenderingContext2D,
  { chart, tokens, loss, hasAccuracy }: StripOverlay,
): void {
  const { left, right, bottom } = chart.area;
  context.lineWidth = 1;
  context.textAlign = 'right';
  const ticks = ticksIn(loss.lo, loss.hi, 3);
  const digits = Math.max(0, Math.min(4, Math.ceil(-Math.log10((ticks[1] ?? 1) - (ticks[0] ?? 0)) - 1e-9)));
  for (const value of ticks) {
    const y = Math.round(chart.lossY(value)) + 0.5;
    context.globalCompositeOperation = 'destination-over';
    context.strokeStyle = tokens.line;
    line(context, left, y, right, y);
    context.globalCompositeOperation = 'source-over';
    context.fillStyle = tokens['text-3'];
    const text = Math.abs(value) >= 1e4 ? value.toExponential(0).replace('e+', 'e') : value.toFixed(digits);
    context.fillText(text, left - 6, y);
  }
  if (!hasAccuracy) return;
  context.strokeStyle = tokens.line;
  line(context, left, Math.round(bottom) + 0.5, right, Math.round(bottom) + 0.5);
  context.fillStyle = tokens['text-3'];
  context.fillText('acc', left - 6, (chart.accuracyY(0) + chart.accuracyY(0.8)) / 2);
}

function drawEpoch(
  context: CanvasRenderingContext2D,
  { chart, tokens, stepsPerEpoch, window, narrow }: StripOverlay,
): void {
  if (stepsPerEpoch === undefined || stepsPerEpoch <= 0) return;
  const { bottom } = chart.area;
  const pitch = chart.xOf(window.first + stepsPerEpoch) - chart.xOf(window.first);
  // Too many lines would hide the curves.
  const every = Math.max(1, Math.ceil(60 / Math.max(1, pitch)));
  context.strokeStyle = tokens['line-strong'];
  context.setLineDash([2, 3]);
  context.textAlign = 'left';
  const first = Math.max(1, Math.ceil(window.first / stepsPerEpoch / every)) * every;
  for (let epoch = first; epoch * stepsPerEpoch < window.last; epoch += every) {
    const x = Math.round(chart.xOf(epoch * stepsPerEpoch)) + 0.5;
    line(context, x, 4, x, bottom);
    context.fillStyle = tokens['text-3'];
    if (!narrow) context.fillText(`epoch ${epoch + 1}`, x + 5, 9);
  }
  context.setLineDash([]);
}

function drawCaptures(
  context: CanvasRenderingContext2D,
  { chart, steps, tokens, window }: StripOverlay,
  top: number,
): void {
  context.fillStyle = tokens['text-3'];
  let last = Number.NEGATIVE_INFINITY;
  steps.forEach((step, index) => {
    if (step < window.first || step > window.last) return;
    const x = Math.round(chart.xOf(step));
    if (x <= last) return;
    last = x;
    const isFifth = index % 5 === 0;
    context.globalAlpha = isFifth ? 1 : 0.55;
    context.fillRect(x, top, 1, isFifth ? 6 : 4);
  });
  context.globalAlpha = 1;
}

/** Draws icons of findings at the steps where they began, merged where they would overlap. Returns their positions. */
function drawFindings(
  context: CanvasRenderingContext2D,
  { chart, findings, tokens, window }: StripOverlay,
  top: number,
): number[] {
  const groups: { x: number; count: number; condition: Finding['condition'] }[] = [];
  for (const { last, condition } of [...findings].sort((a, b) => a.last.from - b.last.from)) {
    if (last.from < window.first || last.from > window.last) continue;
    const x = chart.xOf(last.from);
    const group = groups.find((one) => Math.abs(one.x - x) < 26);
    if (group === undefined) groups.push({ x, count: 1, condition });
    else group.count++;
  }
  for (const { x, count, condition } of groups) {
    strokeIcon(context, condition, x - 5, top + 7, 10, tokens[FLAG_TOKENS[condition]]);
    if (count > 1) {
      context.textAlign = 'left';
      context.fillStyle = tokens['text-2'];
      context.fillText(String(count), x + 8, top + 13);
    }
  }
  return groups.map(({ x }) => x);
}

function drawStepLabels(
  context: CanvasRenderingContext2D,
  strip: StripOverlay,
  top: number,
  taken: readonly number[],
): void {
  const { chart, tokens, window, step, narrow } = strip;
  const { left, right } = chart.area;
  const head = step === undefined ? undefined : chart.xOf(step);
  context.fillStyle = tokens['text-3'];
  context.textAlign = 'center';
  for (const tick of ticksIn(window.first, window.last, Math.max(2, (right - left) / 110))) {
    if (!Number.isInteger(tick)) continue;
    const x = chart.xOf(tick);
    if (head !== undefined && Math.abs(head - x) < 36) continue;
    if (taken.some((other) => Math.abs(other - x) < 30)) continue;
    context.fillText(formatStep(tick), x, top + (narrow ? 14 : 13));
  }
}

function drawEnds(
  context: CanvasRenderingContext2D,
  { chart, ends, tokens }: StripOverlay,
  right: number,
): void {
  context.textAlign = 'left';
  const placed: number[] = [];
  for (const { colour, value } of ends) {
    const y = chart.lossY(value);
    if (placed.some((other) => Math.abs(other - y) < 11)) continue;
    placed.push(y);
    context.fillStyle = colour;
    context.fillRect(right + 4, y - 1, 6, 2);
    context.fillStyle = tokens['text-3'];
    context.fillText(value.toFixed(2), right + 14, y);
  }
}

function drawPlayhead(
  context: CanvasRenderingContext2D,
  strip: StripOverlay,
  step: number,
  top: number,
): void {
  const { chart, tokens, width, colour, lossNow, accuracyNow, hasAccuracy } = strip;
  const x = Math.round(chart.xOf(step)) + 0.5;
  context.strokeStyle = tokens.accent;
  context.lineWidth = 1.5;
  line(context, x, 0, x, top + 6);
  context.font = `600 11px ${tokens.font}`;
  const text = formatStep(step);
  const labelWidth = context.measureText(text).width + 10;
  const left = Math.min(width - labelWidth, Math.max(0, x - labelWidth / 2));
  context.fillStyle = tokens['accent-fill'];
  context.beginPath();
  context.roundRect(left, top + 5, labelWidth, 14, 3);
  context.fill();
  context.fillStyle = tokens['on-accent'];
  context.textAlign = 'left';
  context.fillText(text, left + 5, top + 12.5);
  const dot = (y: number, radius: number) => {
    context.fillStyle = tokens.bg;
    context.strokeStyle = colour;
    context.lineWidth = 1.75;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  };
  if (lossNow !== undefined && Number.isFinite(lossNow)) dot(chart.lossY(lossNow), 3.5);
  if (hasAccuracy && accuracyNow !== undefined && Number.isFinite(accuracyNow))
    dot(chart.accuracyY(accuracyNow), 3);
}
