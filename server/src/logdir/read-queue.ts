import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FollowedRun } from './followed-run.js';

/** Number of runs read at the same time: one is parsed while the other waits for the disk. */
const PARALLEL = 2;

/**
 * Lets runs read in turn, one chunk at a time, so that requests and sockets are served in between. Runs that were just
 * written to go before others, which may have long files to catch up on.
 */
export function createReadQueue(failed: (run: FollowedRun, error: unknown) => void) {
  const urgent = new Set<FollowedRun>();
  const ordinary = new Set<FollowedRun>();
  /** Runs that are being read; true if they were added again meanwhile. */
  const busy = new Map<FollowedRun, boolean>();
  let closed = false;
  let lanes = 0;
  let idle: (() => void)[] = [];

  function take(): FollowedRun | undefined {
    for (const queue of [urgent, ordinary]) {
      for (const run of queue) {
        queue.delete(run);
        urgent.delete(run);
        ordinary.delete(run);
        return run;
      }
    }
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
    remove(run: FollowedRun): void {
      urgent.delete(run);
      ordinary.delete(run);
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
