import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { Logdir } from '../../logdir/logdir.js';

/** Runs in one message. */
export const RUNS_AT_ONCE = 100;
/** Removed runs that are remembered. A viewer that is further behind gets the whole list again. */
const REMOVED = 1000;

export interface RunChanges {
  readonly runs: RunSummary[];
  readonly removed: string[];
  /** How far a viewer that has these knows the list. */
  readonly known: number;
}

/** The list of runs and its changes, numbered, so that a viewer's place in them is one number. */
export class RunList {
  readonly #logdir: Logdir;
  /** The latest change of each run, the oldest first. */
  readonly #changes = new Map<string, { readonly number: number; readonly isRemoved: boolean }>();
  #removed = 0;
  #forgotten = 0;
  /** The number of the latest change. */
  latest = 0;

  constructor(logdir: Logdir) {
    this.#logdir = logdir;
  }

  changed(run: string, isRemoved: boolean): void {
    if (this.#changes.get(run)?.isRemoved) this.#removed--;
    this.#changes.delete(run);
    this.#changes.set(run, { number: ++this.latest, isRemoved });
    if (isRemoved && ++this.#removed > REMOVED) this.#forget();
  }

  summaries(ids: readonly string[]): RunSummary[] {
    return ids.flatMap((id) => {
      const run = this.#logdir.runs.get(id);
      return run?.summary() ?? [];
    });
  }

  /** The next changes after `known`; null when some of them are forgotten. */
  changesAfter(known: number): RunChanges | null {
    if (known < this.#forgotten) return null;
    const changed: string[] = [];
    const removed: string[] = [];
    let upTo = known;
    for (const [id, { number, isRemoved }] of this.#changes) {
      if (number <= known) continue;
      if (changed.length + removed.length === RUNS_AT_ONCE) break;
      (isRemoved ? removed : changed).push(id);
      upTo = number;
    }
    return { runs: this.summaries(changed), removed, known: upTo };
  }

  /** Forgets the oldest removal. */
  #forget(): void {
    for (const [id, { number, isRemoved }] of this.#changes) {
      if (!isRemoved) continue;
      this.#changes.delete(id);
      this.#forgotten = number;
      this.#removed--;
      return;
    }
  }
}
