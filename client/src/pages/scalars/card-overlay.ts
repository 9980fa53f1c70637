/** Draws what lies over the lines of a card: the texts of its axes, marks, the pointer's place and the selected one. */
import type { LineChart } from '../../charts/line-chart.js';
import { drawNonFinite } from '../../charts/non-finite-marks.js';
import { fitCanvas } from '../../drawing/canvas.js';
import type { Tokens } from '../../ui/tokens.js';
import { type CardDrawing, toAxis } from './card-drawing.js';
import type { CurveReading } from './curve-reading.js';

/** A rectangle that is being dragged, in pixels. Without a height, or a width, it reaches over all of the plot. */
export interface DragBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface CardOverlay {
  readonly chart: LineChart<'values'>;
  readonly drawing: CardDrawing;
  readonly tokens: Tokens;
  readonly width: number;
  readonly height: number;
  /** Places in data units. */
  readonly pointer: number | undefined;
  readonly selected: number | undefined;
  /** The values at the pointer's place, or else at the selected one. */
  readonly readings: readonly { readonly colour: string; readonly reading: CurveReading }[];
  readonly box: DragBox | undefined;
}

const DOT = 3;
/** Between two texts of the axis of x. */
const APART = 10;

export function drawCardOverlay(canvas: HTMLCanvasElement, overlay: CardOverlay): void {
  const context = fitCanvas(canvas, overlay.width, overlay.height);
  if (context === null || context === undefined) return;
  drawAxes(context, overlay);
  drawPointer(context, overlay);
}

/** The texts and marks of the axes, which belong to the picture of a card. */
export function drawAxes(
  context: CanvasRenderingContext2D,
  {
    chart,
    drawing,
    tokens,
    width,
  }: Pick<CardOverlay, 'drawing' | 'tokens' | 'width'> & {
    readonly chart: Pick<CardOverlay['chart'], 'xOf' | 'yOf' | 'area'>;
  },
): void {
  const { left, right, top, bottom } = chart.area;
  context.font = `400 11px ${tokens.font}`;
  context.fillStyle = tokens['text-3'];
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const { value, text } of drawing.yTicks) {
    const y = chart.yOf('values', value);
    if (y >= top - 1 && y <= bottom + 1) context.fillText(text, left - 6, y);
  }
  context.textAlign = 'center';
  context.textBaseline = 'top';
  let taken = Number.NEGATIVE_INFINITY;
  for (const { value, text } of drawing.xTicks) {
    const half = context.measureText(text).width / 2;
    const x = Math.min(width - half - 2, Math.max(half, chart.xOf(value)));
    if (x - half < taken + APART) continue;
    taken = x + half;
    context.fillText(text, x, bottom + 5);
  }
  context.fillStyle = tokens['line-strong'];
  context.fillRect(left, bottom, right - left, 1);
  drawNonFinite(context, chart, { top, bottom }, drawing.nonFinite, tokens);
}

function drawPointer(context: CanvasRenderingContext2D, overlay: CardOverlay): void {
  const { chart, drawing, tokens, pointer, selected, readings, box } = overlay;
  const { left, right, top, bottom } = chart.area;
  const { logX, logY } = drawing.look;
  const line = (x: number, colour: string, dash: readonly number[]) => {
    const pixel = chart.xOf(toAxis(x, logX));
    if (!(pixel >= left - 0.5 && pixel <= right + 0.5)) return;
    context.strokeStyle = colour;
    context.setLineDash([...dash]);
    context.beginPath();
    context.moveTo(Math.round(pixel) + 0.5, top);
    context.lineTo(Math.round(pixel) + 0.5, bottom);
    context.stroke();
    context.setLineDash([]);
  };
  context.lineWidth = 1;
  if (selected !== undefined) line(selected, tokens.accent, []);
  if (pointer !== undefined) line(pointer, tokens['text-3'], [2, 3]);
  for (const { colour, reading } of readings) {
    const x = chart.xOf(toAxis(reading.x, logX));
    const y = chart.yOf('values', toAxis(reading.smoothed, logY));
    if (!(x >= left && x <= right && y >= top && y <= bottom)) continue;
    context.beginPath();
    context.arc(x, y, DOT, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    context.strokeStyle = tokens.bg;
    context.stroke();
  }
  if (box === undefined) return;
  context.fillStyle = `${tokens.accent}30`;
  context.strokeStyle = tokens.accent;
  context.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
  context.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left - 1, box.bottom - box.top - 1);
}
