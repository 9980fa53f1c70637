/** A hub for tests of the app: it has runs, and answers what pages ask on their own. */
import { Runs } from '../../runs/runs.js';
import type { ConnectionState, RunList, Source, SourceListener } from '../../sources/source.js';
import { FakeScalars } from '../../sources/testing/fake-scalars.js';

/** A hub with the runs that the test says. */
export function hubWith(
  list: RunList | undefined,
  connection: ConnectionState = { status: 'connected', roundTrip: 1 },
  detail: Source['detail'] = () => new Promise(() => undefined),
) {
  const listeners = new Set<SourceListener>();
  const source: Source = {
    address: 'hub.test',
    connection,
    list,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    watch: () => undefined,
    detail,
    credit: () => undefined,
    ...new FakeScalars().source(),
    indexRows: async () => new Uint8Array(),
    histories: async () => [],
    event: async () => new Uint8Array(),
    async *events() {},
    retry: () => undefined,
    close: () => undefined,
  };
  const tell = (next: RunList) => {
    for (const { runs } of listeners) runs?.(next);
  };
  const connect = (next: ConnectionState) => {
    for (const { connection } of listeners) connection?.(next);
  };
  return { runs: new Runs(source), tell, connect };
}
