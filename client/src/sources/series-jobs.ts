/** What the store asks a source for, and how what is asked for at the same time becomes few requests. */
import { SERIES_LIMITS, type SeriesRequest, type ValuesRequest } from '@convscope/shared/protocol/series.js';
import type { Curve } from '../series/curve.js';
import type { Part } from '../series/pixel-columns.js';
import { MOST_WHOLE, type Series } from '../series/series.js';

/**
 * How many columns a long series is drawn with at first, and at least for ever after: ten smoothed ones are less than 200 kB,
 * and a strip of 1,200 pixels is not coarser than it may be.
 */
const OVERVIEW = 840;

/** Which part of the series, and how. */
export type Asked =
  | {
      readonly kind: 'columns';
      readonly from: number | undefined;
      readonly to: number | undefined;
      readonly width: number;
      /** A part with up to so many points comes with all of them. */
      readonly points: number;
      readonly weight: number;
      /** Whether the branches come too that were replaced. */
      readonly replaced: boolean;
    }
  | { readonly kind: 'value'; readonly at: number; readonly weight: number }
  | { readonly kind: 'median'; readonly at: number };

/**
 * What an answer is for: the series as it is drawn at first, all of it for a curve of another smoothing, the part that is
 * looked at, the points around a step, the newest points, rows that were missed, a value, whether a step was logged, the
 * median, and the branches that were replaced.
 */
export type Purpose =
  | 'load'
  | 'overview'
  | 'detail'
  | 'near'
  | 'tail'
  | 'rows'
  | 'reading'
  | 'step'
  | 'median'
  | 'earlier';

export interface Job {
  readonly series: Series;
  readonly purpose: Purpose;
  readonly curve: Curve | undefined;
  readonly asked: Asked;
}

/** Jobs of one request: the same is asked of each of the runs and tags. */
export interface JobGroup {
  readonly asked: Asked;
  readonly isFirst: boolean;
  readonly runs: readonly string[];
  readonly tags: readonly string[];
  readonly jobs: readonly Job[];
}

/** What is to be fetched of a series. */
export function jobsOf(series: Series): Job[] {
  if (series.refusal !== undefined || series.known === 0) return [];
  const jobs: Job[] = [];
  const want = (purpose: Job['purpose'], asked: Asked, curve?: Curve) => {
    jobs.push({ series, purpose, curve, asked });
  };
  if (!series.isLoaded || series.isReplaced) {
    const [curve] = series.curves;
    const weight = series.known <= MOST_WHOLE ? 0 : (curve?.weight ?? 0);
    want('load', columns({ width: curve === undefined ? 1 : OVERVIEW, points: MOST_WHOLE, weight }), curve);
    return jobs;
  }
  const { firstStep: first, lastStep: last } = series;
  if (series.rows < series.known)
    want('rows', columns({ from: last, width: 1, points: SERIES_LIMITS.points }));
  if (series.wantedTail > 0 && first !== undefined && last !== undefined) {
    const perPoint = (last - first) / Math.max(1, series.count - 1);
    const from = last - 2 * series.wantedTail * perPoint;
    want('tail', columns({ from, width: 1, points: SERIES_LIMITS.points }));
  }
  if (series.wantedStep !== undefined) want('step', { kind: 'value', at: series.wantedStep, weight: 0 });
  if (series.wantsEarlier) want('earlier', columns({ width: OVERVIEW, points: MOST_WHOLE, replaced: true }));
  if (series.wantsMedian && last !== undefined) want('median', { kind: 'median', at: last });
  for (const curve of series.curves) {
    const { weight, wants } = curve;
    const { overview, detail, near, reading } = wants;
    if (overview) want('overview', columns({ width: OVERVIEW, points: 0, weight }), curve);
    if (detail !== undefined) {
      const { part, width } = detail;
      want('detail', columns({ ...rangeOf(part), width, points: width, weight }), curve);
    }
    if (near !== undefined)
      want('near', columns({ ...rangeOf(near), width: OVERVIEW, points: SERIES_LIMITS.points }), curve);
    if (reading !== undefined) want('reading', { kind: 'value', at: reading, weight }, curve);
  }
  return jobs;
}

interface Columns {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly width: number;
  readonly points: number;
  readonly weight?: number;
  readonly replaced?: boolean;
}

function columns({ from, to, weight = 0, replaced = false, ...rest }: Columns): Asked {
  return { kind: 'columns', from, to, weight, replaced, ...rest };
}

function rangeOf({ first, last }: Part): { readonly from: number; readonly to: number | undefined } {
  return { from: first, to: last === Number.POSITIVE_INFINITY ? undefined : last };
}

/** One series may have several jobs, but not the same one twice. */
export function keyOf({ purpose, curve }: Job): string {
  return `${purpose} ${curve?.weight}`;
}

/** Puts jobs together that ask the same of the same tags, or of the same runs. */
export function grouped(jobs: readonly Job[]): JobGroup[] {
  const byTag = gatheredBy(jobs, ({ asked, series }) =>
    JSON.stringify([asked, series.name.tag, series.isFirst]),
  );
  const byRuns = gatheredBy([...byTag.values()], ([first, ...more]) =>
    JSON.stringify([
      first!.asked,
      first!.series.isFirst,
      [first, ...more].map((job) => job!.series.name.run).sort(),
    ]),
  );
  return [...byRuns.values()].flatMap((parts) => {
    const tags = parts.map(([first]) => first!.series.name.tag);
    const runs = parts[0]!.map(({ series }) => series.name.run);
    const together = parts.flat();
    const atOnce = Math.max(1, Math.floor(SERIES_LIMITS.series / tags.length));
    return slices(runs, atOnce).map((some) => {
      const these = new Set(some);
      const jobs = together.filter(({ series }) => these.has(series.name.run));
      const { asked, series } = together[0]!;
      return { asked, isFirst: series.isFirst, runs: some, tags, jobs };
    });
  });
}

function gatheredBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function slices<T>(items: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, at) =>
    items.slice(at * length, (at + 1) * length),
  );
}

export function seriesRequestOf(
  { runs, tags }: JobGroup,
  { from, to, width, points, weight, replaced }: Extract<Asked, { kind: 'columns' }>,
): SeriesRequest {
  return {
    runs: [...runs],
    tags: [...tags],
    x: 'step',
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    width,
    points,
    outline: true,
    ...(weight > 0 ? { smoothing: weight } : {}),
    replaced,
  };
}

export function valuesRequestOf(
  { runs, tags }: JobGroup,
  asked: Exclude<Asked, { kind: 'columns' }>,
): ValuesRequest {
  const weight = asked.kind === 'value' ? asked.weight : 0;
  return {
    ...{ runs: [...runs], tags: [...tags], x: 'step', at: asked.at, find: 'before' },
    ...(weight > 0 ? { smoothing: weight } : {}),
    median: asked.kind === 'median',
  };
}
