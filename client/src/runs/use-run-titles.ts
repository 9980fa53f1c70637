import { nameOfRun } from '@convscope/shared/run-name.js';
import { useCallback, useMemo } from 'react';
import type { RunList } from '../sources/source.js';
import { useStore } from '../ui/store.js';
import { useRuns } from './runs-context.js';

/** What runs are called that are known by their names only. It is the same function while no label changes. */
export function useRunTitles(): (run: string) => string {
  // As a text, which is equal while the labels are: the list changes whenever a run grows.
  const labels = useStore(useRuns().list, labelsIn);
  const titles = useMemo(() => new Map<string, string>(JSON.parse(labels)), [labels]);
  return useCallback((run) => titles.get(run) ?? nameOfRun(run), [titles]);
}

function labelsIn(list: RunList | undefined): string {
  return JSON.stringify(
    list?.runs.flatMap(({ run, label }) => (label === undefined ? [] : [[run, label]])) ?? [],
  );
}
