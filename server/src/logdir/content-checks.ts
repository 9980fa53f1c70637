import { compressionOf } from '@convscope/shared/event-log/compression.js';
import { nextRegister } from '@convscope/shared/event-log/crc32c.js';
import type { LogStorage } from '../storage/storage.js';
import type { FollowedFile, Seal } from './followed-file.js';
import type { FollowedRun } from './followed-run.js';

/** How much is read at a time: about 0.3 ms of work. */
const PIECE_BYTES = 256 * 1024;
/** A pause after a piece, as a multiple of the time that it took. */
const REST = 20;
const ROUND_MS = 500;
/** Pauses before a run is read again once more: the first, and the longest when its files keep changing. */
const AGAIN_MS = { first: 1000, longest: 60_000 };
/** A longer file that grows is compared once it is quiet: it may lie on a disk far away. */
const SMALL_BYTES = 16 * 1024 * 1024;

export interface ContentChecksOptions {
  readonly storage: LogStorage;
  readonly runs: ReadonlyMap<string, FollowedRun>;
  /** Called when a file no longer holds what was read of it. */
  readonly changed: (run: FollowedRun) => void;
  readonly roundMs?: number | undefined;
}

/**
 * Finds files that no longer hold what was read of them: a hole that was filled, a record that was corrected, a file that
 * was written anew from its beginning. A log only grows, so a follower reads what is new and nothing twice; this compares
 * the rest, by checksum, when a file has changed, and takes a twentieth of the time at most.
 */
export function createContentChecks(options: ContentChecksOptions) {
  const { storage, runs, changed, roundMs = ROUND_MS } = options;
  const again = new WeakMap<FollowedRun, { readonly notBefore: number; readonly pause: number }>();
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let resting: (() => void) | undefined;
  let running: Promise<void> = Promise.resolve();

  function rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      resting = wake;
      timer = setTimeout(wake, ms);
      timer.unref();
    });
  }

  async function work(): Promise<void> {
    while (!closed) {
      await rest(roundMs);
      for (const run of [...runs.values()]) {
        for (const file of run.files) {
          if (closed) return;
          if (isDue(file)) await check(run, file);
        }
      }
    }
  }

  function isDue(file: FollowedFile): boolean {
    if (!file.isReadToEnd || file.readTo === 0) return false;
    const { seal } = file;
    if (file.isTouched || seal?.upTo !== file.readTo || seal.modified !== file.modified) return true;
    return file.finished && seal.compared !== file.modified;
  }

  async function check(run: FollowedRun, file: FollowedFile): Promise<void> {
    const { readTo, modified, isTouched, seal: before } = file;
    if (modified === null) return;
    // It was changed before there was anything to compare. A writer may be in the middle of a write.
    if (isTouched && before === null) {
      if (file.finished) readAgain(run);
      return;
    }
    const isWhole = isTouched || file.finished || readTo <= SMALL_BYTES;
    const from = isWhole || before === null || before.upTo > readTo ? 0 : before.upTo;
    const seal = await sealOf(run, file, from, readTo, modified, before);
    if (seal === 'changed') readAgain(run);
    else if (seal !== null) {
      file.seal = seal;
      if (file.modified === modified) file.isTouched = false;
    }
  }

  /** Viewers lose what they know of the run, so one whose files change in place all the time is read ever more rarely. */
  function readAgain(run: FollowedRun): void {
    const now = performance.now();
    const last = again.get(run);
    if (last && now < last.notBefore) return;
    const isCalm = !last || now > last.notBefore + AGAIN_MS.longest;
    const pause = isCalm ? AGAIN_MS.first : Math.min(2 * last.pause, AGAIN_MS.longest);
    again.set(run, { notBefore: now + pause, pause });
    changed(run);
  }

  /** Null if it cannot be said: the file is gone, shorter or was just changed, which its follower finds out. */
  async function sealOf(
    run: FollowedRun,
    file: FollowedFile,
    from: number,
    upTo: number,
    modified: number,
    before: Seal | null,
  ): Promise<Seal | 'changed' | null> {
    let register = from === 0 || before === null ? -1 : before.register;
    const buffer = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, upTo));
    for (let at = from; at < upTo; ) {
      const began = performance.now();
      // A piece ends where the seal does.
      const end = before && at < before.upTo ? Math.min(before.upTo, upTo) : upTo;
      const length = Math.min(PIECE_BYTES, end - at);
      const { identity } = file;
      if (identity === null) return null;
      // The follower reads the file too, and says what is wrong.
      const bytes = await storage.read(file.path, identity, at, length, buffer).catch(() => null);
      if (closed || bytes?.length !== length) return null;
      if (at === 0 && before === null) run.noteForm(file, compressionOf(bytes));
      register = nextRegister(register, bytes, 0, length);
      at += length;
      if (before !== null && at === before.upTo && register !== before.register) return 'changed';
      await rest((performance.now() - began) * REST);
    }
    // What was read may be newer than the time that it would be known by.
    const now = await storage.stat(file.path).catch(() => null);
    const isSettled = now?.modified === modified || (now !== null && now.size > file.size);
    if (!isSettled) return null;
    return { upTo, register, modified, compared: from === 0 || before === null ? modified : before.compared };
  }

  return {
    start(): void {
      running = work();
    },
    async close(): Promise<void> {
      closed = true;
      resting?.();
      await running;
    },
  };
}
