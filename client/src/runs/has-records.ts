import type { RunSummary } from '@convscope/shared/protocol/live.js';

/** Whether a run has records. Those of some writers have no wall time, or one that is not a number. */
export function hasRecords({
  lastStep,
  lastWallTime,
  kinds = [],
}: Pick<RunSummary, 'lastStep' | 'lastWallTime' | 'kinds'>): boolean {
  return kinds.length > 0 || lastWallTime > 0 || lastStep !== -1;
}
