/**
 * A run as it is followed. One file of more than 300 lines, because reading, checking and forgetting files happen in turns
 * that share all of its state.
 */
import { cpuUsage } from 'node:process';
import { compressedFile } from '@convscope/shared/event-log/compression.js';
import type { EventReader, ReadingState } from '@convscope/shared/event-log/event-reader.js';
import { fileSummaries } from '@convscope/shared/log-index/file-summaries.js';
import { formatCount } from '@convscope/shared/log-index/format-count.js';
import { announceGaps, openIndexReader } from '@convscope/shared/log-index/index-reader.js';
import type { Column, Run, RunListener, ScalarColumn } from '@convscope/shared/log-index/run.js';
import { RunIndex } from '@convscope/shared/log-index/run-index.js';
import { messageOf } from '@convscope/shared/message-of.js';
import type { RunDetail, RunState, RunSummary } from '@convscope/shared/protocol/live.js';
import type { RunAnnotation } from '@convscope/shared/protocol/run-actions.js';
import { TimeBudget } from '@convscope/shared/time-budget.js';
import { LARGE_BYTES } from './catch-up.js';
import type { FoundFiles } from './find-runs.js';
import { FollowedFile } from './followed-file.js';
import { LongFiles, type LongFilesOptions, type RunOfLongFiles } from './long-files.js';
import { Rhythm } from './rhythm.js';
import { RunFiles } from './run-files.js';
import { UnreadFiles } from './unread-files.js';

/**
 * Bytes to read and parse at a time, so that other work can run in between. A megabyte of scalars takes about 5 ms. Where
 * bytes take more work, as in a file of noise, fewer are read at a time.
 */
const FIRST_CHUNK_BYTES = 256 * 1024;
const LARGEST_CHUNK_BYTES = 1024 * 1024;
const SMALLEST_CHUNK_BYTES = 16 * 1024;
/** In milliseconds. */
const MUCH_WORK = 10;
const LITTLE_WORK = 3;
/** Files that are named in the summary. */
const NAMED_FILES = 5;
/** Files that are checked for changes before a read may go between. */
const FILES_AT_ONCE = 64;
/** A convscope run without a sender that has been silent for longer is not live. */
const SILENT_SECONDS = 30;

export interface FollowedRunOptions extends LongFilesOptions {
  readonly listener: Required<RunListener>;
  readonly nextGeneration: () => number;
  /** What is known of the run before it is found. */
  readonly senders: number;
  readonly isTrainingPaused: boolean;
  readonly annotation: RunAnnotation | undefined;
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** Called when a file cannot be read. It is tried again when the logdir is scanned next. */
  readonly failed: (run: FollowedRun, error: unknown) => void;
  /** Called when there is something to read again, after a file was read in threads. */
  readonly resumed: (run: FollowedRun) => void;
}

/** One run: its files, how far each is read, and what they say. No step of following it grows with the number of files. */
export class FollowedRun implements Run {
  readonly id: string;
  readonly #options: FollowedRunOptions;
  #index: RunIndex;
  readonly #rhythm = new Rhythm();
  #files = new RunFiles(this.#rhythm);
  readonly #unread = new UnreadFiles();
  /** The first files that cannot be read, and why. */
  readonly #problems = new Map<string, string>();
  /** The first files that are compressed, and with what. */
  readonly #compressed = new Map<string, string>();
  /** Number of files in the directory that are beyond the limits. */
  #omittedFiles = 0;
  /** Sentences about what lies beside the event files. */
  #beside: readonly string[] = [];
  #chunkBytes = FIRST_CHUNK_BYTES;
  /** Whether the last chunk took long: only then the CPU time of the next is asked for, which takes long itself. */
  #measuresWork = false;
  #turn: Promise<unknown> = Promise.resolve();
  #senders: number;
  #isTrainingPaused: boolean;
  #annotation: RunAnnotation | undefined;
  /** Computed once for a change, whoever asks. */
  #summary: RunSummary | undefined;
  /** Gaps that listeners know of. */
  #toldGaps = 0;
  #isReleased = false;
  /** Whether somebody looks at the run. */
  isWanted = false;
  readonly #longFiles: LongFiles;

  constructor(id: string, options: FollowedRunOptions) {
    this.id = id;
    this.#options = options;
    this.#senders = options.senders;
    this.#isTrainingPaused = options.isTrainingPaused;
    this.#annotation = options.annotation;
    this.#longFiles = new LongFiles(this.#runOfLongFiles(), options);
    this.#index = new RunIndex(options.nextGeneration(), options.room.index);
  }

  /** Number of connected senders. */
  get senders(): number {
    return this.#senders;
  }

  /** What the user has said of the run. */
  get annotation(): RunAnnotation | undefined {
    return this.#annotation;
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

  scalars(tag: string): ScalarColumn | null {
    return this.#index.scalars(tag) ?? null;
  }

  get files(): readonly FollowedFile[] {
    return this.#files.list;
  }

  /** Whether the file is followed. */
  has(name: string): boolean {
    return this.#files.get(name) !== undefined;
  }

  /** Whether nothing is known to be unread, except what cannot be read. */
  get caughtUp(): boolean {
    return this.#unread.isEmpty;
  }

  /** Whether the end of every file that can be read was reached at least once: what the index lacks then is not in them. */
  get readToEnd(): boolean {
    return this.#files.areReadToEnd;
  }

  /** When its files changed last, in seconds since the epoch; −Infinity if that is not known. */
  get lastChange(): number {
    return this.#rhythm.lastChange;
  }

  state(): RunState {
    const { end, start, lastWallTime, hasFailedSession } = this.#index;
    if (end) return end.reason;
    if (hasFailedSession && !start) return 'failed';
    if (this.#senders > 0) return 'live';
    const now = this.#options.now();
    if (start) return now - this.#rhythm.lastChange < SILENT_SECONDS ? 'live' : 'lost';
    return this.#rhythm.isLive(now, lastWallTime, () => this.#index.loggedPause()) ? 'live' : 'idle';
  }

  summary(): RunSummary {
    const state = this.state();
    // Time alone changes the state, and nothing else.
    if (this.#summary?.state !== state) this.#summary = this.#summarise(state);
    return this.#summary;
  }

  #summarise(state: RunState): RunSummary {
    const notShown = this.#index.notShown();
    if (this.#omittedFiles > 0) {
      const { run, logdir } = this.#options.room.fileLimits;
      notShown.push(
        `${formatCount(this.#omittedFiles)} event files are not read: at most ${formatCount(run)} of a run and ${formatCount(logdir)} of a logdir are.`,
      );
    }
    for (const [file, problem] of this.#problems)
      notShown.push(`${file} cannot be read (${problem}); it is tried again.`);
    for (const [file, form] of this.#compressed) notShown.push(compressedFile(file, form));
    if (this.readToEnd && this.#files.unreadable === 0 && this.#index.isEmpty && state !== 'live') {
      const files = this.#files.list.length === 1 ? 'The event file' : 'Every event file';
      notShown.push(
        this.#files.bytes === 0
          ? `${files} is empty.`
          : `${files} holds its version and nothing else: no record was written.`,
      );
    }
    return {
      ...this.#index.summary(this.id, {
        state,
        bytes: this.#files.bytes,
        readToEnd: this.readToEnd,
      }),
      ...(Number.isFinite(this.lastChange) ? { lastChange: this.lastChange } : {}),
      ...(notShown.length > 0 ? { notShown } : {}),
      ...(this.#beside.length > 0 ? { beside: this.#beside } : {}),
      ...(this.#files.unreadable > 0 ? { unreadable: this.#files.unreadable } : {}),
      ...(this.#isTrainingPaused ? { trainingPaused: true } : {}),
      ...this.#annotation,
    };
  }

  detail(): RunDetail {
    return {
      summary: this.summary(),
      tags: this.#index.tags(),
      gaps: this.#index.gapSummaries(),
      ...fileSummaries(this.#files.list),
    };
  }

  /** Marks the file as changed. Returns false if it is not known. */
  touch(name: string): boolean {
    const file = this.#files.get(name);
    if (file) this.#unread.tell(file);
    return file !== undefined;
  }

  setSenders(senders: number): void {
    this.#senders = senders;
    this.#changed();
  }

  /** Whether the process that trains the run says that training is paused. */
  setTrainingPaused(isPaused: boolean): void {
    if (this.#isTrainingPaused === isPaused) return;
    this.#isTrainingPaused = isPaused;
    this.#changed();
  }

  annotate(annotation: RunAnnotation | undefined): void {
    this.#annotation = annotation;
    this.#changed();
  }

  /** Takes sentences about what lies beside the event files and is not shown. */
  setBeside(sentences: readonly string[]): void {
    if (sentences.join('\n') === this.#beside.join('\n')) return;
    this.#beside = sentences;
    this.#changed();
  }

  /** Takes the event files that are now in the directory. */
  setFiles(found: FoundFiles): Promise<void> {
    return this.#inTurn(() => this.#setFiles(found));
  }

  async #setFiles(found: FoundFiles): Promise<void> {
    const budget = new TimeBudget();
    const present = new Set(found.names);
    for (const file of this.#files.list) {
      await budget.rest();
      // The listing may be older than the file, so check that the file is really gone.
      if (present.has(file.name) || (await this.#options.storage.stat(file.path)) !== null) continue;
      this.#void(found.names);
      break;
    }
    for (const name of found.names) {
      await budget.rest();
      this.#addFile(name);
    }
    const omitted = Math.max(0, found.count - this.#files.list.length);
    if (omitted === this.#omittedFiles) return;
    this.#omittedFiles = omitted;
    this.#changed();
  }

  /**
   * Checks whether files changed since they were read. A file that did not is not being written at the moment, so damage
   * at its end is reported.
   */
  async lookForChanges(): Promise<void> {
    for (let from = 0; from < this.#files.list.length; from += FILES_AT_ONCE) {
      await this.#inTurn(async () => {
        for (const file of this.#files.list.slice(from, from + FILES_AT_ONCE)) await this.#lookAt(file);
      });
    }
  }

  async #lookAt(file: FollowedFile): Promise<void> {
    if (this.#unread.retry(file) || this.#unread.has(file)) return;
    const now = await this.#options.storage.stat(file.path).catch((error: unknown) => {
      this.#noteProblem(file, messageOf(error));
      throw error;
    });
    this.#noteProblem(file, undefined);
    if (!now || now.identity !== file.identity || now.size !== file.size || now.modified !== file.modified) {
      this.#unread.add(file);
    } else if (!file.finished) {
      file.finished = true;
      file.reader.finish(file.size);
      file.followReader();
      if (file.reader.next(file.size) !== null) this.#unread.add(file);
      else this.#announceGaps(file, null);
      this.#tellGrown(false);
    }
  }

  /** Reads the next chunk of a file with unread bytes. Returns whether there may be more. */
  step(): Promise<boolean> {
    return this.#inTurn(() => this.#step());
  }

  /** Notes what a file is compressed with, if it is. */
  noteForm(file: FollowedFile, compression: string | null): void {
    if (compression === null || this.#compressed.size >= NAMED_FILES || this.#files.get(file.name) !== file)
      return;
    this.#compressed.set(file.name, compression);
    this.#changed();
  }

  /** Reads all files again: one of them no longer holds what was read of it. */
  readAgain(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.#isReleased) this.#void();
    });
  }

  /** Ends following the run, and gives its room to others. */
  release(): void {
    this.#isReleased = true;
    this.#giveRoomBack();
  }

  #giveRoomBack(): void {
    this.#index.release();
    this.#options.room.files -= this.#files.list.length;
  }

  async #step(): Promise<boolean> {
    if (this.#isReleased) return false;
    const file = this.#unread.take();
    if (!file) return false;
    try {
      await this.#read(file);
      if (!this.#unread.isAway(file)) this.#noteProblem(file, undefined);
    } catch (error) {
      this.#unread.fail(file);
      this.#noteProblem(file, messageOf(error));
      this.#options.failed(this, error);
    }
    return this.#unread.hasNext;
  }

  /** Notes why a file cannot be read, or that it can. */
  #noteProblem(file: FollowedFile, problem: string | undefined): void {
    const { name } = file;
    const isNews = this.#files.setUnreadable(file, problem !== undefined);
    if (this.#problems.get(name) === problem && !isNews) return;
    if (problem === undefined) this.#problems.delete(name);
    else if (this.#problems.size < NAMED_FILES) this.#problems.set(name, problem);
    this.#changed();
  }

  async #read(file: FollowedFile): Promise<void> {
    const now = await this.#options.storage.stat(file.path);
    // The file is gone: the next scan of the logdir finds what is left of the run.
    if (!now) return;
    file.identity ??= now.identity;
    if (now.identity !== file.identity || now.size < file.readTo) return this.#void();
    const stirred = this.#files.note(file, now, this.#options.now());
    if (stirred) file.finished = false;
    if (file.readTo === 0 && !file.kept && !(await this.#longFiles.restore(file, now))) return this.#void();
    const wanted = file.reader.next(now.size);
    file.followReader();
    if (wanted === null && (!stirred || file.tail.length === 0)) {
      const isFirstEnd = this.#files.reachEnd(file);
      this.#tellGrown(stirred || isFirstEnd);
      return;
    }
    const { state } = file.reader;
    if (wanted !== null && state !== null && this.#longFiles.takes(file, wanted))
      return this.#longFiles.catchUp(file, now, state);
    const least = wanted?.length ?? 0;
    if (least <= LARGE_BYTES) return this.#readOn(file, file.identity, least, stirred);
    await this.#options.room.withLargeBuffer((buffer) =>
      this.#readOn(file, now.identity, least, stirred, buffer),
    );
  }

  /** Reads and parses the next bytes, at least `least` of them; none if the file is only compared with what was read. */
  async #readOn(
    file: FollowedFile,
    identity: string,
    least: number,
    stirred: boolean,
    into?: Uint8Array,
  ): Promise<void> {
    const { storage } = this.#options;
    const more = least === 0 ? 0 : Math.min(file.size - file.offset, Math.max(least, this.#chunkBytes));
    const from = file.offset - file.tail.length;
    const bytes = await storage.read(file.path, identity, from, file.tail.length + more, into);
    if (this.#isReleased) return;
    if (!bytes && file.readTo === 0) {
      // Replaced before anything was read, or reached through a folder that was replaced by a link.
      file.identity = null;
      this.#unread.fail(file);
      return;
    }
    const fresh = bytes && file.take(bytes);
    if (!fresh) return this.#void();
    if (fresh.length > 0) {
      this.#push(file, fresh);
      file.followReader(bytes);
    }
    const isAtEnd = file.reader.next(file.size) === null;
    file.followReader();
    if (!isAtEnd) this.#unread.putBack(file);
    // A file that is quiet has no later event with which its gaps would be announced.
    else if (file.finished) this.#announceGaps(file, null);
    const isFirstEnd = isAtEnd && this.#files.reachEnd(file);
    this.#tellGrown(stirred || isFirstEnd);
    if (isAtEnd) this.#longFiles.keepUp(file);
  }

  #runOfLongFiles(): RunOfLongFiles {
    const run = this;
    return {
      get index() {
        return run.#index;
      },
      get isWanted() {
        return run.isWanted;
      },
      currentness() {
        const index = run.#index;
        return () => !run.#isReleased && run.#index === index;
      },
      openReader: (file, from) => this.#openReader(file, from),
      sendAway: (file) => this.#unread.sendAway(file),
      comeBack: (file) => {
        this.#unread.comeBack(file);
        this.#options.resumed(this);
      },
      fail: (file, error) => {
        this.#unread.fail(file);
        if (error === null) return;
        this.#noteProblem(file, messageOf(error));
        this.#options.failed(this, error);
      },
      announceGaps: (file, step) => this.#announceGaps(file, step),
      gap: (gap) => this.#options.listener.gap(this, gap),
      tellGrown: (isChanged) => this.#tellGrown(isChanged),
      replaced: (isCurrent) => {
        void this.#inTurn(async () => {
          if (isCurrent()) this.#void();
        }).then(() => this.#options.resumed(this));
      },
    };
  }

  #push(file: FollowedFile, bytes: Uint8Array): void {
    const began = performance.now();
    const before = this.#measuresWork ? cpuUsage() : null;
    file.reader.push(bytes);
    const passed = performance.now() - began;
    this.#measuresWork = passed > MUCH_WORK;
    if (passed < LITTLE_WORK) this.#chunkBytes = Math.min(LARGEST_CHUNK_BYTES, this.#chunkBytes * 2);
    else if (before !== null && passed > MUCH_WORK) {
      // On a busy machine more time passes than is worked.
      const { user, system } = cpuUsage(before);
      if (user + system > MUCH_WORK * 1000)
        this.#chunkBytes = Math.max(SMALLEST_CHUNK_BYTES, this.#chunkBytes / 2);
    }
  }

  #tellGrown(stirred: boolean): void {
    const { listener } = this.#options;
    const grown = this.#index.takeGrown();
    const isChanged = grown.size > 0 || stirred || this.#index.gapCount !== this.#toldGaps;
    if (isChanged) this.#summary = undefined;
    if (grown.size > 0) listener.grown(this, grown);
    if (isChanged) this.#changed();
  }

  #changed(): void {
    this.#summary = undefined;
    this.#toldGaps = this.#index.gapCount;
    this.#options.listener.changed(this);
  }

  /** Runs operations one at a time, so that files are not replaced while they are being read. */
  #inTurn<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(operation);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Follows a file, unless it is followed or there are too many. */
  #addFile(name: string): void {
    const { room } = this.#options;
    const number = this.#files.list.length;
    if (this.#isReleased || this.has(name)) return;
    if (number >= room.fileLimits.run || room.files >= room.fileLimits.logdir) return;
    room.files++;
    const path = this.id === '.' ? name : `${this.id}/${name}`;
    const file = new FollowedFile(name, path, number, (followed) => this.#openReader(followed));
    this.#files.add(file);
    this.#unread.add(file);
    // It is not read to its end any more, which is told when it has been read.
    this.#summary = undefined;
  }

  /** @param from where another reader stopped; the beginning of the file by default */
  #openReader(file: FollowedFile, from?: ReadingState): EventReader {
    const { listener, room } = this.#options;
    return openIndexReader({
      index: this.#index,
      file,
      blob: (column, data) => listener.blob(this, column, data),
      gap: (gap) => listener.gap(this, gap),
      holdBytes: room.heldBytesOfNext(),
      from,
    });
  }

  #announceGaps(file: FollowedFile, beforeStep: number | null): void {
    announceGaps(file, beforeStep, (gap) => this.#options.listener.gap(this, gap));
  }

  /** Forgets what was read and begins anew, with these files. */
  #void(names: readonly string[] = this.#files.list.map(({ name }) => name).sort()): void {
    this.#giveRoomBack();
    this.#longFiles.distrustIndexes();
    this.#index = new RunIndex(this.#options.nextGeneration(), this.#options.room.index);
    this.#files = new RunFiles(this.#rhythm);
    this.#unread.clear();
    this.#compressed.clear();
    this.#problems.clear();
    this.#summary = undefined;
    for (const name of names) this.#addFile(name);
    this.#options.listener.voided(this);
    this.#changed();
  }
}
