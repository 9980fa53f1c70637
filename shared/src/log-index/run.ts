import type { GapSummary, RunDetail, RunState, RunSummary } from '../protocol/live.js';
import type { RecordKind } from '../run-record.js';
import type { BlockStretch, ScalarPart, ScalarRows } from './indexed-scalars.js';

export type { ScalarPart, ScalarRows } from './indexed-scalars.js';

/** The rows of one (tag, kind): append-only and numbered from 0. */
export interface Column {
  readonly tag: string;
  readonly kind: RecordKind;
  /** The plugin of TensorBoard that the records name; empty for scalars, and where they name none. */
  readonly plugin: string;
  /** How many there are by now. */
  readonly rows: number;
  /** Rows `from` to `to` (all by default) as bytes of the protocol. They stay valid, since rows never change. */
  bytes(from: number, to?: number): Uint8Array;
  /**
   * The rows that later rows replaced, since their steps were logged again: from and to (exclusive) of each range, in
   * ascending order. The default series is what lies between them, one row a step and steps ascending. Rows in a range
   * are those of earlier attempts, each of which begins where the steps go back. Valid until rows are added.
   */
  readonly replaced: Uint32Array;
  /** Number of rows that are not replaced. */
  readonly keptRows: number;
}

/** The scalars of one tag. */
export interface ScalarColumn extends Column {
  readonly kind: 'scalar';
  /** Rows `from` to `to`, as copies that the caller may keep and change. */
  read(from: number, to: number): ScalarRows;
  /** One part of rows `from` to `to`, into an array that has room for them, from `place` (0) on. */
  readPart(part: ScalarPart, from: number, to: number, into: Float64Array, place?: number): void;
  /** See `IndexedScalars`. */
  blocks(row: number, mostBytes: number, offsets: Uint32Array): BlockStretch | null;
  /** The step of a row, as the nearest double. */
  step(row: number): number;
  value(row: number): number;
  /** Whether a value has been stored that float32 cannot represent. */
  readonly wide: boolean;
}

/** One run as those see it who show it: what it holds, but not how its files are followed. */
export interface Run {
  readonly id: string;
  /** Another number when the files were replaced and everything known of the run is void. */
  readonly generation: number;
  state(): RunState;
  summary(): RunSummary;
  detail(): RunDetail;
  /** All columns of this generation. */
  columns(): Iterable<Column>;
  /** Whether the column belongs to this generation. */
  owns(column: Column): boolean;
  /** Null when the run has no such column. */
  column(tag: string, kind: string): Column | null;
  /** Null when the run has no scalars of this tag. */
  scalars(tag: string): ScalarColumn | null;
}

/** Runs that can be asked what they hold: those of a logdir that is followed, or of files in a page. */
export interface RunSet {
  /** How people know the place of the runs. */
  readonly name: string;
  readonly runs: ReadonlyMap<string, Run>;
  /**
   * The data of the event whose frame begins at `offset`, in pieces; null if the index does not list it or the file has
   * been replaced. `length` is the length of the data.
   */
  event(run: string, file: number, offset: number, length: number): Promise<AsyncIterable<Uint8Array> | null>;
}

/** Hears of everything that is read, in the order of reading. */
export interface RunListener {
  /** A record that is not a scalar; its row is the column's newest. `bytes` is the event's data, valid during the call. */
  blob?(run: Run, column: Column, bytes: Uint8Array): void;
  /** Rows were added to these columns. */
  grown?(run: Run, columns: ReadonlySet<Column>): void;
  gap?(run: Run, gap: GapSummary): void;
  /** The summary has changed: a new run, new rows, a new state. */
  changed?(run: Run): void;
  /** The files were replaced or cut; what was known is void and is read again. */
  voided?(run: Run): void;
  removed?(run: string): void;
}
