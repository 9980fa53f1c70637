/** Histograms over each other, the newest in front, with an axis of counts. */
import { rebin } from '@convscope/shared/rebin-histograms.js';
import { ticksIn } from '../../charts/axis.js';
import { tickTexts } from '../../charts/tick-text.js';
import type { HistogramAt } from './histogram-at.js';
import { mixed } from './mixed-colour.js';
import { markBin } from './offset-plot.js';
import { histogramAtStep, type LaidOutPlot, type PlotData, type PlotSize, setTickFont } from './plots.js';
import { pixelAt, type Scale } from './scale.js';
import { drawValueTicks } from './value-ticks.js';

const PAD = { left: 40, right: 8, top: 8, bottom: 20 } as const;

interface Curve {
  readonly histogram: HistogramAt;
  readonly counts: Float64Array;
}

export function layOutOverlay(
  { histograms, values, bins }: PlotData,
  { width, height }: PlotSize,
): LaidOutPlot {
  const range = { left: values.lo, right: values.hi };
  const x: Scale = { ...values, from: PAD.left, to: width - PAD.right };
  const curves = histograms.map(
    (histogram): Curve => ({ histogram, counts: rebin(histogram.buckets, range, bins) }),
  );
  const highest = Math.max(...curves.map(({ counts }) => Math.max(...counts)), Number.MIN_VALUE);
  const y: Scale = { lo: 0, hi: highest, from: height - PAD.bottom, to: PAD.top };
  const binX = (bin: number) => x.from + ((bin + 0.5) / bins) * (x.to - x.from);
  const line = (context: CanvasRenderingContext2D, counts: Float64Array): void => {
    context.beginPath();
    for (let bin = 0; bin < bins; bin++) context.lineTo(binX(bin), pixelAt(y, counts[bin]!));
  };
  return {
    draw(context, look) {
      const { tokens, colour } = look;
      setTickFont(context, look);
      context.textAlign = 'right';
      context.textBaseline = 'middle';
      const ticks = ticksIn(0, highest, Math.max(2, (y.from - y.to) / 40));
      const texts = tickTexts(ticks);
      context.strokeStyle = tokens.line;
      context.lineWidth = 1;
      for (const [at, tick] of ticks.entries()) {
        const place = Math.round(pixelAt(y, tick)) + 0.5;
        context.fillText(texts[at]!, x.from - 6, place);
        context.beginPath();
        context.moveTo(x.from, place);
        context.lineTo(x.to, place);
        context.stroke();
      }
      for (const [at, { counts }] of curves.entries()) {
        const age = curves.length < 2 ? 1 : at / (curves.length - 1);
        line(context, counts);
        context.strokeStyle = mixed(tokens.bg, colour, 0.2 + 0.8 * age ** 2);
        context.lineWidth = at === curves.length - 1 ? 2 : 1;
        context.stroke();
      }
      setTickFont(context, look);
      drawValueTicks(context, x, height - 5);
    },
    mark(context, look, { histogram, bin }) {
      const curve = curves.find((one) => one.histogram === histogram);
      if (curve === undefined) return;
      line(context, curve.counts);
      context.lineWidth = 2;
      context.strokeStyle = look.tokens.text;
      context.stroke();
      if (bin !== undefined) markBin(context, look, binX(bin), pixelAt(y, curve.counts[bin]!), y.from);
    },
    pick(px, py) {
      if (px < x.from - 4 || px > x.to + 4) return undefined;
      const bin = Math.max(0, Math.min(bins - 1, Math.floor(((px - x.from) / (x.to - x.from)) * bins)));
      let nearest: Curve | undefined;
      let least = Number.POSITIVE_INFINITY;
      for (const curve of curves) {
        const apart = Math.abs(pixelAt(y, curve.counts[bin]!) - py);
        if (apart > least) continue;
        least = apart;
        nearest = curve;
      }
      return nearest && { histogram: nearest.histogram, bin };
    },
    pickStep(step, bin) {
      const histogram = histogramAtStep(histograms, step);
      return histogram && { histogram, bin };
    },
  };
}
