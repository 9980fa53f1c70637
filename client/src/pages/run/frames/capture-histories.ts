/**
 * What all captures of a run say about their channels, tag by tag. The hub reads the captures; the page gets numbers. The
 * stores are complete or say how far they reach.
 */
import type { CaptureSummary } from '@convscope/shared/channels/capture-summary.js';
import { unionOfRanges, type ValueRange } from '@convscope/shared/channels/value-range.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { decodeHistory, isReadable } from '@convscope/shared/protocol/history.js';
import type { AnswerPart } from '@convscope/shared/protocol/parts.js';
import type { RecordKind } from '@convscope/shared/run-record.js';
import { countWhile } from '@convscope/shared/sorted.js';
import type { Source } from '../../../sources/source.js';

/** How long to wait after a failed request before asking again: twice as long each time after the second, up to the longest. */
const RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** A failure that is over soon is not worth a sentence. */
const SAID_AFTER = 3;
/** New captures are asked for together, at most this often: reading them must not delay drawing them. */
const REST_MS = 500;

export interface TagHistory {
  /** Rows of the tag's index that were read; there may be more. */
  readonly rows: number;
  /** Whether all rows that there were have been read at some time. */
  readonly wasRead: boolean;
  /** By ascending step, without those that were replaced when the run was resumed from an earlier step. */
  readonly captures: readonly CaptureSummary[];
  /** Steps of captures that cannot be read, likewise. */
  readonly unreadable: readonly number[];
  /** Of these captures; undefined if there are none. */
  readonly range: ValueRange | undefined;
}

export interface HistoryWish {
  readonly tag: string;
  readonly kind: RecordKind;
  /** Rows that the tag's index has. */
  readonly rows: number;
  /** The step from which on a row replaces those before it; undefined for a row that has not come yet. */
  readonly replacesFrom: (row: number) => number | undefined;
  readonly findDuplicates: boolean;
}

export const NO_HISTORY: TagHistory = {
  rows: 0,
  wasRead: false,
  captures: [],
  unreadable: [],
  range: undefined,
};

export class CaptureHistories {
  readonly #source: Source;
  readonly #changed: () => void;
  #histories = new Map<string, TagHistory>();
  /** How many rows of each tag are read before the next rest: those that come meanwhile are read together after it. */
  readonly #goals = new Map<string, number>();
  #wishes: readonly HistoryWish[] = [];
  #run = '';
  #generation = -1;
  #abort = new AbortController();
  #isReading = false;
  #isHeld = false;
  #restMs = 0;
  #failures = 0;
  #problem: string | undefined;
  /** Until then nothing is asked for. */
  #rest: ReturnType<typeof setTimeout> | undefined;

  /** `changed` is called when a history has grown. */
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

  /** Whether all captures have been read, without those that have come since the last rest. */
  isRead(tag: string): boolean {
    const goal = this.#goals.get(tag);
    return goal !== undefined && this.of(tag).rows >= goal;
  }

  /**
   * Reads the histories that are wished for, most important first. They replace earlier wishes. `isGrowing`: more captures
   * come all the time.
   */
  want(run: string, generation: number, wishes: readonly HistoryWish[], isGrowing: boolean): void {
    if (run !== this.#run || generation !== this.#generation) this.forget();
    this.#run = run;
    this.#generation = generation;
    this.#wishes = wishes;
    this.#restMs = isGrowing ? REST_MS : 0;
    void this.#read();
  }

  forget(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#isReading = false;
    clearTimeout(this.#rest);
    this.#rest = undefined;
    this.#failures = 0;
    this.#problem = undefined;
    this.#histories = new Map();
    this.#goals.clear();
    this.#wishes = [];
  }

  /** While it is held nothing more is asked for: what the hub does would delay what is being looked at. */
  hold(isHeld: boolean): void {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    if (!isHeld) void this.#read();
  }

  /** One request at a time, for all that is wished for: over a distance each would take a round trip. */
  async #read(): Promise<void> {
    if (this.#source.connection.status === 'lost') {
      // The next connection begins anew.
      clearTimeout(this.#rest);
      this.#rest = undefined;
      this.#failures = 0;
      return;
    }
    if (this.#isReading || this.#isHeld || this.#rest !== undefined) return;
    for (const { tag, rows } of this.#wishes) this.#goals.set(tag, rows);
    if (this.#unread().length === 0) return;
    const { signal } = this.#abort;
    this.#isReading = true;
    let wait: number | undefined;
    const lacking = new Set<string>();
    try {
      const left = () => this.#unread().filter(({ tag }) => !lacking.has(tag));
      for (let asked = left(); asked.length > 0 && !this.#isHeld; asked = left()) {
        const questions = asked.map(({ tag, kind, findDuplicates }) => {
          return { tag, kind, from: this.of(tag).rows, findDuplicates };
        });
        const parts = await this.#source.histories(this.#run, this.#generation, questions, signal);
        if (signal.aborted) return;
        for (const tag of this.#appendAll(asked, parts)) lacking.add(tag);
        if (lacking.size === 0) {
          this.#failures = 0;
          this.#problem = undefined;
        }
        this.#changed();
      }
      const [tag] = lacking;
      if (tag !== undefined)
        throw new Error(`The hub returned no capture of ${tag}. Maybe the files of the run were replaced.`);
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
        this.#rest = setTimeout(() => {
          this.#rest = undefined;
          void this.#read();
        }, wait ?? this.#restMs);
      }
    }
  }

  #unread(): HistoryWish[] {
    for (const { tag, rows } of this.#wishes) if (!this.#goals.has(tag)) this.#goals.set(tag, rows);
    return this.#wishes.filter(({ tag }) => !this.isRead(tag));
  }

  /** @returns the tags of which the answer should hold a capture, and holds none */
  #appendAll(asked: readonly HistoryWish[], parts: readonly AnswerPart[]): string[] {
    const lacking: string[] = [];
    for (const [place, wish] of asked.entries()) {
      const part = parts[place];
      // The first is never to be asked for later.
      if (part === 'later' && place > 0) continue;
      if (part === undefined || typeof part === 'string' || part.length === 0) lacking.push(wish.tag);
      else this.#append(wish, part);
    }
    return lacking;
  }

  #append({ tag, replacesFrom }: HistoryWish, bytes: Uint8Array): void {
    const read = decodeHistory(bytes);
    const before = this.of(tag);
    const captures = [...before.captures];
    const unreadable = [...before.unreadable];
    let { rows, range } = before;
    for (const row of read) {
      const from = replacesFrom(rows);
      // The hub may be ahead of the index that the page has.
      if (from === undefined) break;
      rows++;
      const kept = countWhile(captures.length, (place) => captures[place]!.step < from);
      if (kept < captures.length) {
        captures.length = kept;
        range = rangeOf(captures);
      }
      unreadable.length = countWhile(unreadable.length, (place) => unreadable[place]! < from);
      if (isReadable(row)) {
        captures.push(row);
        range = range === undefined ? row.range : unionOfRanges(range, row.range);
      } else unreadable.push(row.step);
    }
    this.#histories.set(tag, {
      rows,
      wasRead: before.wasRead || rows >= (this.#goals.get(tag) ?? Number.POSITIVE_INFINITY),
      captures,
      unreadable,
      range,
    });
  }
}

function rangeOf(captures: readonly CaptureSummary[]): ValueRange | undefined {
  return captures.reduce<ValueRange | undefined>(
    (range, one) => (range === undefined ? one.range : unionOfRanges(range, one.range)),
    undefined,
  );
}
