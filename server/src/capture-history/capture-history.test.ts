import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { createCaptureHistory } from '@convscope/shared/answers/capture-history.js';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { decodeHistory, type HistoryRow, isReadable } from '@convscope/shared/protocol/history.js';
import type { RecordOf } from '@convscope/shared/run-record.js';
import { expect, it, vi } from 'vitest';
import { DAMAGED_FILE, frames, oracleBytes, oracleJson, runHead, uid } from '../hub/testing/run-bytes.js';
import { startTestHub, type TestHub } from '../hub/testing/test-hub.js';

const TAG = 'conv1/preactivation';
const shape = { pictures: 1, channels: 3, height: 4, width: 4 };

/** Maps of a sine, of a channel that is negative everywhere if it `isDead`, and of a constant. */
function maps(step: number, isDead: boolean): RecordOf<'channels'> {
  const values = Float32Array.from({ length: 48 }, (_, at) => {
    const channel = at >> 4;
    return channel === 0 ? Math.sin(at + step) : channel === 1 ? Math.cos(at * 3) - (isDead ? 9 : 0) : 2;
  });
  return encodeChannels(
    {
      ...{ tag: TAG, step, wallTime: step, layer: 'conv1', role: 'preactivation' },
      ...{ values, shape, layout: 'NCHW', probes: [0] },
    },
    (bytes) => deflateSync(bytes),
  );
}

async function hubWith(files: Readonly<Record<string, Uint8Array>>): Promise<TestHub> {
  const hub = await startTestHub();
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(join(hub.root, name), { recursive: true });
    await writeFile(join(hub.root, name, DAMAGED_FILE), bytes);
  }
  await vi.waitFor(() => expect(hub.logdir.runs.size).toBe(Object.keys(files).length));
  await hub.logdir.settled();
  return hub;
}

/** All rows of a tag, asked for as the page does: from where the last answer ended. */
async function historyOf(hub: TestHub, run: string, tag: string, kind: string): Promise<HistoryRow[]> {
  const { generation } = hub.logdir.runs.get(run)!;
  const rows: HistoryRow[] = [];
  const total = hub.logdir.runs.get(run)!.column(tag, kind)!.rows;
  while (rows.length < total) {
    const query = new URLSearchParams({ run, tag, kind, duplicates: '1' });
    const answer = await fetch(
      `${hub.url}/api/history?${query}&generation=${generation}&from=${rows.length}`,
    );
    expect(answer.status).toBe(200);
    const read = decodeHistory(new Uint8Array(await answer.arrayBuffer()));
    expect(read.length).toBeGreaterThan(0);
    rows.push(...read);
  }
  return rows;
}

it('tells of every capture of a run what its channels were, without maps', async () => {
  const steps = Array.from({ length: 40 }, (_, index) => index * 10);
  const isDead = (step: number) => step === 110 || (step >= 220 && step <= 260);
  const hub = await hubWith({
    run: Buffer.concat([runHead(uid('a')), ...steps.map((step) => frames(maps(step, isDead(step))))]),
  });
  const rows = (await historyOf(hub, 'run', TAG, 'channels')).filter(isReadable);
  expect(rows.map(({ step }) => step)).toEqual(steps);
  expect(rows.filter(({ max }) => max[1]! <= 0).map(({ step }) => step)).toEqual(steps.filter(isDead));
  for (const { min, max } of rows) expect([min[2], max[2]]).toEqual([2, 2]);
});

it('computes the same of a PyTorch tensor log as from the values that torch logged', async () => {
  const hub = await hubWith({ torch: oracleBytes(`torch-tensors/${DAMAGED_FILE}`) });
  interface Logged {
    readonly step: number;
    readonly shape: readonly number[];
    readonly values: readonly number[];
  }
  const { tags } = oracleJson<{ tags: Record<string, Logged[]> }>('torch-tensors/expected.json');
  const logged = tags['conv1/output']!;
  const rows = (await historyOf(hub, 'torch', 'conv1/output', 'tensor')).filter(isReadable);
  expect(rows.map(({ step }) => step)).toEqual(logged.map(({ step }) => step));
  rows.forEach((row, index) => {
    const { values, shape } = logged[index]!;
    const places = shape.at(-1)! * shape.at(-2)!;
    const channels = Array.from({ length: shape.at(-3)! }, (_, channel) =>
      values.slice(channel * places, (channel + 1) * places),
    );
    expect([...row.min]).toEqual(channels.map((one) => Math.min(...one)));
    expect([...row.max]).toEqual(channels.map((one) => Math.max(...one)));
    expect(row.range).toMatchObject({ min: Math.min(...values), max: Math.max(...values) });
  });
});

it('names the step of a capture whose maps are damaged, and reads the others', async () => {
  const good = maps(0, false);
  const damaged = maps(10, false);
  damaged.atlases[0]!.fill(0, 40);
  const hub = await hubWith({
    run: Buffer.concat([runHead(uid('b')), frames(good), frames(damaged), frames(maps(20, true))]),
  });
  const rows = await historyOf(hub, 'run', TAG, 'channels');
  expect(rows.map((row) => [row.step, isReadable(row)])).toEqual([
    [0, true],
    [10, false],
    [20, true],
  ]);
});

it('answers with an error for an unknown tag, another kind and a generation that is over', async () => {
  const hub = await hubWith({ run: Buffer.concat([runHead(uid('c')), frames(maps(0, false))]) });
  const { generation } = hub.logdir.runs.get('run')!;
  const status = async (change: Record<string, string>) => {
    const query = { run: 'run', tag: TAG, kind: 'channels', duplicates: '0', from: '0' };
    const all = new URLSearchParams({ ...query, generation: String(generation), ...change });
    return (await fetch(`${hub.url}/api/history?${all}`)).status;
  };
  expect(await status({})).toBe(200);
  expect(await status({ tag: 'conv2/preactivation' })).toBe(404);
  expect(await status({ kind: 'tensor' })).toBe(404);
  expect(await status({ kind: 'scalar' })).toBe(400);
  expect(await status({ duplicates: 'yes' })).toBe(400);
  expect(await status({ generation: '1' })).toBe(409);
});

it('has nothing to tell, and does not fail, while the files of a run are replaced', async () => {
  const hub = await hubWith({ run: Buffer.concat([runHead(uid('e')), frames(maps(0, false))]) });
  const history = createCaptureHistory({ event: async () => null }, async () => new Uint8Array());
  const options = { from: 0, findDuplicates: true };
  expect(await history.read(hub.logdir.runs.get('run')!, TAG, 'channels', options)).toBeNull();
});

it('grows with the log', async () => {
  const hub = await hubWith({ run: Buffer.concat([runHead(uid('d')), frames(maps(0, false))]) });
  expect(await historyOf(hub, 'run', TAG, 'channels')).toHaveLength(1);
  await appendFile(join(hub.root, 'run', DAMAGED_FILE), frames(maps(10, true)));
  await vi.waitFor(async () => expect(await historyOf(hub, 'run', TAG, 'channels')).toHaveLength(2));
});
