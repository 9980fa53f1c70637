/**
 * The index of one run. One file of more than 300 lines, because what is added to a run, what it is limited to and what is
 * said of it share all of its state.
 */
import type { DecodedEvent, SummaryValue } from '../event-log/decode-event.js';
import { PLUGIN } from '../event-log/event-fields.js';
import type { ScalarBatch } from '../event-log/scan-events.js';
import { MalformedEventError } from '../event-log/wire-reader.js';
import { lossTag } from '../loss-tag.js';
import { LIMITS } from '../protocol/limits.js';
import type { GapSummary, RunSummary, TagSummary } from '../protocol/live.js';
import { SCALAR_TAGS } from '../run-description.js';
import { type RecordKind, RUN_START_TAG, type RunEnd, type RunStart, stepToNumber } from '../run-record.js';
import { INDEX_LIMITS, IndexRoom } from './index-room.js';
import { IndexedBlobs } from './indexed-blobs.js';
import { IndexedScalars } from './indexed-scalars.js';
import { type ListedConfig, NO_CONFIG, withValues } from './listed-config.js';
import { loggedPause } from './logged-pause.js';
import { NotFiniteSearch } from './not-finite.js';
import { type Omission, omissionSentence } from './omissions.js';
import { recentPace } from './recent-pace.js';
import { Restarts } from './restarts.js';
import { RowMemory } from './row-memory.js';
import { BLOCK_ROWS, blockBytes, RAW_ROW_NUMBERS } from './scalar-blocks.js';
import { newestKept, sparkline } from './sparkline.js';

/** Kinds of which the index needs more than the place. */
export const READ_AT_ONCE: ReadonlySet<RecordKind> = new Set<RecordKind>(['run-start', 'run-end', 'hparams']);

export interface IndexedGap {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly reason: string;
  afterStep: number | null;
  beforeStep: number | null;
}

export type IndexedColumn = IndexedScalars | IndexedBlobs;

/** The index of a run, in columns. Its size does not depend on the size of the records, and has limits (INDEX_LIMITS). */
export class RunIndex {
  readonly generation: number;
  readonly gaps: IndexedGap[] = [];
  gapCount = 0;
  /** The highest step that was ever logged; −1 if there is no record. */
  lastStep = -1;
  #hasRecords = false;
  firstWallTime = 0;
  lastWallTime = 0;
  start: RunStart | null = null;
  /** null again after the run continues. */
  end: RunEnd | null = null;
  /** Whether its writer says that the newest session of hyperparameters has failed. That one succeeded is often said before it begins. */
  hasFailedSession = false;
  #config: ListedConfig = NO_CONFIG;
  /** Columns that grew since `takeGrown`. */
  #grown = new Set<IndexedColumn>();
  readonly #scalars = new Map<string, IndexedScalars>();
  #lossTag: string | undefined;
  /** The kinds of the columns. */
  readonly #kinds = new Set<RecordKind>();
  /** By tag, with one column per kind; in order of appearance, like #scalars. */
  readonly #blobs = new Map<string, IndexedBlobs[]>();
  readonly #room: IndexRoom;
  readonly #memory: RowMemory;
  #columns = 0;
  #tagText = 0;
  /** The last answer of `loggedPause`, which is asked for every second. */
  #pause: { readonly lastWallTime: number; readonly seconds: number } | undefined;
  readonly #notFinite = new NotFiniteSearch();
  readonly #restarts = new Restarts();
  readonly #omitted = new Map<Omission, number>();

  /** @param room what the indexes of all runs hold together */
  constructor(generation: number, room = new IndexRoom()) {
    this.generation = generation;
    this.#room = room;
    this.#memory = new RowMemory(room);
  }

  /** Gives its room to other indexes. Call it once, when the index is not used any more. */
  release(): void {
    this.#memory.release();
    this.#room.columns -= this.#columns;
    this.#room.tagText -= this.#tagText;
    this.#room.gaps -= this.gaps.length;
  }

  /**
   * Adds an event of `length` bytes whose frame begins at `offset` in file number `file`. Calls `blob` for every
   * non-scalar value, after its row has been added. Returns a message if part of the event could not be read, or null.
   * Values beyond the limits are counted; see `notShown`.
   */
  add(
    event: DecodedEvent,
    file: number,
    offset: number,
    length: number,
    blob: (column: IndexedBlobs) => void,
  ): string | null {
    const { wallTime } = event;
    const step = stepToNumber(event.step);
    let problem: string | null = null;
    if (event.sessionStart) this.#restarts.add(step);
    for (const value of event.values) {
      if (value.kind === 'scalar' && value.scalar !== undefined) {
        const column = this.#scalarColumn(value.tag);
        if (!column) continue;
        if (this.#hasRoom()) this.#grown.add(column);
        this.#addScalar(column, step, wallTime, value.scalar);
      } else {
        if (READ_AT_ONCE.has(value.kind)) problem = this.#read(value) ?? problem;
        const column = this.#blobColumn(value.tag, kindOf(value), value.plugin);
        if (!column || !this.#hasRoomForRow() || this.#isRepeated(column, file, offset)) continue;
        column.append({ step, wallTime, file, offset, length });
        this.#grown.add(column);
        blob(column);
      }
    }
    if (event.values.length > 0) this.note(step, wallTime, wallTime);
    return problem;
  }

  /** Adds scalars, in file order. Rows beyond the limits are counted; see `notShown`. */
  addScalars({ tags, tag, step, wallTime, value, count }: ScalarBatch): void {
    const columns: (IndexedScalars | undefined)[] = [];
    for (let row = 0; row < count; row++) {
      const place = tag[row]!;
      let column = columns[place];
      if (column === undefined) {
        // A column for which there is no room is asked for again, so that each of its rows is counted.
        column = this.#scalarColumn(tags[place]!);
        columns[place] = column;
        if (column && this.#hasRoom()) this.#grown.add(column);
      }
      if (column) this.#addScalar(column, step[row]!, wallTime[row]!, value[row]!);
      this.note(step[row]!, wallTime[row]!, wallTime[row]!);
    }
  }

  /** Takes over memory that holds blocks: they need not be copied then. Nobody may write to it any more. */
  adopt(bytes: Uint8Array): void {
    if (this.#hasRoom()) this.#memory.adopt(bytes);
  }

  /** Adds rows of one tag, as `scalar-blocks.ts` describes raw ones. Their events have to be noted besides. */
  addRows(tag: string, rows: Float64Array): void {
    const column = this.#scalarColumn(tag);
    for (let at = 0; at < rows.length; at += RAW_ROW_NUMBERS * BLOCK_ROWS) {
      const some = rows.subarray(at, at + RAW_ROW_NUMBERS * BLOCK_ROWS);
      if (column && this.#hasRoom()) column.appendRows(some);
      else this.#omit(column ? 'rows' : 'columns', some.length / RAW_ROW_NUMBERS);
    }
    if (column && this.#hasRoom()) this.#grown.add(column);
  }

  /**
   * Adds blocks of rows of one tag, likewise.
   * @param alike the length of each, if it is known that all have the same, all or none of them are wide, and the steps ascend
   * from the first row to the last; else 0
   * @throws RangeError if the bytes are not blocks
   */
  addBlocks(tag: string, blocks: DataView, alike = 0): void {
    const column = this.#scalarColumn(tag);
    const place = this.#memory.placeOf(blocks);
    const areTaken = column && place >= 0 && this.#hasRoom() && column.takeAlike(blocks, alike, place);
    for (let at = areTaken ? blocks.byteLength : 0; at < blocks.byteLength; ) {
      const length = blockBytes(blocks, at);
      if (column && this.#hasRoom()) column.appendBlock(blocks, at, length, place < 0 ? place : place + at);
      else this.#omit(column ? 'rows' : 'columns', BLOCK_ROWS);
      at += length;
    }
    if (column && this.#hasRoom()) this.#grown.add(column);
  }

  #addScalar(column: IndexedScalars, step: number, wallTime: number, value: number): void {
    if (this.#hasRoomForRow()) column.append(step, wallTime, value);
  }

  /** Takes note of when events with values were written: their highest step, their first and their last wall time. */
  note(step: number, firstWallTime: number, lastWallTime: number): void {
    // A run may have negative steps only.
    if (!this.#hasRecords || step > this.lastStep) this.lastStep = step;
    this.#hasRecords = true;
    // A log may hold any double, and JSON has no infinity. An event without a wall time has 0.
    const isFirst = this.firstWallTime === 0 || firstWallTime < this.firstWallTime;
    if (isFirst && Number.isFinite(firstWallTime) && firstWallTime !== 0) this.firstWallTime = firstWallTime;
    if (lastWallTime > this.lastWallTime && Number.isFinite(lastWallTime)) this.lastWallTime = lastWallTime;
  }

  /** Whether nothing at all was found: neither a record nor damage. */
  get isEmpty(): boolean {
    return !this.#hasRecords && this.gapCount === 0;
  }

  /** Counts gaps that are not listed with their places. */
  countGaps(count: number): void {
    this.gapCount += count;
  }

  /** Whether another gap is listed with its place. */
  get listsGaps(): boolean {
    return this.gaps.length < INDEX_LIMITS.gapsOfRun && this.#room.gaps < INDEX_LIMITS.gaps;
  }

  /** Counts a gap. Returns whether it is listed with its place as well. */
  addGap(gap: IndexedGap): boolean {
    this.countGaps(1);
    if (!this.listsGaps) return false;
    this.#room.gaps++;
    this.gaps.push(gap);
    return true;
  }

  /** Sentences about values that are beyond the limits; empty if there are none. */
  notShown(): string[] {
    return [...this.#omitted].map(([why, values]) => omissionSentence(why, values));
  }

  /** Columns that grew since the last call. */
  takeGrown(): ReadonlySet<IndexedColumn> {
    const grown = this.#grown;
    if (grown.size > 0) this.#grown = new Set();
    return grown;
  }

  scalars(tag: string): IndexedScalars | undefined {
    return this.#scalars.get(tag);
  }

  /** The rows of the tag's records of this kind. */
  blobs(tag: string, kind: string): IndexedBlobs | undefined {
    return this.#blobs.get(tag)?.find((column) => column.kind === kind);
  }

  /** Whether the column is one of this index, not of one that was voided. */
  owns(column: { readonly tag: string; readonly kind: RecordKind }): boolean {
    return this.column(column.tag, column.kind) === column;
  }

  column(tag: string, kind: string): IndexedColumn | undefined {
    return kind === 'scalar' ? this.scalars(tag) : this.blobs(tag, kind);
  }

  *columns(): Generator<IndexedColumn> {
    yield* this.#scalars.values();
    for (const columns of this.#blobs.values()) yield* columns;
  }

  tags(): TagSummary[] {
    return [...this.columns()].map((column) => {
      const { tag, kind, rows } = column;
      const plugin = column instanceof IndexedBlobs ? column.plugin : '';
      return { tag, kind, rows, ...(plugin === '' ? {} : { plugin }) };
    });
  }

  gapSummaries(): GapSummary[] {
    return this.gaps.map((gap) => ({ ...gap }));
  }

  /** The summary for a list of runs. What does not follow from the records is passed in. */
  summary(run: string, follows: Pick<RunSummary, 'state' | 'bytes' | 'readToEnd'>): RunSummary {
    const losses = this.#losses();
    const newest = losses ? newestKept(losses) : -1;
    const since = losses && this.#notFinite.since(losses);
    const pace = this.start && losses ? recentPace(losses, this.#startedAt()) : undefined;
    return {
      run,
      ...follows,
      synthetic: this.start?.data.synthetic ?? false,
      generation: this.generation,
      lastStep: this.#lastKeptStep(),
      firstWallTime: this.firstWallTime,
      lastWallTime: this.lastWallTime,
      gaps: this.gapCount,
      kinds: [...this.#kinds].sort(),
      sparkline: losses ? sparkline(losses) : [],
      ...(losses && newest >= 0 ? { loss: String(losses.value(newest)), lossTag: losses.tag } : {}),
      ...(since === undefined ? {} : { notFiniteSince: since }),
      ...(this.#config === NO_CONFIG ? {} : { config: this.#config.values }),
      ...(this.#config.omitted > 0 ? { configOmitted: this.#config.omitted } : {}),
      ...(this.start ? { totalSteps: this.start.plan.totalSteps } : {}),
      ...(pace === undefined ? {} : { secondsPerStep: pace }),
      ...(this.end?.error !== undefined ? { error: cutAt(this.end.error, LIMITS.errorLength) } : {}),
    };
  }

  /** See `logged-pause.ts`. */
  loggedPause(): number {
    const { lastWallTime } = this;
    if (this.#pause?.lastWallTime !== lastWallTime)
      this.#pause = { lastWallTime, seconds: loggedPause(this.#scalars.values()) };
    return this.#pause.seconds;
  }

  /** The highest step of the rows that are not replaced; −1 if there is none. */
  #lastKeptStep(): number {
    if (this.#memory.replacedBytes === 0) return this.lastStep;
    let last = Number.NEGATIVE_INFINITY;
    for (const column of this.columns()) last = Math.max(last, column.lastStep);
    return last === Number.NEGATIVE_INFINITY ? -1 : last;
  }

  /** The wall time of the newest run start: that of the process which goes on with the run. */
  #startedAt(): number {
    const starts = this.blobs(RUN_START_TAG, 'run-start');
    return starts === undefined ? 0 : starts.blob(starts.rows - 1).wallTime;
  }

  #losses(): IndexedScalars | undefined {
    // A convscope run logs the loss on the test set before the first loss in training.
    const tag = this.start === null ? this.#lossTag : SCALAR_TAGS.trainLoss;
    return tag === undefined ? undefined : this.#scalars.get(tag);
  }

  /** Reads what describes the run. Returns a message if it cannot be read. */
  #read(value: SummaryValue): string | null {
    try {
      const record = value.toRecord();
      if (record.kind === 'run-start') {
        this.start = record.start;
        this.end = null;
        this.#config = withValues(this.#config, record.start.config);
      } else if (record.kind === 'run-end') {
        this.end = record.end;
      } else if (record.kind === 'hparams' && record.part === 'session-start') {
        this.#config = withValues(this.#config, record.values);
        this.hasFailedSession = false;
      } else if (record.kind === 'hparams' && record.status === 'failure') this.hasFailedSession = true;
      return null;
    } catch (error) {
      if (!(error instanceof MalformedEventError)) throw error;
      return error.message;
    }
  }

  #hasRoom(): boolean {
    return this.#room.rowBytes < INDEX_LIMITS.rowBytes;
  }

  /** Whether a row may be added; one that may not is counted. */
  #hasRoomForRow(): boolean {
    return this.#hasRoom() || this.#omit('rows');
  }

  /** Whether the event has as many rows in the column as it may. */
  #isRepeated(column: IndexedBlobs, file: number, offset: number): boolean {
    const row = column.rows - INDEX_LIMITS.rowsOfEvent;
    if (row < 0) return false;
    const before = column.blob(row);
    return before.offset === offset && before.file === file && !this.#omit('repeated');
  }

  /** Takes room for a new column; false if there is none. */
  #hasRoomForColumn(tag: string): boolean {
    const { columns, columnsOfRun, tagText, tagTextOfRun } = INDEX_LIMITS;
    if (this.#columns >= columnsOfRun || this.#tagText + tag.length > tagTextOfRun)
      return this.#omit('columns');
    if (this.#room.columns >= columns || this.#room.tagText + tag.length > tagText)
      return this.#omit('all columns');
    this.#columns++;
    this.#tagText += tag.length;
    this.#room.columns++;
    this.#room.tagText += tag.length;
    return true;
  }

  /** Counts values that are not in the index. */
  #omit(why: Omission, values = 1): false {
    this.#omitted.set(why, (this.#omitted.get(why) ?? 0) + values);
    return false;
  }

  /** The column that a row of the tag is added to now. */
  #scalarColumn(tag: string): IndexedScalars | undefined {
    let column = this.#scalars.get(tag);
    if (!column) {
      if (!this.#hasRoomForColumn(tag)) return undefined;
      column = new IndexedScalars(tag, this.#memory);
      this.#scalars.set(tag, column);
      this.#kinds.add('scalar');
      this.#lossTag = lossTag(this.#lossTag === undefined ? [tag] : [this.#lossTag, tag]);
    }
    column.follow(this.#restarts);
    return column;
  }

  #blobColumn(tag: string, kind: RecordKind, plugin: string): IndexedBlobs | undefined {
    const columns = this.#blobs.get(tag);
    const known = columns?.find((column) => column.kind === kind);
    known?.follow(this.#restarts);
    if (known || !this.#hasRoomForColumn(tag)) return known;
    const column = new IndexedBlobs(tag, kind, this.#memory, plugin);
    this.#kinds.add(kind);
    if (columns) columns.push(column);
    else this.#blobs.set(tag, [column]);
    return column;
  }
}

/**
 * The kind of a value's rows. Numbers of another plugin than TensorBoard's own for tensors, such as the vertices of a
 * mesh, are read as a tensor, but mean what their plugin says: they are listed among the other records, and no viewer
 * takes them for feature maps.
 */
function kindOf({ kind, plugin }: SummaryValue): RecordKind {
  return kind === 'tensor' && plugin !== '' && plugin !== PLUGIN.tensor ? 'other' : kind;
}

function cutAt(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
