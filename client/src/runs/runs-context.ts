/** The runs, for components of every page. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { createContext, useContext } from 'react';
import { useStore } from '../ui/store.js';
import type { Runs } from './runs.js';

export const RunsContext = createContext<Runs | undefined>(undefined);

export function useRuns(): Runs {
  const runs = useContext(RunsContext);
  if (runs === undefined) throw new Error('This component stands outside of RunsContext.');
  return runs;
}

/** What the list says of a run. */
export function useRunSummary(run: string | undefined): RunSummary | undefined {
  return useStore(useRuns().list, (list) => list?.runs.find((one) => one.run === run));
}
