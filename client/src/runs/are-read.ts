import type { RunSummary } from '@convscope/shared/protocol/live.js';

/** Whether all logs have been read, so that it is known which of them are the newest. */
export function areRead(runs: readonly RunSummary[]): boolean {
  return runs.every(({ readToEnd }) => readToEnd);
}
