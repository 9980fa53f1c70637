/**
 * Scalars over HTTP: one request asks for many series, runs × tags, and gets for each what a chart of a given width can
 * show of a range: pixel columns, or the exact points where there are fewer. docs/api.md describes the addresses; the
 * bytes of the answer are those of `series-codec.ts`.
 */
import type { SmoothingState } from '../smoothing.js';
import { z } from '../zod.js';
import type { Numbers } from './packed-numbers.js';

/** What one request may ask for. What is beyond is refused by itself, with a reason, and the rest is answered. */
export const SERIES_LIMITS = {
  /** Series of one request: 500 runs with 20 tags each. */
  series: 10_000,
  /** Pixel columns of one series. No screen is wider. */
  width: 8192,
  /** Points of one series that are given exactly to a page. JSON and CSV give all. */
  points: 100_000,
  /** Branches of one series, which later rows replaced, and what they may take. The newest are given to a page. JSON and CSV give all. */
  branches: 1000,
  branchBytes: 8 * 1024 * 1024,
  /** An answer in bytes. Series beyond it are named, and asked for again. */
  answerBytes: 64 * 1024 * 1024,
  /** The body of a POST. It names runs and tags. */
  bodyBytes: 1024 * 1024,
  /** Refusals that are listed by name. All are counted. */
  refusals: 1000,
  textLength: 4096,
} as const;

/** `wall` is in seconds since the epoch, `relative` in seconds since `firstWallTime` of the run's summary. */
export const X_AXES = ['step', 'wall', 'relative'] as const;
export type XAxis = (typeof X_AXES)[number];

/** Which series a request is about: of all runs and tags, those that match everything that is given. */
const selection = {
  /** Ids of runs. */
  runs: z.optional(z.array(z.string())),
  /** Only runs whose id contains this, in upper or lower case. */
  runFilter: z.optional(z.string().check(z.maxLength(SERIES_LIMITS.textLength))),
  tags: z.optional(z.array(z.string())),
  tagPrefix: z.optional(z.string().check(z.maxLength(SERIES_LIMITS.textLength))),
};
export const seriesRequestSchema = z.object({
  ...selection,
  x: z._default(z.enum(X_AXES), 'step'),
  /** The range of x, inclusive. All of the series of a tag by default. */
  from: z.optional(z.number()),
  to: z.optional(z.number()),
  /** Pixel columns over the range. */
  width: z._default(z.int().check(z.gte(1), z.lte(SERIES_LIMITS.width)), 1000),
  /** A series with at most so many points in the range is given exactly; `width` by default. */
  points: z.optional(z.int().check(z.gte(0), z.lte(SERIES_LIMITS.points))),
  /** Of pixel columns, only the lowest and highest value with their places: half the bytes, and the same pixels. */
  outline: z.optional(z.boolean()),
  /** TensorBoard's weight. With it, the smoothed curve comes beside the raw one. */
  smoothing: z.optional(z.number().check(z.gte(0), z.lt(1))),
  /** Whether rows that a later row replaced are given too, each stretch of them as a branch of its own. */
  replaced: z._default(z.boolean(), false),
});
export type SeriesRequest = z.infer<typeof seriesRequestSchema>;

/** `before`: the last point at or before `at`. `nearest`: the one with the smallest distance, the earlier of two. */
export const LOOK_UPS = ['before', 'nearest'] as const;

export const valuesRequestSchema = z.object({
  ...selection,
  x: z._default(z.enum(X_AXES), 'step'),
  at: z.number(),
  find: z._default(z.enum(LOOK_UPS), 'before'),
  smoothing: z.optional(z.number().check(z.gte(0), z.lt(1))),
  /** Whether the median of all finite values of the series is computed too. */
  median: z._default(z.boolean(), false),
});
export type ValuesRequest = z.infer<typeof valuesRequestSchema>;

/**
 * What was asked for and is not answered, and why. `series` says how many, where it is more than one. With `branches`, the series
 * is answered, without so many of its branches.
 */
export interface Refusal {
  readonly run?: string | undefined;
  readonly tag?: string | undefined;
  readonly series?: number | undefined;
  readonly branches?: number | undefined;
  readonly reason: string;
}
export const refusalSchema: z.ZodMiniType<Refusal> = z.object({
  run: z.optional(z.string()),
  tag: z.optional(z.string()),
  series: z.optional(z.number()),
  branches: z.optional(z.number()),
  reason: z.string(),
});

/** The point of a series at a place. Numbers that JSON lacks are "NaN", "Infinity" and "-Infinity". */
export interface FoundValue {
  /** Indexes into the runs and tags of the answer. */
  readonly run: number;
  readonly tag: number;
  readonly step: number;
  readonly wallTime: number | string;
  readonly value: number | string;
  readonly smoothed?: number | string | undefined;
  /** Absent if there is no finite value. */
  readonly median?: number | undefined;
}
export interface ValuesAnswer {
  readonly version: number;
  readonly runs: readonly SeriesRun[];
  readonly tags: readonly string[];
  readonly values: readonly FoundValue[];
  readonly refused: readonly Refusal[];
}

/** A run that the answer holds series of. */
export interface SeriesRun {
  readonly run: string;
  readonly generation: number;
}
export const seriesRunSchema: z.ZodMiniType<SeriesRun> = z.object({
  run: z.string(),
  generation: z.number(),
});

const jsonNumber = z.union([z.number(), z.string()]);
export const valuesAnswerSchema: z.ZodMiniType<ValuesAnswer> = z.object({
  version: z.number(),
  runs: z.array(seriesRunSchema),
  tags: z.array(z.string()),
  values: z.array(
    z.object({
      run: z.number(),
      tag: z.number(),
      step: z.number(),
      wallTime: jsonNumber,
      value: jsonNumber,
      smoothed: z.optional(jsonNumber),
      median: z.optional(z.number()),
    }),
  ),
  refused: z.array(refusalSchema),
});

interface SeriesBase {
  /** Indexes into the runs and tags of the answer. */
  readonly run: number;
  readonly tag: number;
  /** 0 is the series; each further one is a stretch of rows that were replaced, in order of the log. */
  readonly branch: number;
  /** How many rows the column has by now. Live rows go on from here. */
  readonly rows: number;
  /** The range that was asked for, or all of the series of this tag. Its columns are (to − from) / width wide. */
  readonly from: number;
  readonly to: number;
  /** Points within the range. */
  readonly total: number;
  /** Where x of the whole series begins and ends; NaN without points. */
  readonly firstX: number;
  readonly lastX: number;
  /** With `smoothing`: how the average goes on after the last row. */
  readonly smoothing?: SmoothingState;
}

/** Every point of the range in order of x, and the neighbours of the range on both sides, if there are any. */
export interface PointSeries extends SeriesBase {
  readonly kind: 'points';
  readonly steps: Float64Array;
  readonly wallTimes: Float64Array;
  /** As float32 unless the log holds more. */
  readonly values: Numbers;
  readonly smoothed?: Numbers;
}

/** Points of the columns, one each: where, and what. NaN where a column has no finite value; `x` is its first point then. */
export interface ColumnPoints {
  readonly x: Float64Array;
  readonly y: Numbers;
}

/** The lowest, highest, first and last finite value of every column that has points. */
export interface ColumnExtremes {
  readonly first: ColumnPoints;
  readonly min: ColumnPoints;
  readonly max: ColumnPoints;
  readonly last: ColumnPoints;
}

/**
 * One entry for each pixel column that has points, in order of x. The neighbours of the range on both sides, if there
 * are any, are the first and last entry, with x outside of the range.
 */
export interface ColumnSeries extends SeriesBase {
  readonly kind: 'columns';
  /** Points in each column, and how many of them are NaN, +∞ and −∞. */
  readonly count: Float64Array;
  readonly nan: Float64Array;
  readonly positive: Float64Array;
  readonly negative: Float64Array;
  readonly raw: ColumnExtremes;
  readonly smoothed?: ColumnExtremes;
  /**
   * Whether only the lowest and highest values are known, and where the whole begins and ends: first and last of a column are
   * the earlier and the later of both.
   */
  readonly isOutline?: true;
}

export type Series = PointSeries | ColumnSeries;

export interface SeriesAnswer {
  readonly x: XAxis;
  readonly runs: readonly SeriesRun[];
  readonly tags: readonly string[];
  readonly series: readonly Series[];
  readonly refused: readonly Refusal[];
}
