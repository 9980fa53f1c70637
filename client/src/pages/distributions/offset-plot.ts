/** Histograms behind each other, the oldest at the back, each at the place of its step. */
import { type BinRange, rebin } from '@convscope/shared/rebin-histograms.js';
import type { HistogramAt } from './histogram-at.js';
import { mixed } from './mixed-colour.js';
import {
  FONT_SIZE,
  histogramAtStep,
  type LaidOutPlot,
  type Picked,
  type PlotData,
  type PlotLook,
  type PlotSize,
  setTickFont,
} from './plots.js';
import { pixelAt, type Scale } from './scale.js';
import { drawValueTicks } from './value-ticks.js';
import { type Extent, placeOn, placeTick, ticksOn } from './x-axis.js';

const PAD = { left: 8, right: 46, top: 4, bottom: 20 } as const;
/** The share of the height that the highest bin rises above its base. */
const LIFT = 0.42;
/** Of a histogram that has no others behind or before it. */
const LONE_LIFT = 0.95;

interface Row {
  readonly histogram: HistogramAt;
  readonly base: number;
  readonly counts: Float64Array;
}

export function layOutOffset(data: PlotData, { width, height }: PlotSize): LaidOutPlot {
  const { histograms, axis, start, values, bins } = data;
  // A single histogram has no need of the axis that it would share: it takes all of the height.
  const [lone] = histograms.length === 1 ? histograms : [];
  const along = lone === undefined ? data.along : extentAt(placeOn(axis, lone, start));
  const range: BinRange = { left: values.lo, right: values.hi };
  const x: Scale = { ...values, from: PAD.left, to: width - PAD.right };
  const bottom = height - PAD.bottom;
  const lift = (bottom - PAD.top) * (lone === undefined ? LIFT : LONE_LIFT);
  const y: Scale = { ...along, from: lone === undefined ? PAD.top + lift : bottom, to: bottom };
  const rows = histograms.map(
    (histogram): Row => ({
      histogram,
      base: pixelAt(y, placeOn(axis, histogram, start)),
      counts: rebin(histogram.buckets, range, bins),
    }),
  );
  const highest = Math.max(...rows.map(({ counts }) => Math.max(...counts)), Number.MIN_VALUE);
  const binX = (bin: number) => x.from + ((bin + 0.5) / bins) * (x.to - x.from);
  const heightOf = (count: number) => (count / highest) * lift;
  const outline = (context: CanvasRenderingContext2D, { base, counts }: Row): void => {
    context.beginPath();
    context.moveTo(x.from, base);
    for (let bin = 0; bin < bins; bin++) context.lineTo(binX(bin), base - heightOf(counts[bin]!));
    context.lineTo(x.to, base);
  };
  const picked = ({ histogram }: Row, bin: number): Picked => ({ histogram, bin });

  return {
    draw(context, look) {
      const { tokens, colour } = look;
      for (const [at, row] of rows.entries()) {
        const age = rows.length < 2 ? 1 : at / (rows.length - 1);
        outline(context, row);
        context.fillStyle = mixed(tokens.bg, colour, 0.25 + 0.6 * age);
        context.fill();
        context.lineWidth = 0.75;
        context.strokeStyle = mixed(tokens.bg, colour, age === 1 ? 1 : 0.1);
        context.stroke();
      }
      setTickFont(context, look);
      drawValueTicks(context, x, height - 5);
      context.textAlign = 'left';
      context.textBaseline = 'middle';
      const room = Math.max(1, (y.to - y.from) / (FONT_SIZE * 2));
      for (const tick of lone === undefined ? ticksOn(axis, along, room) : [placeTick(axis, along.lo)])
        context.fillText(tick.text, x.to + 6, pixelAt(y, tick.at));
    },
    mark(context, look, { histogram, bin }) {
      const row = rows.find((one) => one.histogram === histogram);
      if (row === undefined) return;
      outline(context, row);
      context.lineWidth = 1.5;
      context.strokeStyle = look.tokens.text;
      context.stroke();
      if (bin !== undefined)
        markBin(context, look, binX(bin), row.base - heightOf(row.counts[bin]!), row.base);
    },
    pick(px, py) {
      if (px < x.from - 4 || px > x.to + 4) return undefined;
      const bin = Math.max(0, Math.min(bins - 1, Math.floor(((px - x.from) / (x.to - x.from)) * bins)));
      let nearest: Row | undefined;
      let least = Number.POSITIVE_INFINITY;
      for (const row of rows) {
        const apart = Math.abs(row.base - heightOf(row.counts[bin]!) - py);
        // Of equally near ones the frontmost, which is drawn last.
        if (apart > least) continue;
        least = apart;
        nearest = row;
      }
      return nearest && picked(nearest, bin);
    },
    pickStep(step, bin) {
      const histogram = histogramAtStep(histograms, step);
      return histogram && { histogram, bin };
    },
  };
}

function extentAt(place: number): Extent {
  return { lo: place, hi: place };
}

export function markBin(
  context: CanvasRenderingContext2D,
  { tokens, colour }: PlotLook,
  x: number,
  y: number,
  base: number,
): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x, base);
  context.lineWidth = 1;
  context.strokeStyle = tokens['text-3'];
  context.stroke();
  context.beginPath();
  context.arc(x, y, 3.5, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = tokens.bg;
  context.stroke();
}
