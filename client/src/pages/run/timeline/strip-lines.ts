/** The lines of the strip, and the axes that they are drawn along. */
import { lossLimits, ticksIn } from '../../../charts/axis.js';
import type { StripLine } from '../../../charts/strip-chart.js';
import { shortText, tickTexts } from '../../../charts/tick-text.js';
import type { RunCurves, StripCurves } from '../../../runs/curves.js';
import { runColour, runColourValue } from '../../../runs/run-colours.js';
import { type Curve, withBreaks } from '../../../series/curve.js';
import type { Part, Point } from '../../../series/pixel-columns.js';
import type { Tokens } from '../../../ui/tokens.js';

/** Fewer points than these are drawn as dots too: one alone has no line. */
const FEW = 20;

export interface LineEnd {
  readonly colour: string;
  readonly value: number;
  readonly text: string;
}

export interface StripLines {
  /** The first is on top. */
  readonly lines: readonly StripLine[];
  readonly window: Part;
  readonly values: { readonly lo: number; readonly hi: number };
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
  readonly hasAccuracy: boolean;
}

export interface StripDrawing extends StripLines {
  /** Where the curves of other runs leave the window. */
  readonly ends: readonly LineEnd[];
}

/** A curve that ends within this share of the window before its end counts as leaving it: runs log at paces of their own. */
const AT_END = 0.02;

/** The smoothed values of other runs at the end of the window. The last value of a run that ended before is not one. */
export function lineEnds(
  others: readonly Pick<StripCurves['others'][number], 'main' | 'place'>[] | undefined,
  { first, last }: Part,
  tokens: Tokens,
): LineEnd[] {
  return (others ?? []).flatMap(({ main, place }) => {
    const reaches = (main?.extent?.last ?? Number.NEGATIVE_INFINITY) >= last - (last - first) * AT_END;
    const value = reaches ? main?.readingAt(last)?.smoothed : undefined;
    if (value === undefined || !Number.isFinite(value)) return [];
    return [{ colour: runColourValue(place, tokens), value, text: shortText(value) }];
  });
}

/** All curves that the strip draws. */
export function drawnCurves(curves: StripCurves | undefined): Curve[] {
  const { main, trainAccuracy, testAccuracy, others = [] } = curves ?? {};
  const beside = others.flatMap((other) => [other.main, other.testAccuracy]);
  return [main, trainAccuracy, testAccuracy, ...beside].filter((curve) => curve !== undefined);
}

/** @param hasRoom for a lane of accuracies */
export function stripLines(
  curves: StripCurves | undefined,
  place: number,
  window: Part,
  isZoomed: boolean,
  hasRoom: boolean,
  tokens: Tokens,
): StripLines {
  const lines: StripLine[] = [];
  const beside: (readonly Point[])[] = [];
  const points = (curve: Curve, { gaps }: RunCurves, which: 'raw' | 'smoothed') => {
    const part = partOf(curve, window, isZoomed);
    return withBreaks(which === 'raw' ? curve.raw(part) : curve.smoothed(part), curve.breaks(gaps));
  };
  for (const other of curves?.others ?? []) {
    const { dash } = runColour(other.place);
    const colour = runColourValue(other.place, tokens);
    if (other.main !== undefined) {
      const smoothed = points(other.main, other, 'smoothed');
      beside.push(smoothed.filter(({ x }) => x >= window.first && x <= window.last));
      const dots = other.main.length < FEW;
      lines.push({ points: smoothed, colour, dash, lane: 'loss', width: 1, alpha: 0.7, dots });
    }
    if (other.testAccuracy !== undefined) {
      const raw = points(other.testAccuracy, other, 'raw');
      lines.push({ points: raw, colour, dash, lane: 'accuracy', width: 1, alpha: 0.6 });
    }
  }
  const colour = runColourValue(place, tokens);
  let own: readonly Point[] = [];
  let raw: readonly Point[] = [];
  if (curves?.main !== undefined) {
    const { main } = curves;
    raw = points(main, curves, 'raw');
    own = points(main, curves, 'smoothed');
    if (main.weight > 0) lines.push({ points: raw, colour, lane: 'loss', width: 1, alpha: 0.25 });
    lines.push({ points: own, colour, lane: 'loss', width: 1.75, alpha: 1, dots: main.length < FEW });
  }
  for (const branch of curves?.earlier ?? [])
    lines.push({ points: branch.points(window), colour, lane: 'loss', width: 1, alpha: 0.6, dash: [2, 3] });
  if (curves?.trainAccuracy !== undefined) {
    const smoothed = points(curves.trainAccuracy, curves, 'smoothed');
    lines.push({ points: smoothed, colour, lane: 'accuracy', width: 1.5, alpha: 1 });
  }
  if (curves?.testAccuracy !== undefined) {
    const isAlone = curves.trainAccuracy === undefined;
    lines.push({
      points: points(curves.testAccuracy, curves, 'raw'),
      colour,
      lane: 'accuracy',
      width: isAlone ? 1.5 : 0,
      alpha: isAlone ? 1 : 0,
      dots: true,
    });
  }
  const values = lossLimits(own, raw, beside);
  const ticks = ticksIn(values.lo, values.hi, 3);
  const texts = tickTexts(ticks);
  const hasCurve = lines.some(({ lane }) => lane === 'loss');
  return {
    // chart.js draws the first dataset on top.
    lines: lines.reverse(),
    window,
    values,
    // An axis without a curve has no values.
    ticks: hasCurve ? ticks.map((value, at) => ({ value, text: texts[at]! })) : [],
    hasAccuracy: hasRoom && lines.some(({ lane }) => lane === 'accuracy'),
  };
}

/**
 * The part of a curve to take points of; undefined for all of it, which costs less. A curve that reaches far beyond the
 * window would otherwise have few points within it.
 */
function partOf(curve: Curve, window: Part, isZoomed: boolean): Part | undefined {
  const { extent } = curve;
  const isLong = extent !== undefined && extent.last - extent.first > 2 * (window.last - window.first);
  return isZoomed || isLong ? window : undefined;
}
