/**
 * What the hub and a page say to each other: socket.io event maps and HTTP answers. Numbers travel as event bytes or as
 * little-endian rows, never as JSON floats (NaN in JSON arrives as null). Everything that arrives is parsed with the
 * schemas below, once, at the border.
 */
import { z } from '../zod.js';
import { LIMITS } from './limits.js';

export const LIVE_NAMESPACE = '/live';

/**
 * `live`: a sender is connected or bytes came in the last 30 s. `lost`: a run of ours with no end, no
 * connection and silent for longer. `idle`: a foreign log that is silent. The others are stated by the run.
 */
export type RunState = 'live' | 'lost' | 'idle' | 'completed' | 'interrupted' | 'failed';

export interface RunSummary {
  /** Path relative to the logdir, `/` between the parts; `.` is the logdir itself. */
  readonly run: string;
  readonly state: RunState;
  readonly synthetic: boolean;
  /** Changes when the files were replaced or cut: then everything known of the run is void. */
  readonly generation: number;
  /** Nearest double of the highest step; −1 with no record. */
  readonly lastStep: number;
  /** Wall time of the first and newest record, seconds; 0 with no record. */
  readonly firstWallTime: number;
  readonly lastWallTime: number;
  /** Bytes of all its files. */
  readonly bytes: number;
  readonly gaps: number;
  /** `train/loss` (or the first tag that ends in "loss"): up to 48 points for a sparkline, as strings so that NaN survives. */
  readonly sparkline: readonly string[];
  /** The newest loss, as a string so that NaN survives; absent with none. */
  readonly loss?: string;
  readonly totalSteps?: number;
  readonly error?: string;
}

/** kind of a tag, as `RecordKind` of its records. A tag that holds several kinds has several entries. */
export interface TagSummary {
  readonly tag: string;
  readonly kind: string;
  /** How many rows its column or index has. */
  readonly rows: number;
}

export interface GapSummary {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly reason: string;
  /** Nearest known steps around it; null at an edge. */
  readonly afterStep: number | null;
  readonly beforeStep: number | null;
}

export interface RunDetail {
  readonly summary: RunSummary;
  readonly tags: readonly TagSummary[];
  readonly gaps: readonly GapSummary[];
}

/**
 * Live rows of one column: bytes are SCALAR_ROW_BYTES (scalars) or BLOB_ROW_BYTES (blobs) each.
 * `start` is the row number of the first: a viewer that has fewer rows fetches the hole over HTTP, one that
 * has more drops the overlap.
 */
export interface LiveRows {
  readonly run: string;
  readonly generation: number;
  readonly tag: string;
  readonly kind: string;
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** A map (any non-scalar event) that the viewer asked for, pushed by credit: the event's data, no frame. */
export interface LiveBlob {
  readonly run: string;
  readonly generation: number;
  readonly tag: string;
  readonly kind: string;
  readonly row: number;
  readonly bytes: Uint8Array;
}

export const watchSchema = z.object({
  /** Runs whose scalars (and index rows) are wanted. */
  runs: z.array(z.string().max(LIMITS.runIdLength)).max(LIMITS.watchedRuns),
  /** Tags of `mapsOf` whose newest blobs are pushed. */
  mapsOf: z.string().max(LIMITS.runIdLength).nullable(),
  tags: z.array(z.string().max(LIMITS.tagLength)).max(LIMITS.watchedTags),
  /** Of them, those that somebody looks at now, most wanted first. */
  lookedAt: z.array(z.string().max(LIMITS.tagLength)).max(LIMITS.lookedAtTags).default([]),
});
export type Watch = z.input<typeof watchSchema>;

/** One credit for (run, tag): the viewer has drawn what it had and can take the next. */
export const creditSchema = z.object({
  run: z.string().max(LIMITS.runIdLength),
  tag: z.string().max(LIMITS.tagLength),
});
export type Credit = z.infer<typeof creditSchema>;

export interface LiveClientEvents {
  /** Replaces what was watched before. Every tag in it starts with one credit. Answers with the run's details. */
  watch(message: Watch, answer: (details: RunDetail[] | { error: string }) => void): void;
  credit(message: Credit): void;
  /** Round trip for the status line. */
  ping(answer: () => void): void;
}

export interface LiveServerEvents {
  /** All runs; sent on connection. */
  runs(message: { protocol: number; logdir: string; runs: RunSummary[] }): void;
  /** Runs that are new or changed, at most every 250 ms. */
  changed(message: { runs: RunSummary[]; removed: string[] }): void;
  /** At most 8 columns a message: socket.io's parsers refuse more than 10 binary attachments. */
  rows(message: LiveRows[]): void;
  blob(message: LiveBlob): void;
  gap(message: { run: string; generation: number; gap: GapSummary }): void;
}

/**
 * GET, all under the base path:
 *   api/runs                                     → RunSummary[]
 *   api/run?run=                                 → RunDetail
 *   api/scalars?run=&tag=&generation=&from=      → SCALAR_ROW_BYTES rows from row `from` on (octet-stream)
 *   api/index?run=&tag=&kind=&generation=&from=  → BLOB_ROW_BYTES rows
 *   api/event?run=&generation=&file=&offset=&length= → the event's data (octet-stream); only what the index lists (offset and length as in the index)
 *   api/session                                  → { version, logdir, readOnly: boolean }
 * POST api/session { token } sets the cookie beyond loopback.
 * A wrong generation answers 409; an error answers { error: sentence }.
 */
export const HTTP = {
  runs: 'api/runs',
  run: 'api/run',
  scalars: 'api/scalars',
  index: 'api/index',
  event: 'api/event',
  session: 'api/session',
} as const;
