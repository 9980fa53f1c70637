import { FRAME_OVERHEAD_BYTES } from '@convscope/shared/event-log/frame.js';
import type { FrameGap } from '@convscope/shared/event-log/frame-reader.js';
import type { RunDetail, RunState, RunSummary } from '@convscope/shared/protocol/live.js';
import { stepToNumber } from '@convscope/shared/run-record.js';
import type { LogStorage } from '../storage/storage.js';
import { createEventReader } from './event-reader.js';
import { FollowedFile } from './followed-file.js';
import { type IndexedGap, RunIndex } from './index/run-index.js';
import type { Column, Run, RunListener } from './run.js';

/** Bytes to read and parse at a time: about 2 ms of work, so that other work can run in between. */
const CHUNK_BYTES = 256 * 1024;
/** A run without a sender that has been silent for longer is not live. */
export const SILENT_SECONDS = 30;

export interface FollowedRunOptions {
  readonly storage: LogStorage;
  readonly listener: Required<RunListener>;
  readonly nextGeneration: () => number;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** One run: its files, how far each is read, and what they say. */
export class FollowedRun implements Run {
  readonly id: string;
  readonly #options: FollowedRunOptions;
  #index: RunIndex;
  #files: FollowedFile[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  /** Number of connected senders. */
  senders = 0;

  constructor(id: string, options: FollowedRunOptions) {
    this.id = id;
    this.#options = options;
    this.#index = new RunIndex(options.nextGeneration());
  }

  get index(): RunIndex {
    return this.#index;
  }

  get generation(): number {
    return this.#index.generation;
  }

  columns(): Iterable<Column> {
    return this.#index.columns();
  }

  owns(column: Column): boolean {
    return this.#index.owns(column);
  }

  column(tag: string, kind: string): Column | null {
    return this.#index.column(tag, kind) ?? null;
  }

  get files(): readonly FollowedFile[] {
    return this.#files;
  }

  get caughtUp(): boolean {
    return this.#files.every((file) => !file.dirty);
  }

  /** Whether the end of every file was reached at least once: what the index lacks then is not in the log. */
  get readToEnd(): boolean {
    return this.#files.length > 0 && this.#files.every((file) => file.isReadToEnd);
  }

  state(): RunState {
    const { end, start } = this.#index;
    if (end) return end.reason;
    const now = this.#options.now();
    // Both directions: a timestamp in the future, from another machine's clock, must not keep a run alive.
    const heard = this.#files.some(({ modified }) => Math.abs(now - modified) < SILENT_SECONDS);
    if (this.senders > 0 || heard) return 'live';
    return start ? 'lost' : 'idle';
  }

  summary(): RunSummary {
    const bytes = this.#files.reduce((sum, { size }) => sum + size, 0);
    return this.#index.summary(this.id, { state: this.state(), bytes, readToEnd: this.readToEnd });
  }

  detail(): RunDetail {
    return { summary: this.summary(), tags: this.#index.tags(), gaps: this.#index.gapSummaries() };
  }

  /** Marks the file as changed. Returns false if it is not known. */
  touch(name: string): boolean {
    const file = this.#files.find((known) => known.name === name);
    if (file) file.dirty = true;
    return file !== undefined;
  }

  /** Takes the names of the event files that are now in the directory, in name order. */
  setFiles(names: readonly string[]): Promise<void> {
    return this.#inTurn(() => this.#setFiles(names));
  }

  async #setFiles(names: readonly string[]): Promise<void> {
    const present = new Set(names);
    for (const file of [...this.#files]) {
      // The listing may be older than the file, so check that the file is really gone.
      if (!present.has(file.name) && (await this.#options.storage.stat(file.path)) === null) {
        this.#void(names);
        return;
      }
    }
    for (const name of names) if (!this.#files.some((file) => file.name === name)) this.#addFile(name);
  }

  /**
   * Checks whether files changed since they were read. A file that did not is not being written at the moment, so damage
   * at its end is reported.
   */
  lookForChanges(): Promise<void> {
    return this.#inTurn(async () => {
      for (const file of this.#files) {
        if (file.dirty) continue;
        const now = await this.#options.storage.stat(file.path);
        if (
          !now ||
          now.identity !== file.identity ||
          now.size !== file.size ||
          now.modified !== file.modified
        )
          file.dirty = true;
        else if (!file.finished) {
          file.finished = true;
          file.reader.finish();
          this.#announceGaps(file, null);
          this.#tellGrown(false);
        }
      }
    });
  }

  /** Reads the next chunk of the first file with unread bytes. Returns whether there may be more. */
  step(): Promise<boolean> {
    return this.#inTurn(() => this.#step());
  }

  async #step(): Promise<boolean> {
    const file = this.#files.find(({ dirty }) => dirty);
    if (!file) return false;
    file.dirty = false;
    try {
      return await this.#read(file);
    } catch (error) {
      // Still unread: the next scan of the logdir tries again.
      file.dirty = true;
      throw error;
    }
  }

  async #read(file: FollowedFile): Promise<boolean> {
    const { storage, listener } = this.#options;
    const now = await storage.stat(file.path);
    // The file is gone: the next scan of the logdir finds what is left of the run.
    if (!now) return !this.caughtUp;
    file.identity ??= now.identity;
    if (now.identity !== file.identity || now.size < file.offset) return this.#void();
    const wait = now.size - file.offset;
    const stirred = now.modified !== file.modified || now.size !== file.size;
    file.size = now.size;
    file.modified = now.modified;
    if (wait === 0 && (!stirred || file.offset === 0)) {
      const isFirstEnd = this.#reachesEnd(file);
      if (stirred || isFirstEnd) listener.changed(this);
      return !this.caughtUp;
    }
    const length = file.tail.length + Math.min(wait, CHUNK_BYTES);
    const bytes = await storage.read(file.path, file.identity, file.offset - file.tail.length, length);
    const fresh = bytes && file.take(bytes);
    if (!fresh) return this.#void();
    if (fresh.length > 0) {
      file.finished = false;
      file.reader.push(fresh);
      if (file.offset < file.size) file.dirty = true;
    }
    const isFirstEnd = this.#reachesEnd(file);
    this.#tellGrown(stirred || isFirstEnd);
    return !this.caughtUp;
  }

  /** Notes that a file has been read to its end. Returns whether this is the first time. */
  #reachesEnd(file: FollowedFile): boolean {
    if (file.isReadToEnd || file.offset < file.size) return false;
    file.isReadToEnd = true;
    return true;
  }

  #tellGrown(stirred: boolean): void {
    const { listener } = this.#options;
    const grown = this.#index.takeGrown();
    if (grown.size > 0) listener.grown(this, grown);
    if (grown.size > 0 || stirred) listener.changed(this);
  }

  /** Runs operations one at a time, so that files are not replaced while they are being read. */
  #inTurn<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(operation);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #addFile(name: string): void {
    const number = this.#files.length;
    const index = this.#index;
    const { listener } = this.#options;
    const addGap = (gap: FrameGap) => {
      const known: IndexedGap = { file: name, ...gap, afterStep: file.lastStep, beforeStep: null };
      index.addGap(known);
      file.openGaps.push(known);
    };
    const reader = createEventReader({
      onEvent: (event, data, offset) => {
        const step = stepToNumber(event.step);
        this.#announceGaps(file, step);
        const problem = index.add(event, number, offset, data.length, (column) => {
          file.ranges.add(offset, data.length);
          listener.blob(this, column, data);
        });
        if (problem) addGap({ offset, length: data.length + FRAME_OVERHEAD_BYTES, reason: problem });
        if (event.values.length > 0) file.lastStep = step;
      },
      onGap: addGap,
    });
    const file = new FollowedFile(name, this.id === '.' ? name : `${this.id}/${name}`, number, reader);
    this.#files.push(file);
  }

  /** Announces each gap once, with the step after it if there is one. */
  #announceGaps(file: FollowedFile, beforeStep: number | null): void {
    if (file.openGaps.length === 0) return;
    for (const gap of file.openGaps) {
      gap.beforeStep = beforeStep;
      this.#options.listener.gap(this, gap);
    }
    file.openGaps = [];
  }

  #void(names: readonly string[] = this.#files.map(({ name }) => name).sort()): boolean {
    this.#index = new RunIndex(this.#options.nextGeneration());
    this.#files = [];
    for (const name of names) this.#addFile(name);
    this.#options.listener.voided(this);
    this.#options.listener.changed(this);
    return true;
  }
}
