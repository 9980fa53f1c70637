/** What a card draws of its curves: lines, limits and ticks, in the numbers of its axes (powers of ten on logarithmic ones). */
import type { XAxis } from '@convscope/shared/protocol/series.js';
import type { ChartBand, ChartLine } from '../../charts/line-chart.js';
import type { Tick } from '../../charts/time-ticks.js';
import { extentOf, type Limits, padded } from '../../charts/value-limits.js';
import type { NonFinite, Part, Point } from '../../series/pixel-columns.js';
import type { Track } from '../../series/track.js';
import type { Look } from '../../series/track-look.js';
import { ticksOfX, ticksOfY } from './card-ticks.js';
import type { CurveReading } from './curve-reading.js';
import { drawnPoints, isSmoothed, type SmoothingLook } from './curve-smoothing.js';
import { logged, nearestLogged, withMargin } from './margin-line.js';
import { type MeanPoint, meanLine } from './mean-line.js';
import { meanReading } from './mean-reading.js';
import type { Band } from './view.js';

/** Curves with fewer points are drawn with dots. */
const FEW = 20;
const RAW_ALPHA = 0.25;
const BAND_ALPHA = 0.18;

/** A curve of a card: a scalar of a run, or the mean of those of a group. */
export interface CurveSource {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
  readonly dash: readonly number[] | undefined;
  readonly tracks: readonly Track[];
  readonly isGroup: boolean;
  /** What lies below and above its values, of the same runs. */
  readonly margin?: { readonly lower: readonly Track[]; readonly upper: readonly Track[] } | undefined;
}

export interface CardLook extends SmoothingLook {
  readonly x: XAxis;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly ignoreOutliers: boolean;
  readonly band: Band;
  readonly utc: boolean;
  readonly earlier: boolean;
  /** The plot's width in pixels. */
  readonly width: number;
  readonly height: number;
  /** What was zoomed into, in data units. */
  readonly range: Part | undefined;
  readonly values: Limits | undefined;
  /** Axes that are kept, in their own numbers, whatever there is to draw. */
  readonly axes: { readonly x: Part; readonly y: Limits } | undefined;
}

export interface DrawnCurve {
  readonly source: CurveSource;
  /** How many points there are of it, of all of its runs. */
  readonly count: number;
  readonly nonFinite: readonly NonFinite[];
  readonly isSmoothed: boolean;
  /** The drawn point that is nearest to a place in data units. */
  nearest(x: number): CurveReading | undefined;
}

export interface CardDrawing {
  readonly look: CardLook;
  readonly lines: readonly ChartLine<'values'>[];
  readonly bands: readonly ChartBand<'values'>[];
  /** In numbers of the axes. */
  readonly x: Part;
  readonly y: Limits;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly curves: readonly DrawnCurve[];
  readonly nonFinite: readonly NonFinite[];
  /** How many drawn points have no place on a logarithmic axis. */
  readonly offAxis: number;
  /** How many branches of before a restart are too many to be drawn. */
  readonly branchesLeftOut: number;
  readonly isEmpty: boolean;
  /** Whether anything that is drawn has a place on the axis of values. */
  readonly hasNumbers: boolean;
}

export function toAxis(value: number, isLog: boolean): number {
  return isLog ? (value > 0 ? Math.log10(value) : Number.NaN) : value;
}

export function fromAxis(place: number, isLog: boolean): number {
  return isLog ? 10 ** place : place;
}

export function lookOf({ x, logX, weight, width, range }: Omit<CardLook, 'height' | 'isAsked'>): Look {
  return { x, weight, width: Math.max(1, Math.round(width)), part: range, isLog: logX };
}

function onAxes(points: readonly Point[], { logX, logY }: CardLook): readonly Point[] {
  if (!logX && !logY) return points;
  return points.flatMap(({ x, y }) => {
    const place = toAxis(x, logX);
    return Number.isNaN(place) ? [] : [{ x: place, y: toAxis(y, logY) }];
  });
}

/** What a card shows of all of its runs: from the first to the last of their points. */
export function extentOfSources(sources: readonly CurveSource[], look: CardLook): Part | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { tracks } of sources)
    for (const track of tracks) {
      const extent = track.extent(lookOf(look));
      if (extent === undefined) continue;
      first = Math.min(first, extent.first);
      last = Math.max(last, extent.last);
    }
  return first <= last ? { first, last } : undefined;
}

/** The axis of x, in its own numbers. */
function axisOfX(sources: readonly CurveSource[], look: CardLook): Part {
  const extent = look.range ?? extentOfSources(sources, look) ?? { first: 0, last: 1 };
  if (!look.logX) return widened(extent);
  const lowest =
    extent.first > 0 ? extent.first : (firstPositive(sources, look) ?? Math.max(1, extent.last / 1000));
  return widened({ first: Math.log10(lowest), last: Math.log10(Math.max(extent.last, lowest)) });
}

/** An axis of one point has a length too. */
function widened({ first, last }: Part): Part {
  return last > first ? { first, last } : { first: first - 0.5, last: first + 0.5 };
}

function firstPositive(sources: readonly CurveSource[], look: CardLook): number | undefined {
  let lowest: number | undefined;
  for (const { tracks } of sources)
    for (const track of tracks) {
      const found = track.points('raw', lookOf(look)).find(({ x }) => x > 0)?.x;
      if (found !== undefined && (lowest === undefined || found < lowest)) lowest = found;
    }
  return lowest;
}

/** The mean of a group, of its curves as they are drawn. */
function groupLines(source: CurveSource, look: CardLook): MeanPoint[] {
  return meanLine(source.tracks.map((track) => drawnPoints(track, look, lookOf(look))));
}

export function cardDrawing(sources: readonly CurveSource[], look: CardLook): CardDrawing {
  const x = look.axes?.x ?? axisOfX(sources, look);
  const lines: ChartLine<'values'>[] = [];
  const bands: ChartBand<'values'>[] = [];
  const curves: DrawnCurve[] = [];
  /** What the limits of values are taken of. */
  const counted: number[][] = [];
  const valuesWithin = (points: readonly Point[]) =>
    points.filter((point) => point.x >= x.first && point.x <= x.last).map((point) => point.y);
  const trackLook = lookOf(look);
  let offAxis = 0;
  let branchesLeftOut = 0;
  const place = (points: readonly Point[]): readonly Point[] => {
    const placed = onAxes(points, look);
    if (placed !== points)
      offAxis += points.filter(
        (point) => (look.logX && !(point.x > 0)) || (look.logY && Number.isFinite(point.y) && !(point.y > 0)),
      ).length;
    return placed;
  };
  const isCrowded = sources.length > 12;
  for (const source of sources) {
    const { colour, dash, tracks } = source;
    const count = tracks.reduce((sum, track) => sum + track.count, 0);
    const nonFinite = tracks.flatMap((track) => track.nonFinite(trackLook));
    const style = { colour, dash, lane: 'values' } as const;
    if (source.margin !== undefined) {
      const line = (of: readonly Track[]) => logged(of, trackLook);
      const [raw, below, above] = [line(tracks), line(source.margin.lower), line(source.margin.upper)];
      const [points, lower, upper] = [place(raw), onAxes(below, look), onAxes(above, look)];
      if (lower.length > 0 && upper.length > 0)
        bands.push({ lower, upper, colour, alpha: BAND_ALPHA, lane: 'values' });
      counted.push(...[points, lower, upper].map(valuesWithin));
      lines.push({ ...style, points, width: 1.75, alpha: 1, dots: count < FEW });
      curves.push({
        source,
        count,
        nonFinite,
        isSmoothed: false,
        nearest: (at) => withMargin(nearestLogged(tracks, raw, at, trackLook), below, above),
      });
      continue;
    }
    if (source.isGroup) {
      const means = groupLines(source, look);
      const points = place(means.map(({ x: at, mean }) => ({ x: at, y: mean })));
      const [lower, upper] = bandOf(means, look.band).map((edge) => onAxes(edge, look));
      if (lower !== undefined && upper !== undefined) {
        bands.push({ lower, upper, colour, alpha: BAND_ALPHA, lane: 'values' });
        counted.push(valuesWithin(lower), valuesWithin(upper));
      }
      counted.push(valuesWithin(points));
      lines.push({ ...style, points, width: 1.75, alpha: 1, dots: means.length < FEW });
      const hasSmoothed = tracks.some((track) => isSmoothed(track, look));
      const nearest = (at: number) => meanReading(means, at, look.x, hasSmoothed);
      curves.push({ source, count, nonFinite, isSmoothed: hasSmoothed, nearest });
      continue;
    }
    const [track] = tracks;
    if (track === undefined) continue;
    const points = place(drawnPoints(track, look, trackLook));
    const hasRaw = isSmoothed(track, look);
    if (hasRaw) {
      const raw = onAxes(track.points('raw', trackLook), look);
      if (!look.ignoreOutliers) counted.push(valuesWithin(raw));
      lines.push({ ...style, dash: undefined, points: raw, width: 1, alpha: RAW_ALPHA, isBehind: true });
    }
    if (look.earlier) {
      for (const branch of track.earlier(trackLook))
        lines.push({ ...style, points: onAxes(branch, look), width: 1, alpha: 0.7, dash: [2, 3] });
      branchesLeftOut += track.earlierLeftOut;
    }
    // Of all values, as TensorBoard takes its percentiles; the lowest and highest are among those that are drawn.
    counted.push(
      look.ignoreOutliers
        ? track
            .values(hasRaw ? trackLook : { ...trackLook, weight: 0 })
            .map((value) => toAxis(value, look.logY))
        : valuesWithin(points),
    );
    lines.push({ ...style, points, width: isCrowded ? 1.25 : 1.75, alpha: 1, dots: count < FEW });
    curves.push({
      source,
      count,
      nonFinite,
      isSmoothed: hasRaw,
      nearest: (at) => {
        const found = track.nearest(at, trackLook);
        return (
          found && {
            ...found,
            smoothed: hasRaw ? found.smoothed : found.raw,
            isSmoothed: hasRaw,
            of: undefined,
          }
        );
      },
    });
  }
  const y =
    look.axes?.y ?? limitsOf(counted, look, look.ignoreOutliers && curves.some(({ count }) => count >= FEW));
  const isEmpty = curves.every(({ count }) => count === 0);
  const hasNumbers =
    look.values !== undefined || lines.some(({ points }) => points.some(({ y }) => Number.isFinite(y)));
  return {
    look,
    lines,
    bands,
    x,
    y,
    xTicks: isEmpty ? [] : ticksOfX(x, look),
    yTicks: hasNumbers && !isEmpty ? ticksOfY(y, look) : [],
    curves,
    nonFinite: curves
      .flatMap(({ nonFinite }) => nonFinite)
      .map((mark) => ({ ...mark, x: toAxis(mark.x, look.logX) }))
      .filter((mark) => !Number.isNaN(mark.x))
      .sort((a, b) => a.x - b.x),
    offAxis,
    branchesLeftOut,
    isEmpty,
    hasNumbers,
  };
}

function bandOf(means: readonly MeanPoint[], band: Band): (readonly Point[])[] {
  if (band === 'none') return [];
  const edge = (of: (point: MeanPoint) => number) => means.map((point) => ({ x: point.x, y: of(point) }));
  return band === 'range'
    ? [edge(({ lowest }) => lowest), edge(({ highest }) => highest)]
    : [edge(({ mean, deviation }) => mean - deviation), edge(({ mean, deviation }) => mean + deviation)];
}

/** Limits of values, which are in the numbers of the axis. */
function limitsOf(counted: readonly (readonly number[])[], look: CardLook, ignoreOutliers: boolean): Limits {
  if (look.values !== undefined) {
    const { lo, hi } = look.values;
    const [low, high] = [toAxis(lo, look.logY), toAxis(hi, look.logY)];
    if (low < high) return { lo: low, hi: high };
  }
  const found = extentOf(Float64Array.from(counted.flat()), ignoreOutliers);
  return found === undefined ? { lo: 0, hi: 1 } : padded(found);
}
