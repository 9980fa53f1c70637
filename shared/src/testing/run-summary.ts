/** Entries of the list of runs for tests, which name only what they are about. */
import type { RunSummary } from '../protocol/live.js';

export function runSummary(run: string, change: Partial<RunSummary> = {}): RunSummary {
  return {
    run,
    state: 'completed',
    synthetic: false,
    generation: 1,
    readToEnd: true,
    lastStep: 1,
    firstWallTime: 1,
    lastWallTime: 2,
    bytes: 1,
    gaps: 0,
    sparkline: [],
    ...change,
  };
}
