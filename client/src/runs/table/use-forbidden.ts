import { useEffect } from 'react';
import { useStore, useStoreValue } from '../../ui/store.js';
import { useRuns } from '../runs-context.js';

/** Why this page may not change runs, if it may not. The hub is asked again after every connection. */
export function useForbidden(): string | undefined {
  const { connection, table } = useRuns();
  const isConnected = useStore(connection, ({ status }) => status === 'connected');
  useEffect(() => {
    if (isConnected) void table.actions.askControl();
  }, [isConnected, table]);
  return useStoreValue(table.actions.forbidden);
}
