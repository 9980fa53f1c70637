import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeParts } from '@convscope/shared/protocol/parts.js';
import { BLOB_ROW_BYTES } from '@convscope/shared/protocol/rows.js';
import { describe, expect, it } from 'vitest';
import { picture, TORCH_FILE } from '../testing/run-bytes.js';
import { startTestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';

async function open() {
  const logdir = join(await temporaryFolder(), 'runs');
  await mkdir(join(logdir, 'run'), { recursive: true });
  const pictures = [0, 4, 8].map((step) => picture('map', step, 100));
  await writeFile(join(logdir, 'run', TORCH_FILE), Buffer.concat([...pictures, picture('other', 2, 100)]));
  const hub = await startTestHub({ logdir });
  await waitFor(() => expect(hub.logdir.runs.get('run')?.summary().readToEnd).toBe(true));
  const run = hub.logdir.runs.get('run')!;
  const ask = (request: object | string, init?: RequestInit) =>
    fetch(`${hub.url}/api/indexes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof request === 'string' ? request : JSON.stringify(request),
      ...init,
    });
  return { run, ask };
}

describe('several indexes', () => {
  it('come in one answer, with the rows that each would have alone', async () => {
    const { run, ask } = await open();
    const indexes = [
      ['map', 'image', 1],
      ['nothing', 'image', 0],
      ['other', 'image', 0],
      ['map', 'image', 9],
    ];
    const response = await ask({ run: 'run', generation: run.generation, indexes });
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const [late, none, other, beyond] = decodeParts(new Uint8Array(await response.arrayBuffer()), 4);
    expect(late).toEqual(new Uint8Array(run.column('map', 'image')!.bytes(1)));
    expect(late).toHaveLength(2 * BLOB_ROW_BYTES);
    expect(none).toBe('not there');
    expect(other).toHaveLength(BLOB_ROW_BYTES);
    expect(beyond).toHaveLength(0);
  });

  it('are refused where the request is none', async () => {
    const { run, ask } = await open();
    const { generation } = run;
    const statusOf = async (request: object | string, init?: RequestInit) =>
      (await ask(request, init)).status;
    const indexes = [['map', 'image', 0]];
    expect(await statusOf({ run: 'run', generation: generation + 1, indexes })).toBe(409);
    expect(await statusOf({ run: 'gone', generation, indexes })).toBe(404);
    expect(await statusOf({ run: 'run', generation, indexes: [] })).toBe(400);
    expect(await statusOf({ run: 'run', generation, indexes: [['map', 'image', -1]] })).toBe(400);
    expect(await statusOf({ run: 'run', generation, indexes: Array(257).fill(indexes[0]) })).toBe(400);
    expect(await statusOf('nonsense')).toBe(400);
    expect(await statusOf('x'.repeat(2 ** 21))).toBe(413);
    expect(await statusOf('{}', { headers: { 'content-type': 'text/plain' } })).toBe(415);
    const got = await ask('', { method: 'GET', body: null });
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
