import { FRAME_HEADER_BYTES } from '@convscope/shared/event-log/frame.js';
import { messageOf } from '@convscope/shared/message-of.js';
import type { RunState } from '@convscope/shared/protocol/live.js';
import { isEventFileName } from '../machine/event-file-name.js';
import type { LogStorage } from '../storage/storage.js';
import { findEventFiles, findRuns } from './find-runs.js';
import { FollowedRun } from './followed-run.js';
import { createReadQueue } from './read-queue.js';
import type { Run, RunListener } from './run.js';

/** Maximum number of directories to watch; changes in the others are found by the periodic scan. */
const WATCHED_DIRECTORIES = 512;
/** Events are read for viewers in pieces of this size. */
const PIECE_BYTES = 1024 * 1024;
/** Delay before scanning after a new directory appears, since its files usually follow at once. */
const LOOK_SOON_MS = 20;

export interface LogdirOptions {
  readonly storage: LogStorage;
  /** Receives messages about what cannot be read, each once. */
  readonly log: (sentence: string) => void;
  /** Seconds since the epoch. */
  readonly now?: (() => number) | undefined;
  /** Pause between two scans of the whole logdir, in ms. A scan finds changes of which the system did not notify. */
  readonly lookEveryMs?: number | undefined;
  /** How often to check whether runs changed state because time passed, in ms. */
  readonly stateEveryMs?: number | undefined;
}

/** Finds, reads and follows the runs in a folder. Nothing is read before `start`. */
export interface Logdir {
  /** How people know the folder. */
  readonly name: string;
  readonly runs: ReadonlyMap<string, Run>;
  listen(listener: RunListener): () => void;
  /** Starts scanning. Resolves after the first scan, before the files have been read. */
  start(): Promise<void>;
  /** Resolves after the first scan: all runs that were there are in `runs` then. */
  readonly scanned: Promise<void>;
  /** Resolves when everything that is known to be unread has been read. */
  settled(): Promise<void>;
  /** Tells the logdir that the file has grown or is new. */
  nudge(run: string, file: string): void;
  /** Sets how many senders of the run are connected. */
  setSenders(run: string, count: number): void;
  /**
   * The data of the event whose frame begins at `offset`, in pieces; null if the index does not list it or the file has
   * been replaced. `length` is the length of the data.
   */
  event(run: string, file: number, offset: number, length: number): Promise<AsyncIterable<Uint8Array> | null>;
  close(): Promise<void>;
}

/** A logdir with a view of how its files are followed. */
export interface FollowedLogdir extends Logdir {
  readonly runs: ReadonlyMap<string, FollowedRun>;
}

export function createLogdir(options: LogdirOptions): FollowedLogdir {
  const { storage } = options;
  const now = options.now ?? (() => Date.now() / 1000);
  const runs = new Map<string, FollowedRun>();
  const states = new Map<string, RunState>();
  const senders = new Map<string, number>();
  const listeners = new Set<RunListener>();
  const watches = new Map<string, () => void>();
  const said = new Set<string>();
  // Unique across restarts too, because rows may be numbered differently after they are read again.
  let generation = Date.now();
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let lookAgain = false;
  let hasScanned: () => void = () => undefined;
  const scanned = new Promise<void>((resolve) => {
    hasScanned = resolve;
  });

  const tellAll = (event: (listener: RunListener) => void) => {
    for (const listener of listeners) event(listener);
  };
  const tell: Required<RunListener> = {
    blob: (...event) => tellAll((listener) => listener.blob?.(...event)),
    grown: (...event) => tellAll((listener) => listener.grown?.(...event)),
    gap: (...event) => tellAll((listener) => listener.gap?.(...event)),
    changed: (run) => {
      states.set(run.id, run.state());
      tellAll((listener) => listener.changed?.(run));
    },
    voided: (...event) => tellAll((listener) => listener.voided?.(...event)),
    removed: (...event) => tellAll((listener) => listener.removed?.(...event)),
  };

  const queue = createReadQueue((run, error) => {
    sayOnce(`The run ${run.id} cannot be read (${messageOf(error)}); it is tried again.`);
  });

  function sayOnce(sentence: string): void {
    if (said.has(sentence) || said.size > 1000) return;
    said.add(sentence);
    options.log(sentence);
  }

  async function setFiles(id: string, files: readonly string[]): Promise<void> {
    let run = runs.get(id);
    if (!run) {
      run = new FollowedRun(id, { storage, listener: tell, nextGeneration: () => ++generation, now });
      run.senders = senders.get(id) ?? 0;
      runs.set(id, run);
      watch(id);
    }
    await run.setFiles(files);
    if (!run.caughtUp) queue.add(run, false);
  }

  function remove(run: FollowedRun): void {
    runs.delete(run.id);
    states.delete(run.id);
    queue.remove(run);
    watches.get(run.id)?.();
    watches.delete(run.id);
    tell.removed(run.id);
  }

  function watch(directory: string): void {
    if (closed || watches.has(directory) || watches.size >= WATCHED_DIRECTORIES) return;
    const stop = storage.watch(directory, (name) => {
      if (name !== null && isEventFileName(name)) nudge(directory, name);
      else lookSoon();
    });
    if (stop) watches.set(directory, stop);
  }

  function lookSoon(): void {
    if (closed) return;
    soon ??= setTimeout(() => {
      soon = undefined;
      void look();
    }, LOOK_SOON_MS);
    soon.unref();
  }

  /** Scans the whole logdir. A call during a scan causes one more scan after it. */
  function look(): Promise<void> {
    if (looking) {
      lookAgain = true;
      return looking;
    }
    looking = (async () => {
      do {
        lookAgain = false;
        const began = performance.now();
        try {
          await lookOnce();
        } catch (error) {
          sayOnce(`The logdir ${storage.root} cannot be read (${messageOf(error)}); it is tried again.`);
        }
        hasScanned();
        schedule(performance.now() - began);
      } while (lookAgain && !closed);
      looking = null;
    })();
    return looking;
  }

  function schedule(tookMs: number): void {
    clearTimeout(timer);
    if (closed) return;
    // Spend at most about a twentieth of the time on scanning.
    timer = setTimeout(() => void look(), Math.max(options.lookEveryMs ?? 1000, tookMs * 20));
    timer.unref();
  }

  async function lookOnce(): Promise<void> {
    const before = [...runs.values()];
    const found = await findRuns(storage);
    if (closed) return;
    found.notices.forEach(sayOnce);
    for (const run of before) {
      if (!found.runs.has(run.id) && runs.get(run.id) === run && !isBelow(run.id, found.unreadable))
        remove(run);
    }
    for (const [id, files] of found.runs) await setFiles(id, files);
    for (const directory of found.directories) watch(directory);
    const present = new Set(found.directories);
    for (const [directory, stop] of watches) {
      if (present.has(directory) || runs.has(directory)) continue;
      stop();
      watches.delete(directory);
    }
    for (const run of before) {
      if (runs.get(run.id) !== run) continue;
      try {
        await run.lookForChanges();
      } catch (error) {
        sayOnce(`The run ${run.id} cannot be read (${messageOf(error)}); it is tried again.`);
      }
      if (!run.caughtUp) queue.add(run, false);
    }
  }

  function nudge(id: string, file: string): void {
    if (closed) return;
    const run = runs.get(id);
    if (run?.touch(file)) {
      queue.add(run, true);
      return;
    }
    // A new file: only its own directory needs to be listed.
    findEventFiles(storage, id)
      .then((files) => (files.length > 0 && !closed ? setFiles(id, files) : undefined))
      .catch((error: unknown) => sayOnce(`${id} cannot be read (${messageOf(error)}); it is tried again.`));
  }

  /** A run that falls silent causes no event, so check the states periodically. */
  const stateTimer = setInterval(() => {
    for (const run of runs.values()) if (states.get(run.id) !== run.state()) tell.changed(run);
  }, options.stateEveryMs ?? 1000);
  stateTimer.unref();

  return {
    name: storage.root,
    runs,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: look,
    scanned,
    async settled() {
      await looking;
      await queue.idle();
    },
    nudge,
    setSenders(id, count) {
      if (count > 0) senders.set(id, count);
      else senders.delete(id);
      const run = runs.get(id);
      if (!run) return;
      run.senders = count;
      tell.changed(run);
    },
    async event(id, number, offset, length) {
      const file = runs.get(id)?.files[number];
      if (!file?.identity || !file.ranges.has(offset, length)) return null;
      const { path, identity } = file;
      const header = await storage.read(path, identity, offset, FRAME_HEADER_BYTES);
      if (header?.length !== FRAME_HEADER_BYTES) return null;
      const stored = new DataView(header.buffer, header.byteOffset, 8).getBigUint64(0, true);
      if (stored !== BigInt(length)) {
        nudge(id, file.name);
        return null;
      }
      return pieces(storage, path, identity, offset + FRAME_HEADER_BYTES, length);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      clearTimeout(soon);
      clearInterval(stateTimer);
      for (const stop of watches.values()) stop();
      watches.clear();
      await looking;
      await queue.close();
      await storage.close();
    },
  };
}

async function* pieces(storage: LogStorage, path: string, identity: string, offset: number, length: number) {
  for (let at = 0; at < length; at += PIECE_BYTES) {
    const wanted = Math.min(PIECE_BYTES, length - at);
    const bytes = await storage.read(path, identity, offset + at, wanted);
    if (bytes?.length !== wanted)
      throw new Error(`${path} was shortened or replaced while it was being read.`);
    yield bytes;
  }
}

/** Whether the directory or one of its parents is in `unreadable`. */
function isBelow(directory: string, unreadable: ReadonlySet<string>): boolean {
  if (unreadable.has('.')) return true;
  const parts = directory.split('/');
  return parts.some((_, i) => unreadable.has(parts.slice(0, i + 1).join('/')));
}
