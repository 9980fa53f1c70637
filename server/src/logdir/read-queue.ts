import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FollowedRun } from './followed-run.js';

/** Runs read at the same time: one is parsed while the other waits for the disk. */
const PARALLEL = 2;

/**
 * Gives runs their turn to read, one chunk at a time, so that requests and sockets are served in between. What was
 * just written goes before what is old and long.
 */
export function createReadQueue(failed: (run: FollowedRun, error: unknown) => void) {
  const urgent = new Set<FollowedRun>();
  const ordinary = new Set<FollowedRun>();
  /** Runs whose turn it is; true when they are wanted again. */
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
