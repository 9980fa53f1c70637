/**
 * Finds and follows runs. One file of more than 300 lines, because scans, the system's notifications, reading and what
 * listeners hear share the set of runs and its end.
 */

import type { LogFile } from '@convscope/shared/file-log/log-file.js';
import { isEventFileName } from '@convscope/shared/file-log/log-file.js';
import type { RunListener, RunSet } from '@convscope/shared/log-index/run.js';
import { messageOf } from '@convscope/shared/message-of.js';
import type { RunState } from '@convscope/shared/protocol/live.js';
import type { RunAnnotation } from '@convscope/shared/protocol/run-actions.js';
import { TimeBudget } from '@convscope/shared/time-budget.js';
import { type BesideListing, listBeside, type OpenedBeside, openBeside } from './beside-listing.js';
import { BulkPool } from './bulk/bulk-pool.js';
import { IndexFolder } from './bulk/index-folder.js';
import { createContentChecks } from './content-checks.js';
import { DirectoryWatches, mostWatches } from './directory-watches.js';
import { type FoundFiles, findEventFiles, findRuns, isBelowAny, type Notice } from './find-runs.js';
import { FollowedRun } from './followed-run.js';
import { createListings } from './listings.js';
import { logFileOf } from './log-file-of.js';
import type { LogdirOptions } from './logdir-options.js';
import { LogdirRoom } from './logdir-room.js';
import { LONG_FILE_LIMITS } from './long-file-limits.js';
import { readEvent } from './read-event.js';
import { createReadQueue } from './read-queue.js';
import { pauseAfterScan, pauseBeforeScan } from './scan-pauses.js';
import { createUnwatchedRuns } from './unwatched-runs.js';

/** Finds, reads and follows the runs in a folder. Nothing is read before `start`. */
export interface Logdir extends RunSet {
  /** Sentences about what the logdir holds and is not shown, as of the last scan. */
  readonly notices: readonly string[];
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
  /** Says whether the process that trains the run is connected and has paused training. */
  setTrainingPaused(run: string, isPaused: boolean): void;
  /** Says whether somebody looks at the run: it is read before others then. */
  setWanted(run: string, isWanted: boolean): void;
  /** The event files of a run as they are now, for an export. Empty if there is no such run. */
  files(run: string): Promise<LogFile[]>;
  /** The files beside those that other programs show. Null if there is no such run. */
  beside(run: string): Promise<BesideListing | null>;
  /** One of them; null if it is not listed, or not there any more. */
  openBeside(run: string, path: string): Promise<OpenedBeside | null>;
  close(): Promise<void>;
}

/** A logdir with a view of how its files are followed. */
export interface FollowedLogdir extends Logdir {
  /** Sets what the user has said of runs, by id, in place of all that was said before. */
  annotate(annotations: ReadonlyMap<string, RunAnnotation>): void;
  readonly runs: ReadonlyMap<string, FollowedRun>;
}

export function createLogdir(options: LogdirOptions): FollowedLogdir {
  const { storage } = options;
  const now = options.now ?? (() => Date.now() / 1000);
  const runs = new Map<string, FollowedRun>();
  const states = new Map<string, RunState>();
  const senders = new Map<string, number>();
  const paused = new Set<string>();
  const wanted = new Set<string>();
  let annotations: ReadonlyMap<string, RunAnnotation> = new Map();
  const listeners = new Set<RunListener>();
  const said = new Set<string>();
  const room = new LogdirRoom(options.fileLimits);
  /** By path: what happens to the file that a link leads to is not seen in the link's directory. */
  const linkedFiles = new Map<string, { readonly run: string; readonly name: string }>();
  const watches = new DirectoryWatches(
    (path) =>
      storage.watch(path, (name) => {
        const linked = linkedFiles.get(path);
        if (linked) nudge(linked.run, linked.name);
        else if (name !== null && isEventFileName(name)) nudge(path, name);
        else lookSoon();
      }),
    options.watchedDirectories ?? mostWatches(),
  );
  const bulk = new BulkPool(options.startThread, options.threads);
  const limits = { ...LONG_FILE_LIMITS, ...options.longFiles };
  const indexes = options.indexDirectory === undefined ? null : new IndexFolder(options.indexDirectory);
  let background: Promise<void> = Promise.resolve();
  let notices: readonly Notice[] = [];
  // Unique across restarts too, because rows may be numbered differently after they are read again.
  let generation = Date.now();
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Timeout | undefined;
  let scanMs = 0;
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
    grown: (run, columns) => {
      watches.touch(run.id);
      tellAll((listener) => listener.grown?.(run, columns));
    },
    gap: (...event) => tellAll((listener) => listener.gap?.(...event)),
    changed: (run) => {
      states.set(run.id, run.state());
      tellAll((listener) => listener.changed?.(run));
    },
    voided: (...event) => tellAll((listener) => listener.voided?.(...event)),
    removed: (...event) => tellAll((listener) => listener.removed?.(...event)),
  };

  const failed = (run: FollowedRun, error: unknown) =>
    sayOnce(`The run ${run.id} cannot be read (${messageOf(error)}); it is tried again.`);
  const queue = createReadQueue(failed);
  const finding = {
    filesOfRun: room.fileLimits.run,
    isKnown: (id: string, file: string) => runs.get(id)?.has(file) ?? false,
  };

  const checks = createContentChecks({
    storage,
    runs,
    changed: (run) => {
      void run.readAgain().then(() => queue.add(run, false));
    },
    roundMs: options.lookEveryMs,
  });

  const unwatched = createUnwatchedRuns({
    runs,
    isWatched: (run) => watches.has(run.id),
    look: lookAt,
    everyMs: options.unwatchedEveryMs,
  });

  const listings = createListings(async (directory) => {
    try {
      const files = await findEventFiles(storage, directory, finding);
      if (files && files.count > 0 && !closed) await setFiles(directory, files);
    } catch (error) {
      if (!closed) sayOnce(`${directory} cannot be read (${messageOf(error)}); it is tried again.`);
    }
  });

  /** @param about the same for sentences of which one is enough */
  function sayOnce(sentence: string, about = sentence): void {
    if (said.has(about) || said.size > 1000) return;
    said.add(about);
    options.log(sentence);
  }

  async function setFiles(id: string, files: FoundFiles): Promise<void> {
    let run = runs.get(id);
    if (!run) {
      const nextGeneration = () => ++generation;
      run = new FollowedRun(id, {
        ...{ storage, listener: tell, nextGeneration, now, room, failed, bulk, indexes, say: sayOnce },
        ...{ inBackground, limits },
        senders: senders.get(id) ?? 0,
        isTrainingPaused: paused.has(id),
        annotation: annotations.get(id),
        resumed: (resumed) => queue.add(resumed, false),
      });
      runs.set(id, run);
      tellWanted(run);
      watches.add(id);
    }
    for (const name of files.links) {
      const path = id === '.' ? name : `${id}/${name}`;
      linkedFiles.set(path, { run: id, name });
      watches.add(path);
    }
    await run.setFiles(files);
    if (!run.caughtUp) queue.add(run, false);
  }

  function inBackground(operation: () => Promise<void>): void {
    background = background.then(async () => {
      await settled();
      if (closed) return;
      try {
        await operation();
      } catch (error) {
        sayOnce(`An index in the cache could not be compared with its file (${messageOf(error)}).`);
      }
    });
  }

  async function settled(): Promise<void> {
    do {
      await looking;
      await queue.idle();
      await bulk.idle();
    } while (queue.isBusy);
  }

  function tellWanted(run: FollowedRun): void {
    run.isWanted = wanted.has(run.id);
    queue.setWanted(run, run.isWanted);
  }

  function remove(run: FollowedRun): void {
    runs.delete(run.id);
    run.release();
    states.delete(run.id);
    queue.remove(run);
    watches.remove(run.id);
    tell.removed(run.id);
  }

  function lookSoon(): void {
    if (closed) return;
    soon ??= setTimeout(() => {
      soon = undefined;
      void look();
    }, pauseBeforeScan(scanMs));
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
        scanMs = performance.now() - began;
        schedule();
      } while (lookAgain && !closed);
      looking = null;
    })();
    return looking;
  }

  function schedule(): void {
    clearTimeout(timer);
    if (closed) return;
    timer = setTimeout(() => void look(), pauseAfterScan(scanMs, options.lookEveryMs ?? 1000));
    timer.unref();
  }

  async function lookOnce(): Promise<void> {
    const before = [...runs.values()];
    const budget = new TimeBudget();
    const found = await findRuns(storage, {
      ...finding,
      // What was found high up does not wait for a search that a folder far below makes long.
      async onLevel(some, directories) {
        for (const directory of directories) if (!closed) watches.add(directory);
        for (const [id, files] of some) {
          await budget.rest();
          if (closed) return;
          if (!runs.has(id)) await setFiles(id, files);
        }
      },
    });
    if (closed) return;
    notices = found.notices;
    linkedFiles.clear();
    for (const { sentence, about } of notices) sayOnce(sentence, about);
    for (const run of before) {
      if (!found.runs.has(run.id) && runs.get(run.id) === run && !isBelowAny(run.id, found.unreadable))
        remove(run);
    }
    for (const [id, files] of found.runs) {
      await budget.rest();
      if (closed) return;
      await setFiles(id, files);
      runs.get(id)?.setBeside(found.beside.get(id) ?? []);
    }
    for (const directory of found.directories) watches.add(directory);
    const present = new Set(found.directories);
    watches.keep((path) => present.has(path) || runs.has(path) || linkedFiles.has(path));
    for (const run of before) {
      await budget.rest();
      if (closed || runs.get(run.id) !== run) continue;
      await lookAt(run);
    }
  }

  async function lookAt(run: FollowedRun): Promise<void> {
    try {
      await run.lookForChanges();
    } catch (error) {
      failed(run, error);
    }
    if (!run.caughtUp && !closed) queue.add(run, false);
  }

  function nudge(id: string, file: string): void {
    if (closed) return;
    const run = runs.get(id);
    if (run?.touch(file)) {
      queue.add(run, true);
      return;
    }
    // A new file: only its own directory needs to be listed.
    listings.add(id);
  }

  /** A run that falls silent causes no event, so check the states periodically. */
  const stateTimer = setInterval(() => {
    for (const run of runs.values()) if (states.get(run.id) !== run.state()) tell.changed(run);
  }, options.stateEveryMs ?? 1000);
  stateTimer.unref();

  return {
    name: storage.root,
    runs,
    get notices() {
      return notices.map(({ sentence }) => sentence);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start() {
      await look();
      checks.start();
      unwatched.start();
    },
    scanned,
    settled,
    nudge,
    setSenders(id, count) {
      if (count > 0) senders.set(id, count);
      else senders.delete(id);
      const run = runs.get(id);
      if (!run) return;
      run.setSenders(count);
    },
    setTrainingPaused(id, isPaused) {
      if (isPaused) paused.add(id);
      else paused.delete(id);
      runs.get(id)?.setTrainingPaused(isPaused);
    },
    setWanted(id, isWanted) {
      if (isWanted) wanted.add(id);
      else wanted.delete(id);
      const run = runs.get(id);
      if (run) tellWanted(run);
    },
    annotate(next) {
      annotations = next;
      for (const run of runs.values()) {
        const annotation = next.get(run.id);
        if (JSON.stringify(annotation) === JSON.stringify(run.annotation)) continue;
        run.annotate(annotation);
      }
    },
    async event(id, number, offset, length) {
      const file = runs.get(id)?.files[number];
      const event = await readEvent(storage, file, offset, length);
      if (event !== 'changed') return event;
      if (file) nudge(id, file.name);
      return null;
    },
    async files(id) {
      const found = (runs.get(id)?.files ?? []).map(({ path }) => logFileOf(storage, path));
      return (await Promise.all(found)).filter((file) => file !== null);
    },
    beside: async (id) => (runs.has(id) ? listBeside(storage, id) : null),
    openBeside: async (id, path) => (runs.has(id) ? openBeside(storage, id, path) : null),
    async close() {
      closed = true;
      listings.close();
      clearTimeout(timer);
      clearTimeout(soon);
      clearInterval(stateTimer);
      watches.close();
      await checks.close();
      await unwatched.close();
      await bulk.close();
      await looking;
      await queue.close();
      await background;
      await storage.close();
    },
  };
}
