import type { RunSummary } from '@convscope/shared/protocol/live.js';

/** Sentences about all of a run that is not shown, in its event files and beside them. */
export function notShownOf(summary: RunSummary | undefined): readonly string[] {
  return [...(summary?.notShown ?? []), ...(summary?.beside ?? [])];
}
