import { useRef } from 'react';
import type { DrawnRun } from '../../runs/use-drawn-runs.js';

/**
 * The same array while nothing has changed that is drawn of the runs. The entries of live runs change with every point, and
 * all cards would be drawn anew.
 */
export function useSameRuns(runs: readonly DrawnRun[]): readonly DrawnRun[] {
  const before = useRef(runs);
  if (!areSame(before.current, runs)) before.current = runs;
  return before.current;
}

export function areSame(before: readonly DrawnRun[], runs: readonly DrawnRun[]): boolean {
  return (
    before.length === runs.length &&
    runs.every((run, at) => {
      const old = before[at]!;
      return (
        old === run ||
        (old.run === run.run &&
          old.place === run.place &&
          old.label === run.label &&
          old.generation === run.generation &&
          old.firstWallTime === run.firstWallTime &&
          JSON.stringify(old.config) === JSON.stringify(run.config))
      );
    })
  );
}
