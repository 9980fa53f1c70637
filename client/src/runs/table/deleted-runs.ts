/** Runs that the hub has moved to the trash, left out until its list of runs, which comes later, does so too. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { RunList } from '../../sources/source.js';

export class DeletedRuns {
  /** As they were listed when they were deleted. */
  readonly #deleted = new Map<string, RunSummary>();

  /** @param list what the hub has said last */
  delete(runs: readonly string[], list: RunList | undefined): void {
    const gone = new Set(runs);
    for (const summary of list?.runs ?? [])
      if (gone.has(summary.run)) this.#deleted.set(summary.run, summary);
  }

  restore(runs: readonly string[]): void {
    for (const run of runs) this.#deleted.delete(run);
  }

  /** The list without them. A run that is listed with other files, because somebody writes it again, is there. */
  shownIn(list: RunList): RunList {
    if (this.#deleted.size === 0) return list;
    const listed = new Map(list.runs.map((summary) => [summary.run, summary]));
    for (const [run, { generation, bytes }] of this.#deleted) {
      const now = listed.get(run);
      if (now?.generation !== generation || now.bytes !== bytes) this.#deleted.delete(run);
    }
    return { ...list, runs: list.runs.filter(({ run }) => !this.#deleted.has(run)) };
  }
}
