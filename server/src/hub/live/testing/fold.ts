/** What a viewer makes of live rows, and what HTTP says of the same run. */
import type { LiveRows, RunDetail } from '@convscope/shared/protocol/live.js';
import { BLOB_ROW_BYTES, SCALAR_ROW_BYTES } from '@convscope/shared/protocol/rows.js';
import { scalarRows, type TestHub, type ViewerSocket } from '../../testing/test-hub.js';

export const FILE = 'events.out.tfevents.1.host.1.0';

export async function getBytes(
  hub: TestHub,
  path: string,
  query: Record<string, string | number>,
): Promise<Buffer> {
  const params = new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
  );
  const response = await fetch(`${hub.url}/api/${path}?${params}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return Buffer.from(await response.arrayBuffer());
}

export async function detailOf(hub: TestHub, run: string): Promise<RunDetail> {
  return (await (await fetch(`${hub.url}/api/run?run=${encodeURIComponent(run)}`)).json()) as RunDetail;
}

/** All rows of a run as HTTP gives them, by `kind tag`. */
export async function rowsOverHttp(hub: TestHub, run: string): Promise<Record<string, string>> {
  const { summary, tags } = await detailOf(hub, run);
  const all: Record<string, string> = {};
  for (const { tag, kind } of tags) {
    const query = { run, tag, kind, generation: summary.generation, from: 0 };
    const rows = kind === 'scalar' ? scalarRows(hub, run, tag) : getBytes(hub, 'index', query);
    all[`${kind} ${tag}`] = (await rows).toString('hex');
  }
  return all;
}

/** Folds the live stream as the protocol says: a hole is fetched, an overlap dropped, a new generation voids. */
export function fold(hub: TestHub, viewer: ViewerSocket, run: string) {
  const columns = new Map<string, Buffer>();
  let generation = 0;
  let holes = 0;
  let work = Promise.resolve();
  const take = async (message: LiveRows) => {
    if (message.generation < generation) return;
    if (message.generation > generation) {
      generation = message.generation;
      columns.clear();
    }
    const { tag, kind, start } = message;
    const key = `${kind} ${tag}`;
    const rowBytes = kind === 'scalar' ? SCALAR_ROW_BYTES : BLOB_ROW_BYTES;
    let have = columns.get(key) ?? Buffer.alloc(0);
    if (start * rowBytes > have.length) {
      holes++;
      const query = { run, tag, kind, generation, from: have.length / rowBytes };
      const missing =
        kind === 'scalar'
          ? (await scalarRows(hub, run, tag)).subarray(have.length)
          : await getBytes(hub, 'index', query);
      have = Buffer.concat([have, missing]);
    }
    const rest = Buffer.from(message.bytes).subarray(have.length - start * rowBytes);
    columns.set(key, Buffer.concat([have, rest]));
  };
  viewer.on('rows', (messages) => {
    for (const message of messages) if (message.run === run) work = work.then(() => take(message));
  });
  return {
    rows: async (): Promise<Record<string, string>> => {
      await work;
      return Object.fromEntries([...columns].map(([key, bytes]) => [key, bytes.toString('hex')]));
    },
    holes: () => holes,
    generation: () => generation,
  };
}
