import { TimeBudget } from '@convscope/shared/time-budget.js';
import type { FollowedRun } from './followed-run.js';

const EVERY_MS = 1000;
/** A pause after a turn, as a multiple of the time that it took. */
const REST = 5;
/** Runs that changed last and are looked at in every turn. */
const RECENT = 64;
/** Number of turns in which all others are looked at once. */
const TURNS = 10;

/**
 * Looks for changes of the runs that the system does not watch: every second at those that changed last, and at each of
 * the others every ten seconds. A scan of a logdir with so many folders takes long, and rests long.
 */
export function createUnwatchedRuns(options: {
  readonly runs: ReadonlyMap<string, FollowedRun>;
  readonly isWatched: (run: FollowedRun) => boolean;
  /** Must not reject. */
  readonly look: (run: FollowedRun) => Promise<void>;
  readonly everyMs?: number | undefined;
}) {
  const { runs, isWatched, look, everyMs = EVERY_MS } = options;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let turns = 0;
  let running: Promise<void> = Promise.resolve();

  async function turn(): Promise<void> {
    const unwatched = [...runs.values()].filter((run) => !isWatched(run));
    const share = unwatched.filter((_, i) => i % TURNS === turns % TURNS);
    turns++;
    unwatched.sort((a, b) => b.lastChange - a.lastChange);
    const budget = new TimeBudget();
    for (const run of new Set([...unwatched.slice(0, RECENT), ...share])) {
      await budget.rest();
      if (closed) return;
      await look(run);
    }
  }

  function schedule(pause: number): void {
    if (closed) return;
    timer = setTimeout(() => {
      const began = performance.now();
      running = turn().then(() => schedule(Math.max(everyMs, (performance.now() - began) * REST)));
    }, pause);
    timer.unref();
  }

  return {
    start: () => schedule(everyMs),
    async close(): Promise<void> {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
