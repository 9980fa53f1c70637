/**
 * The records of a run. `RecordByKind` maps each kind to its type; the union and the names of the kinds derive from it.
 *
 * A record has the precision of the event file: scalars are float32 (0.1 is 0.10000000149011612), steps are int64, wall
 * times are float64 seconds since the epoch. Invariant: decode(encode(record)) equals the record.
 */
import type { SessionStatus } from './event-log/hparams-enums.js';
import type { ModelDescription, RunConfig } from './run-description.js';

/**
 * The number of completed updates (0 is the untrained net), an int64: a number where a double is exact, a bigint beyond
 * 2^53. Use `stepToNumber` to chart it.
 */
export type Step = number | bigint;

/** Seconds since the epoch, as float64. For display and for ordering files; durations use a monotonic clock. */
export type WallTime = number;

/** Which of a layer's tensors a stack of maps shows. */
export type ChannelRole = 'input' | 'preactivation' | 'output' | 'weight' | 'gradient';

interface RecordBase {
  readonly tag: string;
  readonly step: Step;
  readonly wallTime: WallTime;
}

export interface ScalarRecord extends RecordBase {
  /** A float32 as a double. May be NaN or infinite. */
  readonly value: number;
}

export interface ImageRecord extends RecordBase {
  readonly width: number;
  readonly height: number;
  /** Encoded pictures (PNG, JPEG, GIF), one entry each. */
  readonly images: readonly Uint8Array[];
}

/** Consecutive elements, in [picture, channel, y, x] order, that have the same non-finite value. */
export interface NonFiniteRun {
  readonly start: number;
  readonly length: number;
  readonly value: 'NaN' | 'Infinity' | '-Infinity';
}

/** Statistics per channel, over the statistics pictures. Non-finite values count only in `nonFinite`. */
export interface ChannelStatistics<Values extends Float32Array | Float64Array = Float32Array> {
  /** Number of pictures that the statistics cover. */
  readonly pictures: number;
  readonly min: Values;
  readonly max: Values;
  readonly mean: Values;
  /** Population standard deviation. */
  readonly std: Values;
  /** Fraction, in [0, 1], of values ≤ 0 for pre-activations (those that ReLU turns into 0), of values = 0 otherwise. */
  readonly zeroFraction: Float32Array;
  /** Number of NaN and infinite values. */
  readonly nonFinite: Uint32Array;
}

/**
 * The feature maps of one layer for the probe pictures, as 8-bit codes in one atlas per picture. A value is
 * lo + code / 255 · (hi − lo) with its channel's limits, with an error of at most (hi − lo) / 510.
 */
export interface ChannelsRecord extends RecordBase {
  readonly layer: string;
  readonly role: ChannelRole;
  /** Size of one map. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Tiles in one row of an atlas; tile c is at column c % columns, row ⌊c / columns⌋, without borders. */
  readonly columns: number;
  /** The probe that each atlas shows, as an index into `RunStart.probes`. Same length as `atlases`. */
  readonly probes: readonly number[];
  /** 8-bit grey PNGs, one per probe. */
  readonly atlases: readonly Uint8Array[];
  /** The values of codes 0 and 255 per channel, common to all pictures of the record. */
  readonly lo: Float32Array;
  readonly hi: Float32Array;
  readonly nonFinite: readonly NonFiniteRun[];
  readonly statistics?: ChannelStatistics;
}

export interface HistogramRecord extends RecordBase {
  /** [left, right, count] per bucket, flattened, float64. */
  readonly buckets: Float64Array;
}

export interface TextRecord extends RecordBase {
  readonly strings: readonly string[];
  /** Shape of the string tensor; [] for a single string. */
  readonly shape: readonly number[];
}

export interface HparamsRecord extends RecordBase {
  readonly part: 'experiment' | 'session-start' | 'session-end';
  /** The hyperparameters of a session start; empty for the other parts. */
  readonly values: Readonly<Record<string, string | number | boolean>>;
  /** How a session ended, by its writer. torch's writes `success` when the session has not begun. */
  readonly status?: SessionStatus;
  /** The plugin's message, unchanged. */
  readonly content: Uint8Array;
}

export type TensorDtype =
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'bool'
  | 'complex64'
  | 'complex128'
  | 'string'
  | 'other';

export interface TensorRecord extends RecordBase {
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
  /**
   * Row-major values. 64-bit integers beyond 2^53 become the nearest double, complex numbers are interleaved. Undefined
   * for dtypes that cannot be read as numbers; `content` still holds their bytes.
   */
  readonly values?: Float32Array | Float64Array;
  /** TensorBoard's name of the plugin that wrote the tensor; empty if none is named. */
  readonly plugin: string;
  /** The TensorProto as stored, so that another writer's tensor can be written back byte for byte. */
  readonly content: Uint8Array;
}

/** The first record of every run that convscope writes. */
export interface RunStartRecord extends RecordBase {
  readonly start: RunStart;
}

/** The last record of a run that could still write its end. */
export interface RunEndRecord extends RecordBase {
  readonly end: RunEnd;
}

/** A record that is kept but not interpreted: a graph, audio, or a kind that convscope does not know. */
export interface OtherRecord extends RecordBase {
  readonly plugin: string;
  /** The summary value as stored. */
  readonly content: Uint8Array;
}

/** A damaged part of a file. Reported by the reader, never written to a file. */
export interface GapRecord extends RecordBase {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly reason: string;
}

export interface RecordByKind {
  scalar: ScalarRecord;
  channels: ChannelsRecord;
  image: ImageRecord;
  histogram: HistogramRecord;
  text: TextRecord;
  hparams: HparamsRecord;
  tensor: TensorRecord;
  'run-start': RunStartRecord;
  'run-end': RunEndRecord;
  other: OtherRecord;
  gap: GapRecord;
}

export type RecordKind = keyof RecordByKind;
export type RunRecord = { [K in RecordKind]: { readonly kind: K } & RecordByKind[K] }[RecordKind];
export type RecordOf<K extends RecordKind> = Extract<RunRecord, { kind: K }>;

/** Tags of the first and the last record of a convscope run. */
export const RUN_START_TAG = 'convscope/run_start';
export const RUN_END_TAG = 'convscope/run_end';

/** A picture of the test set whose feature maps are taken in every capture. */
export interface Probe {
  /** Index in the test set. */
  readonly index: number;
  /** Index into `RunStart.data.classes`. */
  readonly label: number;
}

export interface RunStart {
  readonly version: 1;
  readonly runUid: string;
  /** Present if this file continues an earlier one of the same run. */
  readonly branch?: string;
  readonly name: string;
  readonly config: RunConfig;
  /** Versions, backend and library, host, git commit, command line. */
  readonly environment: Readonly<Record<string, string>>;
  readonly data: {
    readonly name: string;
    readonly synthetic: boolean;
    readonly classes: readonly string[];
    readonly trainPictures: number;
    readonly testPictures: number;
    /** Mean and standard deviation of the training set per input channel, on the 0..1 scale. */
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
  readonly model: ModelDescription;
  readonly probes: readonly Probe[];
  /** Number of pictures that the channel statistics cover. */
  readonly statisticsPictures: number;
  readonly plan: { readonly epochs: number; readonly stepsPerEpoch: number; readonly totalSteps: number };
}

export type RunEndReason = 'completed' | 'interrupted' | 'failed';

export interface RunEnd {
  readonly version: 1;
  readonly reason: RunEndReason;
  /** For `failed`: what went wrong, where, and what to do. */
  readonly error?: string;
  /** Training time in seconds, from a monotonic clock. */
  readonly seconds: number;
  /** Where the final weights were saved, on the training machine. */
  readonly weights?: string;
}

/** The double nearest to a step. */
export function stepToNumber(step: Step): number {
  return Number(step);
}

/** Returns a number if a double holds the step exactly, a bigint otherwise. */
export function toStep(step: bigint): Step {
  return step >= -9007199254740991n && step <= 9007199254740991n ? Number(step) : step;
}
