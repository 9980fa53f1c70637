/** Draws axes, captures, gaps, findings and the playhead over the curves, which are not redrawn while scrubbing. */

import type { GapSummary } from '@convscope/shared/protocol/live.js';
import { drawNonFinite } from '../../../charts/non-finite-marks.js';
import { fitCanvas } from '../../../drawing/canvas.js';
import type { NonFinite, Point } from '../../../series/pixel-columns.js';
import { formatStep } from '../../../ui/format.js';
import { strokeIcon } from '../../../ui/icons.js';
import { FLAG_TOKENS } from '../flag-names.js';
import type { Finding } from '../frames/findings.js';
import { drawEnds, drawStepLabels, type Room, type StripPlace, setFont } from './strip-texts.js';

export interface StripOverlay extends StripPlace {
  readonly height: number;
  readonly steps: readonly number[];
  readonly gaps: readonly GapSummary[];
  readonly findings: readonly Finding[];
  readonly firstNonFinite: number | undefined;
  /** Values of the curve in the window that are not finite. */
  readonly nonFinite: readonly NonFinite[];
  readonly stepsPerEpoch: number | undefined;
  /** Of the playhead. */
  readonly step: number | undefined;
  /** Whether the axis ends with the newest step, and the playhead is there: it may be a little ahead of the axis. */
  readonly isNewest: boolean;
  /** Undefined while following. */
  readonly liveEdge: number | undefined;
  readonly ghost: number | undefined;
  readonly colour: string;
  /** The points of the curves that are read at the playhead. */
  readonly lossNow: Point | undefined;
  readonly accuracyNow: Point | undefined;
}

/** Returns the texts that are drawn along the axis of steps. */
export function drawStripOverlay(canvas: HTMLCanvasElement, strip: StripOverlay): readonly string[] {
  const context = fitCanvas(canvas, strip.width, strip.height);
  if (context === undefined) return [];
  const { chart, tokens, narrow } = strip;
  const { window } = strip.drawing;
  const isShown = (step: number) => step >= window.first && step <= window.last;
  const tickTop = strip.height - (narrow ? 22 : 20);
  setFont(context, tokens);
  context.textBaseline = 'middle';
  drawAxes(context, strip);
  drawEpoch(context, strip);
  drawCaptures(context, strip, tickTop);
  for (const { afterStep, beforeStep } of strip.gaps) {
    if (afterStep === null && beforeStep === null) continue;
    // Where only one end is known, another file of the run may have what is missing.
    const [start, end] = [afterStep ?? beforeStep!, beforeStep ?? afterStep!];
    if (start > window.last || end < window.first) continue;
    const from = chart.xOf(Math.max(start, window.first));
    const to = chart.xOf(Math.min(end, window.last));
    context.fillStyle = tokens.warn;
    context.fillRect(from, tickTop + 1, Math.max(4, to - from), 3);
  }
  const lane = { top: chart.area.top, bottom: chart.lossY(strip.drawing.values.lo) };
  drawNonFinite(context, chart, lane, strip.nonFinite, tokens);
  if (strip.firstNonFinite !== undefined && isShown(strip.firstNonFinite)) {
    const x = chart.xOf(strip.firstNonFinite);
    strokeIcon(context, 'non-finite', x - 6, 0, 12, tokens.nan);
  }
  const head = playheadOf(context, strip);
  const marks = narrow ? [] : drawFindings(context, strip, tickTop, head);
  const labels = drawStepLabels(context, strip, tickTop, head === undefined ? marks : [head, ...marks]);
  if (strip.liveEdge !== undefined && isShown(strip.liveEdge)) {
    const x = Math.round(chart.xOf(strip.liveEdge)) + 0.5;
    context.strokeStyle = tokens.ok;
    context.setLineDash([3, 3]);
    line(context, x, 4, x, tickTop + 6);
    context.setLineDash([]);
  }
  if (!narrow) drawEnds(context, strip);
  if (strip.ghost !== undefined) {
    const x = Math.round(chart.xOf(strip.ghost)) + 0.5;
    context.strokeStyle = tokens['line-strong'];
    context.lineWidth = 1;
    line(context, x, 0, x, tickTop + 6);
  }
  if (head !== undefined) drawPlayhead(context, strip, head, tickTop);
  return labels;
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

/** Between two numbers of the axis of values. */
const TEXT_HEIGHT = 12;

function drawAxes(
  context: CanvasRenderingContext2D,
  { chart, tokens, drawing: { ticks, hasAccuracy } }: StripOverlay,
): void {
  const { left, right, bottom } = chart.area;
  context.lineWidth = 1;
  context.textAlign = 'right';
  let lastText = Number.POSITIVE_INFINITY;
  for (const { value, text } of ticks) {
    const y = Math.round(chart.lossY(value)) + 0.5;
    context.globalCompositeOperation = 'destination-over';
    context.strokeStyle = tokens.line;
    line(context, left, y, right, y);
    context.globalCompositeOperation = 'source-over';
    if (lastText - y < TEXT_HEIGHT) continue;
    lastText = y;
    context.fillStyle = tokens['text-3'];
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
  { chart, tokens, stepsPerEpoch, drawing: { window }, narrow }: StripOverlay,
): void {
  if (stepsPerEpoch === undefined || stepsPerEpoch <= 0) return;
  const { bottom, right } = chart.area;
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
    const text = `epoch ${epoch + 1}`;
    // The last values of the curves stand on the right of them.
    if (!narrow && x + 5 + context.measureText(text).width <= right) context.fillText(text, x + 5, 9);
  }
  context.setLineDash([]);
}

function drawCaptures(
  context: CanvasRenderingContext2D,
  { chart, steps, tokens, drawing: { window } }: StripOverlay,
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

/**
 * Draws icons of findings at the steps where they began, merged where they would overlap, and beside the playhead's text
 * where that would hide them. Returns the room that they take.
 */
function drawFindings(
  context: CanvasRenderingContext2D,
  { chart, findings, tokens, drawing: { window } }: StripOverlay,
  top: number,
  head: Room | undefined,
): Room[] {
  const groups: { x: number; count: number; condition: Finding['condition'] }[] = [];
  for (const { last, condition } of [...findings].sort((a, b) => a.last.from - b.last.from)) {
    if (last.from < window.first || last.from > window.last) continue;
    const x = chart.xOf(last.from);
    const group = groups.find((one) => Math.abs(one.x - x) < 26);
    if (group === undefined) groups.push({ x, count: 1, condition });
    else group.count++;
  }
  return groups.map(({ x, count, condition }) => {
    const text = count > 1 ? String(count) : '';
    const width = 16 + (text === '' ? 0 : context.measureText(text).width);
    let from = x - 8;
    if (head !== undefined && from < head.to && from + width > head.from) {
      const isRoomBefore = head.from - width >= chart.area.left - 8;
      from = isRoomBefore ? head.from - width : head.to + 2;
    }
    strokeIcon(context, condition, from + 3, top + 7, 10, tokens[FLAG_TOKENS[condition]]);
    context.textAlign = 'left';
    context.fillStyle = tokens['text-2'];
    context.fillText(text, from + 16, top + 13);
    return { from, to: from + width };
  });
}

interface Playhead extends Room {
  readonly x: number;
  readonly text: string;
}

/** The playhead and the room of its text; undefined if it is beside the window. */
function playheadOf(context: CanvasRenderingContext2D, strip: StripOverlay): Playhead | undefined {
  const { chart, tokens, width, step, isNewest } = strip;
  const { first, last } = strip.drawing.window;
  if (step === undefined) return undefined;
  // While following, the axis is drawn less often than the step grows.
  const at = isNewest && step > last ? last : step;
  if (at < first || at > last) return undefined;
  const x = Math.round(chart.xOf(at)) + 0.5;
  const text = formatStep(step);
  setFont(context, tokens, 600);
  const labelWidth = context.measureText(text).width + 10;
  setFont(context, tokens);
  const from = Math.min(width - labelWidth, Math.max(0, x - labelWidth / 2));
  return { x, text, from, to: from + labelWidth };
}

function drawPlayhead(
  context: CanvasRenderingContext2D,
  { chart, tokens, colour, lossNow, accuracyNow, drawing: { hasAccuracy } }: StripOverlay,
  { x, text, from, to }: Playhead,
  top: number,
): void {
  context.strokeStyle = tokens.accent;
  context.lineWidth = 1.5;
  line(context, x, 0, x, top + 6);
  context.fillStyle = tokens['accent-fill'];
  context.beginPath();
  context.roundRect(from, top + 5, to - from, 14, 3);
  context.fill();
  setFont(context, tokens, 600);
  context.fillStyle = tokens['on-accent'];
  context.textAlign = 'left';
  context.fillText(text, from + 5, top + 12.5);
  const dot = (x: number, y: number, radius: number) => {
    if (!Number.isFinite(y)) return;
    context.fillStyle = tokens.bg;
    context.strokeStyle = colour;
    context.lineWidth = 1.75;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  };
  if (lossNow !== undefined) dot(chart.xOf(lossNow.x), chart.lossY(lossNow.y), 3.5);
  if (hasAccuracy && accuracyNow !== undefined)
    dot(chart.xOf(accuracyNow.x), chart.accuracyY(accuracyNow.y), 3);
}
