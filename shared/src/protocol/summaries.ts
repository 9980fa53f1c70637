/**
 * What a table says of each series: its newest, lowest and highest value, for many runs and tags in one request. Numbers that
 * JSON lacks are "NaN", "Infinity" and "-Infinity".
 */
import { z } from '../zod.js';
import {
  type Refusal,
  refusalSchema,
  type SeriesRequest,
  type SeriesRun,
  seriesRequestSchema,
  seriesRunSchema,
} from './series.js';

/** Which series are asked for, as in a request for series. */
export type SummariesRequest = Pick<SeriesRequest, 'runs' | 'runFilter' | 'tags' | 'tagPrefix'>;
export const summariesRequestSchema: z.ZodMiniType<SummariesRequest> = z.pick(seriesRequestSchema, {
  runs: true,
  runFilter: true,
  tags: true,
  tagPrefix: true,
});

export interface SummaryPoint {
  readonly step: number;
  readonly wallTime: number | string;
  readonly value: number | string;
}

export interface SeriesSummary {
  /** Indexes into the runs and tags of the answer. */
  readonly run: number;
  readonly tag: number;
  /** Points of the series, without rows that were logged again later. */
  readonly points: number;
  /** How many of them are not finite; absent if none. */
  readonly nonFinite?: number | undefined;
  readonly last: SummaryPoint;
  /** The first of the lowest and of the highest finite values; absent if no value is finite. */
  readonly min?: SummaryPoint | undefined;
  readonly max?: SummaryPoint | undefined;
}

export interface SummariesAnswer {
  readonly version: number;
  readonly runs: readonly SeriesRun[];
  readonly tags: readonly string[];
  readonly summaries: readonly SeriesSummary[];
  readonly refused: readonly Refusal[];
}

const jsonNumber = z.union([z.number(), z.string()]);
const point: z.ZodMiniType<SummaryPoint> = z.object({
  step: z.number(),
  wallTime: jsonNumber,
  value: jsonNumber,
});

export const summariesAnswerSchema: z.ZodMiniType<SummariesAnswer> = z.object({
  version: z.number(),
  runs: z.array(seriesRunSchema),
  tags: z.array(z.string()),
  summaries: z.array(
    z.object({
      run: z.number(),
      tag: z.number(),
      points: z.number(),
      nonFinite: z.optional(z.number()),
      last: point,
      min: z.optional(point),
      max: z.optional(point),
    }),
  ),
  refused: z.array(refusalSchema),
});
