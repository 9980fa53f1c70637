/**
 * What all captures of a run say about their channels, tag by tag. The hub reads the captures; the page gets numbers: those
 * of new captures of a live run by themselves, and the others when it asks. The stores are complete or say how far they reach.
 */
import type { CaptureSummary } from '@convscope/shared/channels/capture-summary.js';
import { unionOfRanges, type ValueRange } from '@convscope/shared/channels/value-range.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { decodeHistory, type HistoryRow, isReadable } from '@convscope/shared/protocol/history.js';
import type { LiveHistory } from '@convscope/shared/protocol/live.js';
import type { RecordKind } from '@convscope/shared/run-record.js';
import type { Source } from '../../../sources/source.js';

/** How long to wait after a failed request before asking again: twice as long each time after the second, up to the longest. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** A failure that is over soon is not worth a sentence. */
const SAID_AFTER = 3;
/** Of a live run, this long passes between the end of some requests and the next: reading must not delay drawing. */
const REST_MS = 500;
/** A new capture of a live run is asked for when the hub has not sent what it says for so long. */
const PATIENCE_MS = 1_000;
/** Captures of a tag that are kept until those before them have been read. */
const MOST_AHEAD = 256;

export interface TagHistory {
  /** Rows of the tag's index that were read; there may be more. */
  readonly rows: number;
  /** Whether all rows that there were have been read at some time. */
  readonly wasRead: boolean;
  /** By ascending step. Of several captures of one step, the newest. */
  readonly captures: readonly CaptureSummary[];
  /** Another number when captures were replaced or inserted, and not only appended. */
  readonly edition: number;
  /** Steps of captures that cannot be read. */
  readonly unreadable: readonly number[];
  /** Of all captures; undefined if there are none. */
  readonly range: ValueRange | undefined;
}

export interface HistoryWish {
  readonly tag: string;
  readonly kind: RecordKind;
  /** Rows that the tag's index has. */
  readonly rows: number;
  readonly findDuplicates: boolean;
}

export const NO_HISTORY: TagHistory = {
  rows: 0,
  wasRead: false,
  captures: [],
  edition: 0,
  unreadable: [],
  range: undefined,
};

export class CaptureHistories {
  readonly #source: Source;
  readonly #changed: () => void;
  #histories = new Map<string, TagHistory>();
  /** How many rows of each tag are asked for. */
  readonly #goals = new Map<string, number>();
  /** What the hub sent by itself of each tag, beyond the rows that were read. */
  readonly #ahead = new Map<string, Map<number, HistoryRow>>();
  /** Tags with fewer rows read than there are, and since when no more of them have been read. */
  readonly #behind = new Map<string, { readonly rows: number; readonly since: number }>();
  #wishes: readonly HistoryWish[] = [];
  #run = '';
  #generation = -1;
  #editions = 0;
  #isGrowing = false;
  #abort = new AbortController();
  #isReading = false;
  #failures = 0;
  #problem: string | undefined;
  /** Until then nothing is asked for. */
  #rest: ReturnType<typeof setTimeout> | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;

  /** `changed` is called when a history that was asked for has grown. */
  constructor({ source, changed }: { readonly source: Source; readonly changed: () => void }) {
    this.#source = source;
    this.#changed = changed;
  }

  /** Why the hub has not answered several requests in a row. */
  get problem(): string | undefined {
    return this.#problem;
  }

  of(tag: string): TagHistory {
    return this.#histories.get(tag) ?? NO_HISTORY;
  }

  /** Whether all captures have been read, without those that have just come. */
  isRead(tag: string): boolean {
    const goal = this.#goals.get(tag);
    return goal !== undefined && this.of(tag).rows >= goal;
  }

  /**
   * Reads the histories that are wished for, most important first. They replace earlier wishes. `isGrowing`: more captures
   * come all the time, and the hub sends what they say.
   */
  want(run: string, generation: number, wishes: readonly HistoryWish[], isGrowing: boolean): void {
    if (run !== this.#run || generation !== this.#generation) this.forget();
    this.#run = run;
    this.#generation = generation;
    this.#wishes = wishes;
    this.#isGrowing = isGrowing;
    void this.#read();
  }

  /** Takes what the hub has sent by itself. Returns whether a history has grown. */
  offer({ run, generation, captures, blocks }: LiveHistory): boolean {
    if (run !== this.#run || generation !== this.#generation) return false;
    let at = 0;
    let hasGrown = false;
    for (const { tag, kind, row, duplicates, length } of captures) {
      const block = blocks.subarray(at, at + length);
      at += length;
      const wish = this.#wishes.find((one) => one.tag === tag && one.kind === kind);
      if (wish?.findDuplicates !== duplicates || row < this.of(tag).rows) continue;
      const [read] = decodeHistory(block);
      if (read === undefined) continue;
      const ahead = this.#ahead.get(tag) ?? new Map<number, HistoryRow>();
      this.#ahead.set(tag, ahead.set(row, read));
      for (const first of ahead.keys()) {
        if (ahead.size <= MOST_AHEAD) break;
        ahead.delete(first);
      }
      if (this.#join(tag)) hasGrown = true;
    }
    return hasGrown;
  }

  forget(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#isReading = false;
    clearTimeout(this.#rest);
    this.#rest = undefined;
    clearTimeout(this.#patience);
    this.#failures = 0;
    this.#problem = undefined;
    this.#histories = new Map();
    this.#goals.clear();
    this.#ahead.clear();
    this.#behind.clear();
    this.#wishes = [];
  }

  /** One request at a time: the hub reads them one after the other anyway. */
  async #read(): Promise<void> {
    if (this.#source.connection.status === 'lost') {
      // The next connection begins anew.
      clearTimeout(this.#rest);
      this.#rest = undefined;
      this.#failures = 0;
      return;
    }
    if (this.#isReading || this.#rest !== undefined) return;
    this.#aim();
    if (this.#nextWish() === undefined) return;
    const { signal } = this.#abort;
    this.#isReading = true;
    let wait: number | undefined;
    try {
      for (let wish = this.#nextWish(); wish !== undefined; wish = this.#nextWish()) {
        const { tag, kind, findDuplicates } = wish;
        const ref = { run: this.#run, generation: this.#generation, tag, kind };
        const from = this.of(tag).rows;
        const bytes = await this.#source.history(ref, from, findDuplicates, signal);
        if (signal.aborted) return;
        const read = decodeHistory(bytes);
        if (read.length === 0) throw new Error(`The hub returned no capture of ${tag}.`);
        // The hub may have sent some of them by itself meanwhile.
        this.#append(tag, read.slice(this.of(tag).rows - from));
        this.#join(tag);
        this.#failures = 0;
        this.#problem = undefined;
        this.#changed();
      }
    } catch (error) {
      if (signal.aborted) return;
      console.warn(error);
      wait = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.max(0, this.#failures - 1));
      this.#failures++;
      if (this.#failures >= SAID_AFTER) this.#problem = messageOf(error);
      this.#changed();
    } finally {
      if (!signal.aborted) {
        this.#isReading = false;
        this.#rest = setTimeout(
          () => {
            this.#rest = undefined;
            void this.#read();
          },
          wait ?? (this.#isGrowing ? REST_MS : 0),
        );
      }
    }
  }

  /**
   * Decides what is asked for until the next rest: what there is of tags that are new, what lies before captures that the
   * hub has sent, and what it should have sent long ago.
   */
  #aim(): void {
    const now = performance.now();
    let nextDue = Number.POSITIVE_INFINITY;
    for (const { tag, rows } of this.#wishes) {
      const { rows: read } = this.of(tag);
      if (!this.#isGrowing || !this.#goals.has(tag)) this.#goals.set(tag, rows);
      if (read >= rows) {
        this.#behind.delete(tag);
        continue;
      }
      const known = this.#behind.get(tag);
      const behind = known?.rows === read ? known : { rows: read, since: now };
      this.#behind.set(tag, behind);
      const due = behind.since + PATIENCE_MS;
      const ahead = Math.min(...(this.#ahead.get(tag)?.keys() ?? []));
      if (now >= due) this.#goals.set(tag, rows);
      else if (ahead < rows) this.#goals.set(tag, ahead);
      else nextDue = Math.min(nextDue, due);
    }
    clearTimeout(this.#patience);
    if (nextDue < Number.POSITIVE_INFINITY)
      this.#patience = setTimeout(() => void this.#read(), Math.ceil(nextDue - now));
  }

  #nextWish(): HistoryWish | undefined {
    for (const { tag, rows } of this.#wishes) if (!this.#goals.has(tag)) this.#goals.set(tag, rows);
    return this.#wishes.find(({ tag }) => !this.isRead(tag));
  }

  /** Appends what the hub has sent by itself, as far as it follows what was read. */
  #join(tag: string): boolean {
    const ahead = this.#ahead.get(tag);
    if (ahead === undefined) return false;
    let { rows } = this.of(tag);
    for (const row of ahead.keys()) if (row < rows) ahead.delete(row);
    const next: HistoryRow[] = [];
    for (let row = ahead.get(rows); row !== undefined; row = ahead.get(rows)) {
      next.push(row);
      ahead.delete(rows++);
    }
    this.#append(tag, next);
    return next.length > 0;
  }

  #append(tag: string, read: readonly HistoryRow[]): void {
    if (read.length === 0) return;
    const before = this.of(tag);
    const added = read.filter(isReadable);
    const rows = before.rows + read.length;
    const isInOrder = follow(before.captures, added);
    this.#histories.set(tag, {
      rows,
      wasRead: before.wasRead || rows >= (this.#goals.get(tag) ?? Number.POSITIVE_INFINITY),
      captures: isInOrder ? [...before.captures, ...added] : byStep([...before.captures, ...added]),
      edition: isInOrder ? before.edition : ++this.#editions,
      unreadable: [...before.unreadable, ...read.flatMap((row) => (isReadable(row) ? [] : [row.step]))],
      range: added.reduce<ValueRange | undefined>(
        (range, one) => (range === undefined ? one.range : unionOfRanges(range, one.range)),
        before.range,
      ),
    });
  }
}

/** Whether the steps of `added` ascend from those of `before`, as they do except where a run was resumed from an earlier step. */
function follow(before: readonly CaptureSummary[], added: readonly CaptureSummary[]): boolean {
  let last = before.at(-1)?.step ?? Number.NEGATIVE_INFINITY;
  return added.every(({ step }) => {
    const isLater = step > last;
    last = step;
    return isLater;
  });
}

function byStep(captures: readonly CaptureSummary[]): readonly CaptureSummary[] {
  const newest = new Map(captures.map((one) => [one.step, one]));
  return [...newest.values()].sort((a, b) => a.step - b.step);
}
