/**
 * What pages show of records that are not scalars: pictures, texts, histograms and all else. A page holds runs; then their
 * tags are known, the index of a tag comes when it is opened and grows with the log, and events are fetched and decoded as
 * they are wished for. Components use the hooks in `use-blobs.ts`.
 */
import type { TagSummary } from '@convscope/shared/protocol/live.js';
import type { RecordKind } from '@convscope/shared/run-record.js';
import { createDecoder, type Decoder } from '../decode/decoder.js';
import type { Runs } from '../runs/runs.js';
import type { BlobColumn } from '../series/blob-column.js';
import { createStore } from '../ui/store.js';
import { CaptureLoader, type Loaded } from './capture-loader.js';
import { type CaptureRef, captureKey } from './capture-ref.js';
import { SMALL_TOGETHER } from './together.js';

/** Decoded events that are kept, for all pages together. */
const CACHE_BYTES = 96 * 1024 * 1024;

/** A tag of a run. A tag may have records of several kinds. */
export interface BlobTag {
  readonly run: string;
  readonly tag: string;
  readonly kind: RecordKind;
}

/** The index of a tag, as it is now: another object whenever it has grown or was replaced. */
export interface BlobRows extends BlobTag {
  readonly generation: number;
  /** By row and by step; see BlobColumn. It grows in place: take `count` for how many rows this object stands for. */
  readonly column: BlobColumn;
  readonly count: number;
  /** Whether these are all rows that the run is known to have. */
  readonly isComplete: boolean;
}

export interface BlobsOptions {
  readonly runs: Runs;
  readonly decoder: Decoder;
  readonly limitBytes?: number;
}

export class Blobs {
  readonly #runs: Runs;
  readonly #loader: CaptureLoader;
  /** Counts changes of tags, rows and loaded events; subscribe to it and read again. */
  readonly version = createStore(0);
  /** The tags whose indexes are followed, and by how many. */
  readonly #opened = new Map<string, { readonly of: BlobTag; count: number }>();
  readonly #rows = new Map<string, BlobRows>();
  /** The events that each owner wishes for, in the order in which the wishes were made. */
  readonly #wishes = new Map<object, readonly CaptureRef[]>();
  #isLoading = false;

  constructor({ runs, decoder, limitBytes = CACHE_BYTES }: BlobsOptions) {
    this.#runs = runs;
    this.#loader = new CaptureLoader({
      source: runs.source,
      decoder,
      limitBytes,
      together: SMALL_TOGETHER,
      arrived: () => this.#changed(),
    });
    runs.data.subscribe(() => {
      // A run may have got the tag, and a replaced run has forgotten its indexes.
      for (const { of } of this.#opened.values()) this.#ask(of);
      this.#changed();
    });
    runs.connection.subscribe(() => this.#load());
  }

  /** Sets the runs that `page` shows, in place of the earlier ones; none when it is left. */
  hold(page: string, shown: Iterable<string>): void {
    const beside = new Set(shown);
    this.#runs.hold(`${page}/blobs`, { whole: undefined, beside, tags: [], weightOf: () => 0, weights: [] });
  }

  /** The tags of a run that are not scalars; undefined while they are not known. The same array until they change. */
  tags(run: string): readonly TagSummary[] | undefined {
    const data = this.#runs.data.get().get(run);
    if (data === undefined || data.generation < 0) return undefined;
    return data.blobTags;
  }

  /** Whether the tags of these runs are all that their logs hold. */
  hasAllTags(runs: readonly string[]): boolean {
    const data = this.#runs.data.get();
    return runs.every((run) => data.get(run)?.hasAllTags === true);
  }

  /** Why the last request for the tags or rows of a run failed. It is made again by itself. */
  error(run: string): string | undefined {
    return this.#runs.data.get().get(run)?.error;
  }

  /** Follows the index of a tag, whether it is there yet or not. Returns the function that ends it. */
  open(of: BlobTag): () => void {
    const key = keyOf(of);
    const opened = this.#opened.get(key) ?? { of, count: 0 };
    opened.count++;
    this.#opened.set(key, opened);
    this.#ask(of);
    let isOpen = true;
    return () => {
      if (isOpen && --opened.count === 0) {
        this.#opened.delete(key);
        this.#rows.delete(key);
      }
      isOpen = false;
    };
  }

  /** The index of an opened tag; undefined while the run is not known to have it. */
  rows(of: BlobTag): BlobRows | undefined {
    const data = this.#runs.data.get().get(of.run);
    const column = data?.blob(of.tag, of.kind);
    if (data === undefined || column === undefined) return undefined;
    const { generation } = data;
    const isComplete = data.hasAllOfBlob(of.tag, of.kind);
    const key = keyOf(of);
    const before = this.#rows.get(key);
    const isSame =
      before?.column === column &&
      before.generation === generation &&
      before.count === column.rows &&
      before.isComplete === isComplete;
    if (isSame) return before;
    const { run, tag, kind } = of;
    const rows = { run, tag, kind, generation, column, count: column.rows, isComplete };
    this.#rows.set(key, rows);
    return rows;
  }

  /**
   * Wishes for events, most important first, in place of the owner's earlier ones. Of several owners the newest wish is
   * fetched first, and what nobody wishes for any more is cancelled.
   */
  wish(owner: object, refs: readonly CaptureRef[]): void {
    this.#wishes.delete(owner);
    if (refs.length > 0) this.#wishes.set(owner, refs);
    this.#load();
  }

  /** What has come of an event: decoded, or why it cannot be. Undefined while it is on its way. */
  event(ref: CaptureRef): Loaded | undefined {
    return this.#loader.get(ref);
  }

  /** The event as it was logged, a tensorflow.Event without its frame. @throws an error with a sentence */
  bytes({ run, generation, at }: CaptureRef): Promise<Uint8Array> {
    return this.#runs.source.event(run, generation, at, new AbortController().signal);
  }

  /** Whether an event was asked for too often, so that only another wish of the user may bring it. */
  isGivenUp(ref: CaptureRef): boolean {
    return this.#loader.isGivenUp(captureKey(ref));
  }

  /** Fetches again what was given up after several tries. */
  retry(): void {
    this.#loader.retry();
  }

  #ask({ run, tag, kind }: BlobTag): void {
    this.#runs.data.get().get(run)?.wantBlob(tag, kind);
  }

  /** Wishes that are made together are cancelled and fetched together. */
  #load(): void {
    if (this.#isLoading) return;
    this.#isLoading = true;
    queueMicrotask(() => {
      this.#isLoading = false;
      this.#loader.want([...this.#wishes.values()].reverse().flat());
    });
  }

  #changed(): void {
    this.version.set(this.version.get() + 1);
  }
}

/** The event of a row; undefined if there is no such row. */
export function refOf(rows: BlobRows, row: number | undefined): CaptureRef | undefined {
  const at = row === undefined ? undefined : rows.column.row(row);
  if (row === undefined || at === undefined) return undefined;
  const { run, generation, tag, kind } = rows;
  return { run, generation, tag, kind, row, at };
}

/** The event of the newest row at or before a step; of the first row if there is none. */
export function refAtStep(rows: BlobRows, step: number): CaptureRef | undefined {
  return refOf(rows, rows.column.rowAt(step) ?? rows.column.rowAt(rows.column.firstStep ?? 0));
}

const shared = new WeakMap<Runs, Blobs>();

/** The blobs of all pages, which share one worker and one cache. */
export function blobsOf(runs: Runs): Blobs {
  let blobs = shared.get(runs);
  if (blobs === undefined) {
    blobs = new Blobs({ runs, decoder: createDecoder() });
    shared.set(runs, blobs);
  }
  return blobs;
}

function keyOf({ run, tag, kind }: BlobTag): string {
  return `${run}\n${kind}\n${tag}`;
}
