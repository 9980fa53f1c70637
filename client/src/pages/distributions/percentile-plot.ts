/** Percentiles over the steps, as bands around the median. */
import { ticksIn } from '../../charts/axis.js';
import { tickTexts } from '../../charts/tick-text.js';
import type { HistogramAt } from './histogram-at.js';
import { histogramAtStep, type LaidOutPlot, type PlotData, type PlotSize, setTickFont } from './plots.js';
import { clampedTo, pixelAt, type Scale } from './scale.js';
import { placeOn, ticksOn } from './x-axis.js';

const PAD = { left: 46, right: 8, top: 6, bottom: 20 } as const;
const BARE = { left: 0, right: 0, top: 3, bottom: 3 } as const;

/** The places of BASIS_POINTS that each band lies between, and that of the median. */
const BANDS = [
  [0, 8],
  [1, 7],
  [2, 6],
  [3, 5],
] as const;
const MEDIAN = 4;
/** A single histogram has no width of its own. */
const LONE_WIDTH = 12;

export function layOutPercentiles(data: PlotData, { width, height }: PlotSize, isBare: boolean): LaidOutPlot {
  const { histograms, axis, start, along, values } = data;
  const pad = isBare ? BARE : PAD;
  const x: Scale = { ...along, from: pad.left, to: width - pad.right };
  const y: Scale = { ...values, from: height - pad.bottom, to: pad.top };
  const xOf = (histogram: HistogramAt) => pixelAt(x, placeOn(axis, histogram, start));
  const corners = histograms.map((histogram) => ({ histogram, x: xOf(histogram) }));
  const [only] = corners;
  // Two ends of the only one.
  const points =
    corners.length === 1 && only !== undefined
      ? [
          { histogram: only.histogram, x: only.x - LONE_WIDTH / 2 },
          { histogram: only.histogram, x: only.x + LONE_WIDTH / 2 },
        ]
      : corners;
  const at = (histogram: HistogramAt, place: number) =>
    // An infinite least or greatest value lies beyond the plot.
    pixelAt(y, clampedTo(values, histogram.percentiles[place]!));

  return {
    draw(context, look) {
      const { tokens, colour } = look;
      context.save();
      context.beginPath();
      context.rect(x.from, 0, x.to - x.from, height);
      context.clip();
      context.fillStyle = colour;
      context.globalAlpha = 0.2;
      for (const [low, high] of BANDS) {
        context.beginPath();
        for (const { histogram, x: px } of points) context.lineTo(px, at(histogram, high));
        for (const { histogram, x: px } of points.toReversed()) context.lineTo(px, at(histogram, low));
        context.closePath();
        context.fill();
      }
      context.globalAlpha = 1;
      context.beginPath();
      for (const { histogram, x: px } of points) context.lineTo(px, at(histogram, MEDIAN));
      context.strokeStyle = colour;
      context.lineWidth = 1.5;
      context.stroke();
      context.restore();
      if (isBare) return;
      setTickFont(context, look);
      context.textAlign = 'right';
      context.textBaseline = 'middle';
      const ticks = ticksIn(values.lo, values.hi, Math.max(2, (y.from - y.to) / 36));
      const texts = tickTexts(ticks);
      for (const [place, tick] of ticks.entries())
        context.fillText(texts[place]!, x.from - 6, pixelAt(y, tick));
      context.textAlign = 'center';
      context.textBaseline = 'alphabetic';
      for (const tick of ticksOn(axis, along, (x.to - x.from) / 80)) {
        const half = context.measureText(tick.text).width / 2;
        context.fillText(tick.text, Math.min(width - half, pixelAt(x, tick.at)), height - 5);
      }
      context.strokeStyle = tokens['line-strong'];
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x.from, y.from + 0.5);
      context.lineTo(x.to, y.from + 0.5);
      context.stroke();
    },
    mark(context, { tokens, colour }, { histogram }) {
      const px = Math.round(xOf(histogram)) + 0.5;
      context.beginPath();
      context.moveTo(px, pad.top);
      context.lineTo(px, y.from);
      context.strokeStyle = tokens['text-2'];
      context.lineWidth = 1;
      context.stroke();
      context.beginPath();
      context.arc(px, at(histogram, MEDIAN), 3, 0, 2 * Math.PI);
      context.fillStyle = colour;
      context.fill();
    },
    pick(px) {
      if (px < x.from - 8 || px > x.to + 8) return undefined;
      let nearest = corners[0];
      for (const corner of corners)
        if (nearest === undefined || Math.abs(corner.x - px) < Math.abs(nearest.x - px)) nearest = corner;
      return nearest && { histogram: nearest.histogram, bin: undefined };
    },
    pickStep(step) {
      const histogram = histogramAtStep(histograms, step);
      return histogram && { histogram, bin: undefined };
    },
  };
}
