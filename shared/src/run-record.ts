/**
 * Every fact that a run can state. One map of types; the union and the names of the kinds derive from it.
 *
 * A record holds what the event file can hold: scalars are float32 (0.1 is 0.10000000149011612), steps are
 * int64, wall times are float64 seconds since the epoch. Law: decode(encode(record)) equals the record.
 */
import type { ModelDescription, RunConfig } from './run-description.js';

/**
 * Completed updates (0 is the untrained net). int64: a number where a double holds it exactly, a bigint
 * beyond 2^53. Use `stepToNumber` to chart it.
 */
export type Step = number | bigint;

/** Seconds since the epoch, as float64. For showing and for ordering files; durations use monotonic clocks. */
export type WallTime = number;

/** What a stack of maps shows of its layer. */
export type ChannelRole = 'input' | 'preactivation' | 'output' | 'weight' | 'gradient';

interface RecordBase {
  readonly tag: string;
  readonly step: Step;
  readonly wallTime: WallTime;
}

export interface ScalarRecord extends RecordBase {
  /** float32, widened. May be NaN or infinite. */
  readonly value: number;
}

export interface ImageRecord extends RecordBase {
  readonly width: number;
  readonly height: number;
  /** Encoded bytes (PNG, JPEG, GIF), one entry a picture. */
  readonly images: readonly Uint8Array[];
}

/** A run of places, in picture-major [picture, channel, y, x] order, that hold no finite number. */
export interface NonFiniteRun {
  readonly start: number;
  readonly length: number;
  readonly value: 'NaN' | 'Infinity' | '-Infinity';
}

/** Per channel, over the statistics pictures. Non-finite values count in `nonFinite` and nowhere else. */
export interface ChannelStatistics {
  /** How many pictures the numbers were taken over. */
  readonly pictures: number;
  readonly min: Float32Array;
  readonly max: Float32Array;
  readonly mean: Float32Array;
  /** Population standard deviation. */
  readonly std: Float32Array;
  /** Fraction of values ≤ 0 for pre-activations (what ReLU silences), = 0 otherwise. In [0, 1]. */
  readonly zeroFraction: Float32Array;
  /** Count of NaN and infinite values. */
  readonly nonFinite: Uint32Array;
}

/**
 * The maps of one layer for the probe pictures: 8-bit codes, one atlas a picture. A value is
 * lo + code / 255 · (hi − lo) of its channel, off by at most (hi − lo) / 510.
 */
export interface ChannelsRecord extends RecordBase {
  readonly layer: string;
  readonly role: ChannelRole;
  /** Size of one map. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Tiles in one row of an atlas; tile c lies at column c % columns, row ⌊c / columns⌋. No borders. */
  readonly columns: number;
  /** Which probe each atlas shows: indices into `RunStart.probes`. Same length as `atlases`. */
  readonly probes: readonly number[];
  /** 8-bit grey PNG, one a probe. */
  readonly atlases: readonly Uint8Array[];
  /** Limits of the code, per channel, common to all pictures of the record. */
  readonly lo: Float32Array;
  readonly hi: Float32Array;
  readonly nonFinite: readonly NonFiniteRun[];
  readonly statistics?: ChannelStatistics;
}

export interface HistogramRecord extends RecordBase {
  /** [left, right, count] a bucket, flat, float64. */
  readonly buckets: Float64Array;
}

export interface TextRecord extends RecordBase {
  readonly strings: readonly string[];
  /** Shape of the string tensor; [] for a single string. */
  readonly shape: readonly number[];
}

export interface HparamsRecord extends RecordBase {
  readonly part: 'experiment' | 'session-start' | 'session-end';
  /** What a session started with, where the part says it. */
  readonly values: Readonly<Record<string, string | number | boolean>>;
  /** The plugin's own message, kept whole. */
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
   * Row-major values; 64-bit integers beyond 2^53 are the nearest double, complex numbers are interleaved.
   * Undefined for dtypes that cannot be read as numbers; then `content` still holds the bytes.
   */
  readonly values?: Float32Array | Float64Array;
  /** TensorBoard's name of the plugin that wrote it; empty when none is named. */
  readonly plugin: string;
  /** The TensorProto as stored; lets a foreign tensor be written back byte for byte. */
  readonly content: Uint8Array;
}

/** First record of every run that convscope writes. */
export interface RunStartRecord extends RecordBase {
  readonly start: RunStart;
}

/** Last record of a run that ended by itself. */
export interface RunEndRecord extends RecordBase {
  readonly end: RunEnd;
}

/** Kept and named, not read: graph, audio, and whatever a future writer brings. */
export interface OtherRecord extends RecordBase {
  readonly plugin: string;
  /** The summary value as stored. */
  readonly content: Uint8Array;
}

/** What is missing and known to be. Never written to a file: the reader states it. */
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

/** Tags of the records that frame a run of ours. */
export const RUN_START_TAG = 'convscope/run_start';
export const RUN_END_TAG = 'convscope/run_end';

/** A picture of the test set that is looked at in every capture. */
export interface Probe {
  /** Index in the test set. */
  readonly index: number;
  /** Index into `RunStart.data.classes`. */
  readonly label: number;
}

export interface RunStart {
  readonly version: 1;
  readonly runUid: string;
  /** Present when this file goes on with an earlier one of the same run. */
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
    /** Per input channel, of the training set, on the 0..1 scale. */
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
  readonly model: ModelDescription;
  readonly probes: readonly Probe[];
  /** How many pictures feed the channel statistics. */
  readonly statisticsPictures: number;
  readonly plan: { readonly epochs: number; readonly stepsPerEpoch: number; readonly totalSteps: number };
}

export type RunEndReason = 'completed' | 'interrupted' | 'failed';

export interface RunEnd {
  readonly version: 1;
  readonly reason: RunEndReason;
  /** What went wrong, where, and what to do; for `failed`. */
  readonly error?: string;
  /** Training time in seconds, from a monotonic clock. */
  readonly seconds: number;
  /** Where the final weights were saved, on the training machine. */
  readonly weights?: string;
}

/** The nearest double of a step. */
export function stepToNumber(step: Step): number {
  return Number(step);
}

/** A number where a double holds the step exactly, a bigint otherwise. */
export function toStep(step: bigint): Step {
  return step >= -9007199254740991n && step <= 9007199254740991n ? Number(step) : step;
}
