/** Gives components access to the runs. */
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

/** The entry of a run in the list. */
export function useRunSummary(run: string | undefined): RunSummary | undefined {
  return useStore(useRuns().list, (list) => list?.runs.find((one) => one.run === run));
}

/** Whether the connection to the hub is lost: what is known of the runs may no longer be so. */
export function useIsHubLost(): boolean {
  return useStore(useRuns().connection, (connection) => connection.status === 'lost');
}
