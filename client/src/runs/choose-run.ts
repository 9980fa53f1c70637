import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { areRead } from './are-read.js';
import { hasRecords } from './has-records.js';

export interface RunChoice {
  readonly run: RunSummary | undefined;
  /** The run that should be shown, if it is not in the list: no other is shown in its place. */
  readonly missing: string | undefined;
}

/**
 * Chooses the run to show, in this order: the one that is asked for; the one that is shown, if it is live or no run
 * is, or if it has gone; the newest live run; the newest run. A file in which nothing has been logged yet does not make a
 * run live here: writers leave such files beside those that they write to. The shown run is left only for one whose log has been
 * read to its end, since the end may say that the run has ended.
 */
export function chooseRun(
  runs: readonly RunSummary[],
  asked: string | undefined,
  shown: string | undefined,
): RunChoice {
  const wanted = asked ?? shown;
  const held = runs.find(({ run }) => run === wanted);
  if (wanted !== undefined && held === undefined) return { run: undefined, missing: wanted };
  const live = runs.filter(isLive);
  const certain = live.filter(({ readToEnd }) => readToEnd);
  const stays = asked !== undefined || (held !== undefined && isLive(held)) || certain.length === 0;
  const run = (stays ? held : undefined) ?? newest(certain) ?? newest(live) ?? newest(runs);
  return { run, missing: undefined };
}

/**
 * The run that a page shows by its own choice. One that was chosen before every log had been read may not be the newest, so that
 * the page chooses once more when all have been.
 */
export class HeldRun {
  #run: string | undefined;
  #isFinal = false;

  /** What `chooseRun` is to take as shown. */
  among(runs: readonly RunSummary[]): string | undefined {
    return this.#isFinal || !areRead(runs) ? this.#run : undefined;
  }

  hold(run: string, runs: readonly RunSummary[]): void {
    this.#run = run;
    this.#isFinal ||= areRead(runs);
  }

  get run(): string | undefined {
    return this.#run;
  }

  /** Whether it was chosen when all logs had been read. */
  get isFinal(): boolean {
    return this.#isFinal;
  }
}

function isLive(run: RunSummary): boolean {
  return run.state === 'live' && hasRecords(run);
}

function newest(runs: readonly RunSummary[]): RunSummary | undefined {
  return runs.reduce<RunSummary | undefined>(
    (best, one) => (best && best.lastWallTime >= one.lastWallTime ? best : one),
    undefined,
  );
}
