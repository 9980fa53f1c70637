/**
 * What goes over the wire between trainer, hub and page: socket.io event maps and HTTP answers.
 *
 * Numbers travel as event bytes or as little-endian rows read through a DataView, never as JSON floats
 * (NaN in JSON arrives as null). Everything that arrives is parsed with the schemas below, once, at the border.
 */
import { z } from 'zod';

// zod probes `eval` otherwise, which the page's Content-Security-Policy reports.
z.config({ jitless: true });

export const PROTOCOL_VERSION = 1;

/** Namespaces. */
export const INGEST_NAMESPACE = '/ingest';
export const LIVE_NAMESPACE = '/live';

/** Bounds, chosen on purpose; beyond them a message is refused with a sentence. */
export const LIMITS = {
  /** One ingest message. A frame that is larger is sent in stretches. */
  ingestBytes: 4 * 1024 * 1024,
  /** socket.io's maxHttpBufferSize: an ingest message and its envelope. */
  socketBytes: 4 * 1024 * 1024 + 64 * 1024,
  runIdLength: 512,
  tagLength: 1024,
  fileNameLength: 255,
  watchedRuns: 64,
  watchedTags: 256,
  lookedAtTags: 16,
  /** Longest event a reader accepts; a longer one is a gap. */
  recordBytes: 256 * 1024 * 1024,
} as const;

// ------------------------------------------------------------------------------------------------ ingest

export const ingestAuthSchema = z.object({ token: z.string().max(256), protocol: z.number().int() });

/** A sender announces the one file that it writes. The hub answers with the file's length, from where to go on. */
export const ingestOpenSchema = z.object({
  runUid: z.string().regex(/^[0-9a-f]{32}$/),
  /** The name that is wanted; a taken one gets a suffix. May hold `/`. */
  run: z.string().min(1).max(LIMITS.runIdLength),
  file: z.string().min(1).max(LIMITS.fileNameLength),
});
export type IngestOpen = z.infer<typeof ingestOpenSchema>;

export const ingestWriteSchema = z.object({
  runUid: z.string().regex(/^[0-9a-f]{32}$/),
  file: z.string().min(1).max(LIMITS.fileNameLength),
  offset: z.number().int().nonnegative(),
});
export type IngestWrite = z.infer<typeof ingestWriteSchema>;

export type IngestAnswer =
  /**
   * `length` is how much of the file is on the hub's disk: the acknowledgement. `run` is the run's id and `path`
   * the absolute path of its directory on the hub's machine.
   */
  | { readonly ok: true; readonly length: number; readonly run: string; readonly path: string }
  /** `retry` is true for what may pass (full disk), false for what will not (a name outside the logdir). */
  | { readonly ok: false; readonly error: string; readonly retry: boolean };

export interface IngestClientEvents {
  open(message: IngestOpen, answer: (answer: IngestAnswer) => void): void;
  /** Bytes of the file at `offset`. Written only where offset equals the file's length on disk. */
  write(message: IngestWrite, bytes: Uint8Array, answer: (answer: IngestAnswer) => void): void;
  /** The sender has had everything acknowledged and leaves. */
  close(message: Pick<IngestOpen, 'runUid' | 'file'>, answer: (answer: IngestAnswer) => void): void;
}

/** What somebody looks at in a run: the sender writes maps of these tags before others, the first before the rest. */
export const lookedAtSchema = z.object({
  run: z.string().max(LIMITS.runIdLength),
  tags: z.array(z.string().max(LIMITS.tagLength)).max(LIMITS.lookedAtTags),
});
export type LookedAtMessage = z.infer<typeof lookedAtSchema>;

export interface IngestServerEvents {
  /** After an open, and whenever it changes. Nobody looks at anything before. */
  lookedAt(message: LookedAtMessage): void;
}

// ------------------------------------------------------------------------------------------------ live

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

/** A non-scalar record: where its event lies. Rows of one (tag, kind) are in arrival order, numbered from 0. */
export interface BlobRow {
  /** Nearest double. */
  readonly step: number;
  readonly wallTime: number;
  /** Index into the run's files, in name order of their discovery. */
  readonly file: number;
  /** Where its frame begins. */
  readonly offset: number;
  /** Of the event's data, without the frame's 16 bytes. */
  readonly length: number;
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

// ------------------------------------------------------------------------------------------------ rows

/** step f64, wall time f64, value f32: little-endian. */
export const SCALAR_ROW_BYTES = 20;
/** step f64, wall time f64, offset f64, length u32, file u32: little-endian. */
export const BLOB_ROW_BYTES = 32;

export function writeScalarRow(
  view: DataView,
  at: number,
  step: number,
  wallTime: number,
  value: number,
): void {
  view.setFloat64(at, step, true);
  view.setFloat64(at + 8, wallTime, true);
  view.setFloat32(at + 16, value, true);
}

export function writeBlobRow(view: DataView, at: number, row: BlobRow): void {
  view.setFloat64(at, row.step, true);
  view.setFloat64(at + 8, row.wallTime, true);
  view.setFloat64(at + 16, row.offset, true);
  view.setUint32(at + 24, row.length, true);
  view.setUint32(at + 28, row.file, true);
}

export function readBlobRow(view: DataView, at: number): BlobRow {
  return {
    step: view.getFloat64(at, true),
    wallTime: view.getFloat64(at + 8, true),
    offset: view.getFloat64(at + 16, true),
    length: view.getUint32(at + 24, true),
    file: view.getUint32(at + 28, true),
  };
}

// ------------------------------------------------------------------------------------------------ HTTP

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
