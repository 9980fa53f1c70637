import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FollowedRun } from './followed-run.js';

/**
 * Number of runs read at the same time: one is parsed while the others wait for the disk. With two the hub itself waits for the
 * disk while it takes in indexes. With more, other work waits longer where several have something to parse.
 */
export const PARALLEL = 4;

/**
 * Lets runs read in turn, one chunk at a time, so that requests and sockets are served in between. Runs that were just
 * written to go first, then those that somebody looks at. The others may have long files to catch up on.
 */
export function createReadQueue(failed: (run: FollowedRun, error: unknown) => void) {
  const urgent = new Set<FollowedRun>();
  const ordinary = new Set<FollowedRun>();
  const wanted = new Set<FollowedRun>();
  /** Runs that are being read; true if they were added again meanwhile. */
  const busy = new Map<FollowedRun, boolean>();
  let closed = false;
  let lanes = 0;
  let idle: (() => void)[] = [];

  function take(): FollowedRun | undefined {
    const run = first(urgent) ?? firstWanted() ?? first(ordinary);
    if (run === undefined) return undefined;
    urgent.delete(run);
    ordinary.delete(run);
    return run;
  }

  function firstWanted(): FollowedRun | undefined {
    for (const run of wanted) if (ordinary.has(run)) return run;
    return undefined;
  }

  async function lane(): Promise<void> {
    for (let run = take(); run && !closed; run = take()) {
      busy.set(run, false);
      let more = false;
      try {
        more = await run.step();
      } catch (error) {
        failed(run, error);
      }
      const again = busy.get(run) === true;
      busy.delete(run);
      if (again) urgent.add(run);
      else if (more) ordinary.add(run);
      await nextTurn();
    }
    lanes--;
    if (lanes === 0 && (closed || urgent.size + ordinary.size === 0)) {
      const waiting = idle;
      idle = [];
      for (const resolve of waiting) resolve();
    }
  }

  return {
    add(run: FollowedRun, isUrgent: boolean): void {
      if (closed) return;
      if (busy.has(run)) {
        busy.set(run, true);
        return;
      }
      (isUrgent ? urgent : ordinary).add(run);
      if (lanes < PARALLEL) {
        lanes++;
        void lane();
      }
    },
    /** Says whether somebody looks at the run. */
    setWanted(run: FollowedRun, isWanted: boolean): void {
      if (isWanted) wanted.add(run);
      else wanted.delete(run);
    },
    remove(run: FollowedRun): void {
      for (const runs of [urgent, ordinary, wanted]) runs.delete(run);
    },
    /** Whether there is something to read. */
    get isBusy() {
      return lanes > 0;
    },
    /** Resolves when nothing is left to read. */
    async idle(): Promise<void> {
      if (lanes > 0) await new Promise<void>((resolve) => idle.push(resolve));
    },
    async close(): Promise<void> {
      closed = true;
      await this.idle();
    },
  };
}

function first<T>(all: Iterable<T>): T | undefined {
  for (const one of all) return one;
  return undefined;
}
