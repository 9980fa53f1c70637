/**
 * The data of one run: scalar columns and the index of its captures, kept complete while the run grows. One file, because live
 * rows, details and answers may come in any order, and each has to know what the others have brought.
 */
import { messageOf } from '@convscope/shared/message-of.js';
import type {
  GapSummary,
  LiveRows,
  RunDetail,
  RunSummary,
  TagSummary,
} from '@convscope/shared/protocol/live.js';
import { BLOB_ROW_BYTES } from '@convscope/shared/protocol/rows.js';
import type { ModelDescription } from '@convscope/shared/run-description.js';
import type { RunEnd, RunStart } from '@convscope/shared/run-record.js';
import type { BlobColumn } from '../series/blob-column.js';
import type { Series } from '../series/series.js';
import { HealedColumn } from '../sources/healed-column.js';
import type { SeriesStore } from '../sources/series-store.js';
import { GenerationChangedError, type LiveScalars, type Source } from '../sources/source.js';

const SCALAR = 'scalar';
/** Record kinds whose index is held. */
const INDEXED = new Set(['channels', 'tensor', 'image', 'run-start', 'run-end']);

/** How long to wait after a failed request before asking again. */
const RETRY_MS = 1_000;

export interface RunDataOptions {
  readonly source: Source;
  readonly store: SeriesStore;
  readonly run: string;
  readonly wantsIndex: boolean;
  /** Called after every change. */
  readonly changed: () => void;
}

const keyOf = (tag: string, kind: string): string => `${kind}\n${tag}`;

export class RunData {
  readonly run: string;
  readonly #source: Source;
  readonly #options: RunDataOptions;
  readonly #abort = new AbortController();
  #retry: ReturnType<typeof setTimeout> | undefined;
  #scalars = new Map<string, Series>();
  #blobs = new Map<string, HealedColumn>();
  /** Indexes that pages have asked for, besides those of the captures. */
  #wantedBlobs = new Map<string, HealedColumn>();
  #rowsOf = new Map<string, number>();
  /** The tags that are not scalars, with the plugins that the details name. */
  #blobTags = new Map<string, TagSummary>();
  #blobTagList: readonly TagSummary[] | undefined;
  /** Whether tags have come while details were on their way, which may not name them. */
  #hasNewTags = false;
  /** Requests for details that have not been answered. */
  #asked = 0;
  /** The run's entry in the list, if it came while details were on their way. */
  #listed: RunSummary | undefined;
  /** Whether the details are those of a log that was read to its end. */
  #isDetailWhole = false;
  #isComplete = false;
  /** −1 until the details have been loaded. */
  generation = -1;
  gaps: readonly GapSummary[] = [];
  start: RunStart | undefined;
  /** Why the description in the log cannot be read. */
  startError: string | undefined;
  /** The net as a text of another writer describes it. */
  textModel: ModelDescription | undefined;
  /** Why that text cannot be read. */
  textModelError: string | undefined;
  end: RunEnd | undefined;
  /** Why the last request for details or rows failed. */
  error: string | undefined;

  constructor(options: RunDataOptions) {
    this.#options = options;
    this.#source = options.source;
    this.run = options.run;
    this.refresh();
  }

  /** Whether the index of captures is held too, and not only scalars. */
  get isWhole(): boolean {
    return this.#options.wantsIndex;
  }

  close(): void {
    this.#abort.abort();
    clearTimeout(this.#retry);
    for (const column of this.#indexes()) column.close();
  }

  /** Requests the details: at the start, after a reconnect, and when the files were replaced. */
  refresh(): void {
    clearTimeout(this.#retry);
    this.#asked++;
    this.#source.detail(this.run, this.#abort.signal).then(
      (detail) => {
        this.#asked--;
        this.#apply(detail);
        const listed = this.#listed;
        this.#listed = undefined;
        if (listed !== undefined) this.listed(listed);
      },
      (error: unknown) => {
        this.#asked--;
        this.failed(error);
      },
    );
  }

  /**
   * Takes the run's entry in the list. Requests the details again if the files were replaced, or if the hub has read the
   * log to its end since.
   */
  listed(summary: RunSummary): void {
    const { generation, readToEnd } = summary;
    if (this.#asked > 0) this.#listed = summary;
    else if (generation > this.generation || (readToEnd && !this.#isDetailWhole)) this.refresh();
  }

  /** Whether the tags are those of a log that was read to its end: a tag that is not among them is not in the log. */
  get hasAllTags(): boolean {
    return this.#isDetailWhole;
  }

  /**
   * Whether the hub has read the log to its end, and this page has received what it found: details, and all rows of the
   * index. What is not here then is not in the log.
   */
  get isComplete(): boolean {
    this.#isComplete ||=
      this.#isDetailWhole && [...this.#blobs.values()].every((column) => column.isComplete);
    return this.#isComplete;
  }

  /** The net, as the log describes it. */
  get model(): ModelDescription | undefined {
    return this.start?.model ?? this.textModel;
  }

  /** Tags of all scalars, including those that have not been fetched. */
  get scalarTags(): string[] {
    return this.#tagsOf(SCALAR);
  }

  tagsOfKind(kind: string): string[] {
    return this.#tagsOf(kind);
  }

  /** A scalar that is held, whether anything of it has come or not. */
  scalar(tag: string): Series | undefined {
    return this.#scalars.get(tag);
  }

  blob(tag: string, kind: string): BlobColumn | undefined {
    const key = keyOf(tag, kind);
    return (this.#blobs.get(key) ?? this.#wantedBlobs.get(key))?.column;
  }

  /** All tags but those of scalars. The same array until a tag has come or grown. */
  get blobTags(): readonly TagSummary[] {
    this.#blobTagList ??= [...this.#blobTags.values()];
    return this.#blobTagList;
  }

  /** Fetches the index of a tag, if the run has it, and follows it. Its rows are in `blob`. */
  wantBlob(tag: string, kind: string): void {
    const key = keyOf(tag, kind);
    const rows = this.#rowsOf.get(key);
    if (rows === undefined || this.#blobs.has(key) || this.#wantedBlobs.has(key)) return;
    const column = this.#openIndex(tag, kind);
    this.#wantedBlobs.set(key, column);
    column.expect(rows);
  }

  /** Whether all rows of an index have come, as far as is known. */
  hasAllOfBlob(tag: string, kind: string): boolean {
    const key = keyOf(tag, kind);
    return (this.#blobs.get(key) ?? this.#wantedBlobs.get(key))?.isComplete === true;
  }

  /**
   * Whether anything that is held was logged at exactly this step. Undefined while rows of it are still being fetched.
   */
  hasStep(step: number): boolean | undefined {
    for (const { column } of this.#blobs.values()) {
      const row = column.rowAt(step);
      if (row !== undefined && column.row(row)?.step === step) return true;
    }
    const scalars = [...this.#scalars.values()].map((series) => series.hasStep(step));
    if (scalars.includes(true)) return true;
    return this.hasAllHeld && !scalars.includes(undefined) ? false : undefined;
  }

  /** Whether all rows of what is held have arrived, as far as is known. */
  get hasAllHeld(): boolean {
    return this.isComplete && [...this.#scalars.values()].every(({ isComplete }) => isComplete);
  }

  /** Whether all that the log holds of a scalar is here, as far as is known; also if it holds none. */
  hasAllOf(tag: string): boolean {
    return !this.#rowsOf.has(keyOf(tag, SCALAR)) || this.#scalars.get(tag)?.isComplete === true;
  }

  /** The lowest of the steps that the held columns begin with. */
  get firstStep(): number | undefined {
    const first = [
      ...[...this.#scalars.values()].flatMap(({ firstStep }) => firstStep ?? []),
      ...[...this.#blobs.values()].flatMap(({ column }) => column.steps[0] ?? []),
    ];
    return first.length === 0 ? undefined : Math.min(...first);
  }

  /**
   * Fetches a scalar, if the run has it, and follows it.
   * @param weightOf the smoothing that its curve is drawn with, by how many points there are; undefined without a curve
   */
  wantScalar(tag: string, weightOf: ((points: number) => number) | undefined): void {
    const rows = this.#rowsOf.get(keyOf(tag, SCALAR));
    if (rows === undefined) return;
    const { store } = this.#options;
    const held = this.#scalars.get(tag);
    const series = held ?? store.open({ run: this.run, generation: this.generation, tag });
    series.isFirst = this.isWhole;
    if (weightOf !== undefined) series.curve(weightOf(series.isLoaded ? series.count : rows));
    if (held !== undefined) return;
    this.#scalars.set(tag, series);
    store.expect(series, rows);
  }

  /** Drops the curves with other smoothings. */
  keepCurves(weights: ReadonlySet<number>): void {
    for (const series of this.#scalars.values()) series.keepCurves(weights);
  }

  rows({ generation, tag, kind, start, bytes }: LiveRows): void {
    if (!this.#isOf(generation)) return;
    const rows = start + Math.floor(bytes.byteLength / BLOB_ROW_BYTES);
    const isNew = this.#grows(tag, kind, rows);
    const index = this.#index(tag, kind) ?? this.#wantedBlobs.get(keyOf(tag, kind));
    index?.offer(start, bytes);
    if (isNew || index === undefined) this.#options.changed();
    if (isNew) this.#learnPlugin();
  }

  scalarRows({ generation, tag, start, rows, kept }: LiveScalars): void {
    if (!this.#isOf(generation)) return;
    const isNew = this.#grows(tag, SCALAR, start + rows.steps.length);
    const series = this.#scalars.get(tag);
    if (series !== undefined) this.#options.store.append(series, start, rows, kept);
    if (isNew || series !== undefined) this.#options.changed();
  }

  gap(generation: number, gap: GapSummary): void {
    if (generation !== this.generation) return;
    const isSame = ({ file, offset }: GapSummary) => file === gap.file && offset === gap.offset;
    this.gaps = this.gaps.some(isSame)
      ? this.gaps.map((one) => (isSame(one) ? gap : one))
      : [...this.gaps, gap];
    this.#options.changed();
  }

  /** Whether live rows are of the log that is known. Those of a newer one make it void. */
  #isOf(generation: number): boolean {
    if (this.generation >= 0 && generation > this.generation) {
      this.#void(generation);
      this.refresh();
    }
    return generation === this.generation;
  }

  /** Rows do not say which plugin their tag is for, but the details do. */
  #learnPlugin(): void {
    this.#hasNewTags = this.#asked > 0;
    if (!this.#hasNewTags) this.refresh();
  }

  /** Notes how many rows there are. Returns whether there was none before. */
  #grows(tag: string, kind: string, rows: number): boolean {
    const key = keyOf(tag, kind);
    const before = this.#rowsOf.get(key);
    this.#rowsOf.set(key, Math.max(before ?? 0, rows));
    this.#noteTag({ tag, kind, rows });
    return before === undefined;
  }

  #noteTag(of: TagSummary): void {
    if (of.kind === SCALAR) return;
    const key = keyOf(of.tag, of.kind);
    const before = this.#blobTags.get(key);
    this.#blobTags.set(key, { ...before, ...of, rows: Math.max(before?.rows ?? 0, of.rows) });
    this.#blobTagList = undefined;
  }

  #tagsOf(kind: string): string[] {
    const prefix = `${kind}\n`;
    return [...this.#rowsOf.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length));
  }

  #apply(detail: RunDetail): void {
    const { generation } = detail.summary;
    if (generation !== this.generation) this.#void(generation);
    this.error = undefined;
    this.#isDetailWhole ||= detail.summary.readToEnd;
    this.gaps = detail.gaps;
    for (const { tag, kind, rows, plugin } of detail.tags) {
      this.#grows(tag, kind, rows);
      this.#noteTag({ tag, kind, rows, ...(plugin ? { plugin } : {}) });
      const series = kind === SCALAR ? this.#scalars.get(tag) : undefined;
      if (series !== undefined) this.#options.store.expect(series, rows);
      else if (kind !== SCALAR)
        (this.#index(tag, kind) ?? this.#wantedBlobs.get(keyOf(tag, kind)))?.expect(rows);
    }
    this.#options.changed();
    if (this.#hasNewTags) this.#learnPlugin();
  }

  #void(generation: number): void {
    this.#options.store.drop(this.run);
    for (const column of this.#indexes()) column.close();
    this.#scalars = new Map();
    this.#blobs = new Map();
    this.#wantedBlobs = new Map();
    this.#rowsOf = new Map();
    this.#blobTags = new Map();
    this.#blobTagList = undefined;
    this.#isDetailWhole = false;
    this.#isComplete = false;
    this.start = undefined;
    this.startError = undefined;
    this.textModel = undefined;
    this.textModelError = undefined;
    this.end = undefined;
    this.gaps = [];
    this.generation = generation;
  }

  #index(tag: string, kind: string): HealedColumn | undefined {
    if (!this.#options.wantsIndex || !INDEXED.has(kind)) return undefined;
    const key = keyOf(tag, kind);
    let column = this.#blobs.get(key);
    if (column === undefined) {
      column = this.#openIndex(tag, kind);
      this.#blobs.set(key, column);
    }
    return column;
  }

  #openIndex(tag: string, kind: string): HealedColumn {
    const { source, run, changed } = this.#options;
    const ref = { run, generation: this.generation, tag, kind };
    const fetchRows = (from: number, signal: AbortSignal) => source.indexRows(ref, from, signal);
    const failed = (error: unknown) => this.failed(error);
    return new HealedColumn({ fetchRows, changed, failed });
  }

  *#indexes(): Generator<HealedColumn> {
    yield* this.#blobs.values();
    yield* this.#wantedBlobs.values();
  }

  /** A request about the run has failed. */
  failed(error: unknown): void {
    if (this.#abort.signal.aborted) return;
    if (error instanceof GenerationChangedError) {
      this.refresh();
      return;
    }
    // A hub that has just started may not know the run yet, or may fail to read it once, so ask again. While the hub is
    // away there is no point in asking: the next connection does.
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (this.#source.connection.status === 'connected') this.refresh();
    }, RETRY_MS);
    this.error = messageOf(error);
    this.#options.changed();
  }
}
