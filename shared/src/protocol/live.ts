/**
 * The messages between the hub and a viewer: socket.io event maps and HTTP answers. Numbers travel as event bytes or as
 * little-endian rows, never as JSON floats (JSON turns NaN into null). Every incoming message is parsed with the schemas
 * below, once, where it arrives.
 */
import type { RunConfig } from '../run-description.js';
import { z } from '../zod.js';
import type { Ask, ControlAnswer, Follow, TrainerReport } from './control.js';
import { type Refusal, refusalSchema, SERIES_LIMITS } from './series.js';

/**
 * `live`: a sender is connected, or the files changed not long ago: in the last 30 s for a run of convscope, whose sender
 * connects again within that time. The log of another writer is live for as long as its own pauses suggest (30 s to 2 h;
 * 150 s while they are not known, since torch flushes every 120 s). `lost`: a convscope run that has no end record and no
 * sender, and has been silent for longer. `idle`: a log of another writer that has been silent for longer. The other states
 * are the reason in the run's end record.
 */
export const RUN_STATES = ['live', 'lost', 'idle', 'completed', 'interrupted', 'failed'] as const;
export type RunState = (typeof RUN_STATES)[number];

export interface RunSummary {
  /** Path relative to the logdir, with `/` as separator; `.` is the logdir itself. */
  readonly run: string;
  readonly state: RunState;
  readonly synthetic: boolean;
  /** Changes when the run's files were replaced or shortened; discard everything known of the run then. */
  readonly generation: number;
  /** Whether each file that can be read was read to its end once. Until then the log may hold more, an end record among it. */
  readonly readToEnd: boolean;
  /** The highest step that was not logged again later, as the nearest double; −1 if there is no record. */
  readonly lastStep: number;
  /** Wall time of the first and newest record, in seconds; 0 if there is no record. */
  readonly firstWallTime: number;
  readonly lastWallTime: number;
  /** When its files changed last by the hub's clock, in seconds; absent if that is not known. */
  readonly lastChange?: number;
  /** Total size of the run's files, in bytes. */
  readonly bytes: number;
  readonly gaps: number;
  /** How many of its files cannot be read, as far as the hub has tried; absent if none. */
  readonly unreadable?: number;
  /** Sentences about what the log holds and is beyond the hub's limits; absent if there is nothing. */
  readonly notShown?: readonly string[];
  /** Sentences about files beside the event files for other programs, which api/v1/files lists; absent if there are none. */
  readonly beside?: readonly string[];
  /** The kinds of its records, in alphabetical order. A hub of an earlier version does not say them. */
  readonly kinds?: readonly string[];
  /** Up to 48 points of the loss (shared/src/loss-tag.ts), as strings so that NaN survives. */
  readonly sparkline: readonly string[];
  /** The newest value of the tag `lossTag`, as logged, as a string so that NaN survives; absent if there is none. */
  readonly loss?: string;
  readonly lossTag?: string;
  /** The step since which `loss` has been NaN or infinite without a break; absent while it is finite. */
  readonly notFiniteSince?: number;
  /**
   * The configuration of a convscope run, or the hyperparameters that another writer logged for TensorBoard's hparams
   * plugin. Absent if the log has neither. Values beyond LIMITS.config are left out, and non-finite numbers are strings.
   */
  readonly config?: RunConfig;
  /** How many values of the configuration were left out; absent if none. */
  readonly configOmitted?: number;
  readonly totalSteps?: number;
  /** How long a step of a run with `totalSteps` has taken lately, in seconds; absent where the log does not say it. */
  readonly secondsPerStep?: number;
  readonly error?: string;
  /** What the user calls the run, and notes on it: see `protocol/run-actions`. */
  readonly label?: string;
  readonly note?: string;
  /** Whether the user has put the run away; absent if not. */
  readonly archived?: true;
  /** Whether the process that trains it is connected and says that training is paused; absent if not. */
  readonly trainingPaused?: true;
}

/** A tag with the `RecordKind` of its records. A tag with records of several kinds has one entry for each. */
export interface TagSummary {
  readonly tag: string;
  readonly kind: string;
  /** Number of rows in its column or index. */
  readonly rows: number;
  /**
   * The plugin of TensorBoard that its records are for, such as `audio`, `pr_curves` or `mesh`, which tells records of the
   * kind `other` apart. Absent for scalars and if the log names none.
   */
  readonly plugin?: string;
}

export interface GapSummary {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly reason: string;
  /** The nearest known steps before and after the gap; null if there is none. */
  readonly afterStep: number | null;
  readonly beforeStep: number | null;
}

/** An event file of a run, and its size. */
export interface FileSummary {
  readonly file: string;
  readonly bytes: number;
}

/** Files of a run that its details name. */
export const MOST_FILES = 100;

export interface RunDetail {
  readonly summary: RunSummary;
  readonly tags: readonly TagSummary[];
  readonly gaps: readonly GapSummary[];
  /** The last MOST_FILES of its files, in the order in which they are read. Absent where the tags come from a listing. */
  readonly files?: readonly FileSummary[];
  /** How many files come before these; absent if none. */
  readonly moreFiles?: number;
}

/** What a page checks of the hub's answers: the shapes above. */
export const runSummarySchema: z.ZodMiniType<RunSummary> = z.object({
  run: z.string(),
  state: z.enum(RUN_STATES),
  synthetic: z.boolean(),
  generation: z.number(),
  readToEnd: z.boolean(),
  lastStep: z.number(),
  firstWallTime: z.number(),
  lastWallTime: z.number(),
  lastChange: z.exactOptional(z.number()),
  bytes: z.number(),
  gaps: z.number(),
  unreadable: z.exactOptional(z.number()),
  notShown: z.exactOptional(z.array(z.string())),
  beside: z.exactOptional(z.array(z.string())),
  kinds: z.exactOptional(z.array(z.string())),
  sparkline: z.array(z.string()),
  loss: z.exactOptional(z.string()),
  lossTag: z.exactOptional(z.string()),
  notFiniteSince: z.exactOptional(z.number()),
  config: z.exactOptional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  configOmitted: z.exactOptional(z.number()),
  totalSteps: z.exactOptional(z.number()),
  secondsPerStep: z.exactOptional(z.number()),
  error: z.exactOptional(z.string()),
  label: z.exactOptional(z.string()),
  note: z.exactOptional(z.string()),
  archived: z.exactOptional(z.literal(true)),
  trainingPaused: z.exactOptional(z.literal(true)),
});
export const runDetailSchema: z.ZodMiniType<RunDetail> = z.object({
  summary: runSummarySchema,
  tags: z.array(
    z.object({ tag: z.string(), kind: z.string(), rows: z.number(), plugin: z.exactOptional(z.string()) }),
  ),
  gaps: z.array(
    z.object({
      file: z.string(),
      offset: z.number(),
      length: z.number(),
      reason: z.string(),
      afterStep: z.nullable(z.number()),
      beforeStep: z.nullable(z.number()),
    }),
  ),
  files: z.exactOptional(z.array(z.object({ file: z.string(), bytes: z.number() }))),
  moreFiles: z.exactOptional(z.number()),
});
export const runsMessageSchema = z.object({
  protocol: z.number(),
  logdir: z.string(),
  notices: z.exactOptional(z.array(z.string())),
  runs: z.array(runSummarySchema),
  more: z.exactOptional(z.boolean()),
});
export const changedMessageSchema = z.object({
  notices: z.exactOptional(z.array(z.string())),
  runs: z.array(runSummarySchema),
  removed: z.array(z.string()),
});

/**
 * New rows of one column, of SCALAR_ROW_BYTES (scalars) or BLOB_ROW_BYTES (blobs) each. `start` is the number of the
 * first row: a viewer with fewer rows fetches the missing ones over HTTP, one with more drops the overlap.
 */
export interface LiveRows {
  readonly run: string;
  readonly generation: number;
  readonly tag: string;
  readonly kind: string;
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** A map (or any other non-scalar event) that the viewer watches and has credit for: the event's data without a frame. */
export interface LiveBlob {
  readonly run: string;
  readonly generation: number;
  readonly tag: string;
  readonly kind: string;
  readonly row: number;
  readonly bytes: Uint8Array;
}

/** A name that is over a limit is refused by itself, with a reason; the rest is watched. A message has its own limit. */
export const watchSchema = z.object({
  /**
   * Runs whose scalars and index rows the viewer wants: LIMITS.watchedRuns at most. A viewer that has subscribed to scalars
   * gets their points, and of each scalar here only the first rows, which tell that there is a tag.
   */
  runs: z.array(z.string()),
  /** The run whose maps are pushed. `tags` are those whose newest blobs are pushed: LIMITS.watchedTags at most. */
  mapsOf: z.nullable(z.string()),
  tags: z.array(z.string()),
});
export type Watch = z.input<typeof watchSchema>;

/** One credit for (run, tag): the viewer has drawn the previous blob and can take the next one. */
export const creditSchema = z.object({ run: z.string(), tag: z.string() });
export type Credit = z.infer<typeof creditSchema>;

/** The scalars that a page shows, runs × tags, LIMITS.subscribedSeries at most. Runs and tags that come later count too. */
export const subscriptionSchema = z.object({
  runs: z.array(z.string()),
  tags: z.array(z.string()),
  /**
   * In pixels. Of a series that grows by more points at a time only the newest so many are sent; the viewer fetches the
   * others as pixel columns.
   */
  width: z.int().check(z.gte(1), z.lte(SERIES_LIMITS.width)),
});
export type Subscription = z.infer<typeof subscriptionSchema>;

/** Points that are there already: the viewer fetches them, and live ones go on after them. */
export interface Subscribed {
  /** The generation of each run of the subscription; null while there is no such run. */
  readonly generations: readonly (number | null)[];
  /** For each series that has points: the places of its run and tag in the subscription, and how many rows it has. */
  readonly series: readonly (readonly [run: number, tag: number, rows: number])[];
  /** What is not part of the subscription, and why. */
  readonly refused: readonly Refusal[];
}
export const subscribedSchema: z.ZodMiniType<Subscribed> = z.object({
  generations: z.array(z.nullable(z.number())),
  series: z.array(z.tuple([z.number(), z.number(), z.number()])),
  refused: z.array(refusalSchema),
});

export interface LiveClientEvents {
  /**
   * Replaces the previous watch. Every tag starts with one credit. Answers with the details of the runs; those beyond
   * about a megabyte are left out, and api/run gives them. `refused` lists the names that are not watched, and why.
   */
  watch(
    message: Watch,
    answer: (details: RunDetail[] | { error: string }, refused?: readonly Refusal[]) => void,
  ): void;
  /**
   * Replaces the previous subscription. From the answer on, `points` are those of the new one. One without runs ends it.
   * A subscription that the next one replaces before it could be answered has no answer.
   */
  subscribe(message: Subscription, answer: (subscribed: Subscribed | { error: string }) => void): void;
  credit(message: Credit): void;
  /** Follows the process that trains a run, instead of the one before. Answers with what is known of it. */
  follow(message: Follow, answer: (report: TrainerReport | null) => void): void;
  /** Asks something of the process that trains a run. Needs the cookie, and a hub that is not read-only. */
  ask(message: Ask, answer: (answer: ControlAnswer) => void): void;
  /** Measures the round trip for the status line. */
  ping(answer: () => void): void;
}

/** The list of runs, or a part of it: `more` says that another follows. */
export interface RunsMessage {
  protocol: number;
  logdir: string;
  notices?: readonly string[];
  runs: RunSummary[];
  more?: boolean;
}

export interface LiveServerEvents {
  /**
   * All runs, sent on connection. `more` says that the list goes on in the next message. `notices` are sentences about
   * what the logdir holds and is not shown.
   */
  runs(message: RunsMessage): void;
  /**
   * New, changed and removed runs, at most every 250 ms, with the logdir's notices as they are then. More than a hundred
   * runs at once come in several messages.
   */
  changed(message: { notices?: readonly string[]; runs: RunSummary[]; removed: string[] }): void;
  /** At most 8 columns per message: socket.io's parsers refuse more than 10 binary attachments. */
  rows(message: LiveRows[]): void;
  blob(message: LiveBlob): void;
  /** Of the followed run, when it has changed. */
  trainer(report: TrainerReport): void;
  /** New points of the subscription, as `protocol/live-points` describes. */
  points(message: Uint8Array): void;
  /** One that is known by its file and offset already takes the place of the known one. */
  gap(message: { run: string; generation: number; gap: GapSummary }): void;
}
