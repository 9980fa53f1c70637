import type { DecodedEvent, SummaryValue } from '@convscope/shared/event-log/decode-event.js';
import { PLUGIN } from '@convscope/shared/event-log/event-fields.js';
import { MalformedEventError } from '@convscope/shared/event-log/wire-reader.js';
import { lossTag } from '@convscope/shared/loss-tag.js';
import type { GapSummary, RunSummary, TagSummary } from '@convscope/shared/protocol/live.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import { type RecordKind, type RunEnd, type RunStart, stepToNumber } from '@convscope/shared/run-record.js';
import { type ListedConfig, NO_CONFIG, withValues } from './listed-config.js';
import { RowColumn } from './row-column.js';

/** Number of gaps that are kept; further ones, in a file of noise, are only counted. */
const LISTED_GAPS = 1000;
const SPARKLINE_POINTS = 48;

/** Kinds of which the index needs more than the place. */
const READ_AT_ONCE: ReadonlySet<RecordKind> = new Set<RecordKind>(['run-start', 'run-end', 'hparams']);

export interface IndexedGap {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly reason: string;
  afterStep: number | null;
  beforeStep: number | null;
}

/** The index of a run, in columns. Its size does not depend on the size of the records. */
export class RunIndex {
  readonly generation: number;
  readonly gaps: IndexedGap[] = [];
  gapCount = 0;
  /** The highest step; −1 if there is no record. */
  lastStep = -1;
  #hasRecords = false;
  firstWallTime = 0;
  lastWallTime = 0;
  start: RunStart | null = null;
  /** null again after the run continues. */
  end: RunEnd | null = null;
  #config: ListedConfig = NO_CONFIG;
  /** Columns that grew since `takeGrown`. */
  #grown = new Set<RowColumn>();
  readonly #scalars = new Map<string, RowColumn>();
  #lossTag: string | undefined;
  /** By tag, with one column per kind; in order of appearance, like #scalars. */
  readonly #blobs = new Map<string, RowColumn[]>();

  constructor(generation: number) {
    this.generation = generation;
  }

  /**
   * Adds an event of `length` bytes whose frame begins at `offset` in file number `file`. Calls `blob` for every
   * non-scalar value, after its row has been added. Returns a message if part of the event could not be read, or null.
   */
  add(
    event: DecodedEvent,
    file: number,
    offset: number,
    length: number,
    blob: (column: RowColumn) => void,
  ): string | null {
    const { wallTime } = event;
    const step = stepToNumber(event.step);
    let problem: string | null = null;
    for (const value of event.values) {
      if (value.kind === 'scalar' && value.scalar !== undefined) {
        const column = this.#scalarColumn(value.tag);
        column.appendScalar(step, wallTime, value.scalar);
        this.#grown.add(column);
      } else {
        const column = this.#blobColumn(value.tag, kindOf(value));
        column.appendBlob({ step, wallTime, file, offset, length });
        this.#grown.add(column);
        if (READ_AT_ONCE.has(value.kind)) problem = this.#read(value) ?? problem;
        blob(column);
      }
    }
    if (event.values.length === 0) return null;
    // A run may have negative steps only.
    if (!this.#hasRecords || step > this.lastStep) this.lastStep = step;
    this.#hasRecords = true;
    // A log may hold any double, and JSON has no infinity.
    if (!Number.isFinite(wallTime)) return problem;
    if (this.firstWallTime === 0 || wallTime < this.firstWallTime) this.firstWallTime = wallTime;
    if (wallTime > this.lastWallTime) this.lastWallTime = wallTime;
    return problem;
  }

  addGap(gap: IndexedGap): void {
    this.gapCount++;
    if (this.gaps.length < LISTED_GAPS) this.gaps.push(gap);
  }

  /** Columns that grew since the last call. */
  takeGrown(): ReadonlySet<RowColumn> {
    const grown = this.#grown;
    if (grown.size > 0) this.#grown = new Set();
    return grown;
  }

  scalars(tag: string): RowColumn | undefined {
    return this.#scalars.get(tag);
  }

  /** The rows of the tag's records of this kind. */
  blobs(tag: string, kind: string): RowColumn | undefined {
    return this.#blobs.get(tag)?.find((column) => column.kind === kind);
  }

  /** Whether the column is one of this index, not of one that was voided. */
  owns(column: { readonly tag: string; readonly kind: RecordKind }): boolean {
    return this.column(column.tag, column.kind) === column;
  }

  column(tag: string, kind: string): RowColumn | undefined {
    return kind === 'scalar' ? this.scalars(tag) : this.blobs(tag, kind);
  }

  *columns(): Generator<RowColumn> {
    yield* this.#scalars.values();
    for (const columns of this.#blobs.values()) yield* columns;
  }

  tags(): TagSummary[] {
    return [...this.columns()].map(({ tag, kind, rows }) => ({ tag, kind, rows }));
  }

  gapSummaries(): GapSummary[] {
    return this.gaps.map((gap) => ({ ...gap }));
  }

  /** The summary for a list of runs. What does not follow from the records is passed in. */
  summary(run: string, follows: Pick<RunSummary, 'state' | 'bytes' | 'readToEnd'>): RunSummary {
    const losses = this.#losses();
    return {
      run,
      ...follows,
      synthetic: this.start?.data.synthetic ?? false,
      generation: this.generation,
      lastStep: this.lastStep,
      firstWallTime: this.firstWallTime,
      lastWallTime: this.lastWallTime,
      gaps: this.gapCount,
      sparkline: losses ? sparkline(losses) : [],
      ...(losses ? { loss: String(losses.value(losses.rows - 1)), lossTag: losses.tag } : {}),
      ...(this.#config === NO_CONFIG ? {} : { config: this.#config.values }),
      ...(this.#config.omitted > 0 ? { configOmitted: this.#config.omitted } : {}),
      ...(this.start ? { totalSteps: this.start.plan.totalSteps } : {}),
      ...(this.end?.error !== undefined ? { error: this.end.error } : {}),
    };
  }

  #losses(): RowColumn | undefined {
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
      }
      return null;
    } catch (error) {
      if (!(error instanceof MalformedEventError)) throw error;
      return error.message;
    }
  }

  #scalarColumn(tag: string): RowColumn {
    let column = this.#scalars.get(tag);
    if (!column) {
      column = new RowColumn(tag, 'scalar');
      this.#scalars.set(tag, column);
      this.#lossTag = lossTag(this.#lossTag === undefined ? [tag] : [this.#lossTag, tag]);
    }
    return column;
  }

  #blobColumn(tag: string, kind: RecordKind): RowColumn {
    let columns = this.#blobs.get(tag);
    if (!columns) {
      columns = [];
      this.#blobs.set(tag, columns);
    }
    let column = columns.find((known) => known.kind === kind);
    if (!column) {
      column = new RowColumn(tag, kind);
      columns.push(column);
    }
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

/** Evenly spaced rows, including the first and the newest. */
function sparkline(column: RowColumn): string[] {
  const points = Math.min(SPARKLINE_POINTS, column.rows);
  return Array.from({ length: points }, (_, i) =>
    String(column.value(points === 1 ? 0 : Math.round((i * (column.rows - 1)) / (points - 1)))),
  );
}
