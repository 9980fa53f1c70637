import type { RunSummary } from '@convscope/shared/protocol/live.js';

/**
 * The run that is asked for; else the one that is shown while it lives or nothing else does; else the newest that
 * lives, else the newest.
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
