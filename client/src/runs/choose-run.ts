import type { RunSummary } from '@convscope/shared/protocol/live.js';

/**
 * Chooses the run to show, in this order: the one that is asked for; the one that is shown, if it is live or no run
 * is; the newest live run; the newest run.
 */
export function chooseRun(
  runs: readonly RunSummary[],
  asked: string | undefined,
  shown: string | undefined,
): RunSummary | undefined {
  const newest = (some: readonly RunSummary[]) =>
    some.reduce<RunSummary | undefined>(
      (best, one) => (best && best.lastWallTime >= one.lastWallTime ? best : one),
      undefined,
    );
  const live = runs.filter(({ state }) => state === 'live');
  const held = runs.find(({ run }) => run === shown);
  return (
    runs.find(({ run }) => run === asked) ??
    (held !== undefined && (held.state === 'live' || live.length === 0) ? held : undefined) ??
    newest(live) ??
    newest(runs)
  );
}
