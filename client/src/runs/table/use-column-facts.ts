import { useEffect, useId, useMemo } from 'react';
import { useStoreValue } from '../../ui/store.js';
import { useRuns } from '../runs-context.js';
import { type ColumnId, scalarsOf } from './columns.js';
import type { KnownFacts } from './run-values.js';

/** What the columns show beside the list of runs, which is asked for while they are shown. */
export function useColumnFacts(columns: readonly ColumnId[]): KnownFacts {
  const { facts, configs: stated } = useRuns().table;
  const owner = useId();
  useEffect(() => {
    facts.want(owner, scalarsOf(columns));
    return () => facts.want(owner, []);
  }, [facts, owner, columns]);
  const summaries = useStoreValue(facts.summaries);
  const configs = useStoreValue(stated);
  return useMemo(() => ({ summaries, configs }), [summaries, configs]);
}
