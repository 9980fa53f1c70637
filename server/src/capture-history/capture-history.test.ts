import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { createCaptureHistory } from '@convscope/shared/answers/capture-history.js';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import {
  decodeHistory,
  encodeHistoryRow,
  type HistoryRow,
  isReadable,
} from '@convscope/shared/protocol/history.js';
import { type AnswerPart, decodeParts } from '@convscope/shared/protocol/parts.js';
import type { RecordOf } from '@convscope/shared/run-record.js';
import { expect, it, vi } from 'vitest';
import { DAMAGED_FILE, frames, oracleBytes, oracleJson, runHead, uid } from '../hub/testing/run-bytes.js';
import { startTestHub, type TestHub } from '../hub/testing/test-hub.js';

const TAG = 'conv1/preactivation';
const shape = { pictures: 1, channels: 3, height: 4, width: 4 };

/** Maps of a sine, of a channel that is negative everywhere if it `isDead`, and of a constant. */
function maps(step: number, isDead: boolean, tag = TAG): RecordOf<'channels'> {
  const values = Float32Array.from({ length: 48 }, (_, at) => {
    const channel = at >> 4;
    return channel === 0 ? Math.sin(at + step) : channel === 1 ? Math.cos(at * 3) - (isDead ? 9 : 0) : 2;
  });
  return encodeChannels(
    {
      ...{ tag, step, wallTime: step, layer: tag.split('/')[0]!, role: 'preactivation' },
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

function ask(hub: TestHub, request: object | string, init?: RequestInit): Promise<Response> {
  return fetch(`${hub.url}/api/histories`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof request === 'string' ? request : JSON.stringify(request),
    ...init,
  });
}

const question = (tag: string, kind: string, from = 0) => ({ tag, kind, from, findDuplicates: true });

async function partsOf(hub: TestHub, run: string, histories: readonly object[]): Promise<AnswerPart[]> {
  const { generation } = hub.logdir.runs.get(run)!;
  const answer = await ask(hub, { run, generation, histories });
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
  return decodeParts(new Uint8Array(await answer.arrayBuffer()), histories.length);
}

const rowsIn = (part: AnswerPart | undefined): HistoryRow[] =>
  part instanceof Uint8Array ? decodeHistory(part) : [];

/** All rows of a tag, asked for as the page does: from where the last answer ended. */
async function historyOf(hub: TestHub, run: string, tag: string, kind: string): Promise<HistoryRow[]> {
  const rows: HistoryRow[] = [];
  const total = hub.logdir.runs.get(run)!.column(tag, kind)!.rows;
  while (rows.length < total) {
    const [part] = await partsOf(hub, run, [question(tag, kind, rows.length)]);
    const read = rowsIn(part);
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

it('tells of several tags in one answer, and of one that is not there only that', async () => {
  const other = maps(7, false, 'conv2/preactivation');
  const hub = await hubWith({
    run: Buffer.concat([runHead(uid('c')), frames(maps(0, false)), frames(other), frames(maps(10, false))]),
  });
  const questions = [
    question('conv3/preactivation', 'channels'),
    question('conv2/preactivation', 'channels'),
    question(TAG, 'tensor'),
    question(TAG, 'scalar'),
    question(TAG, 'channels', 1),
    question(TAG, 'channels', 2),
  ];
  const said = async () =>
    (await partsOf(hub, 'run', questions)).map((part) =>
      typeof part === 'string' ? part : rowsIn(part).map(({ step }) => step),
    );
  // The first answer may end before the thread that reads captures has started.
  const all = ['not there', [7], 'not there', 'not there', [10], []];
  await vi.waitFor(async () => expect(await said()).toEqual(all));
});

it('ends an answer that takes long, says what is to be asked for later, and loses no capture', async () => {
  const names = ['conv1', 'conv2', 'conv3'].map((layer) => `${layer}/preactivation`);
  const steps = [0, 1, 2, 3, 4, 5];
  const hub = await hubWith({
    run: Buffer.concat([
      runHead(uid('f')),
      ...steps.flatMap((step) => names.map((name) => frames(maps(step, false, name)))),
    ]),
  });
  const run = hub.logdir.runs.get('run')!;
  // Longer than an answer may take, for each capture.
  const slow = createCaptureHistory(hub.logdir, async (capture) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return encodeHistoryRow({ step: capture.step, unreadable: true });
  });
  const told = new Map(names.map((name): [string, number[]] => [name, []]));
  const left = () => names.filter((name) => told.get(name)!.length < steps.length);
  const first = await slow.read(
    run,
    names.map((name) => question(name, 'channels')),
  );
  expect(first.map((part) => (typeof part === 'string' ? part : rowsIn(part).length))).toEqual([
    1,
    'later',
    'later',
  ]);
  while (left().length > 0) {
    const asked = left();
    const parts = await slow.read(
      run,
      asked.map((name) => question(name, 'channels', told.get(name)!.length)),
    );
    expect(parts.some((part) => rowsIn(part).length > 0)).toBe(true);
    for (const [place, name] of asked.entries())
      told.get(name)!.push(...rowsIn(parts[place]).map(({ step }) => step));
  }
  expect([...told.values()]).toEqual(names.map(() => steps));
  // What has been made is kept, so that all of it comes at once.
  const again = await slow.read(
    run,
    names.map((name) => question(name, 'channels')),
  );
  expect(again.map((part) => rowsIn(part).length)).toEqual(names.map(() => steps.length));
});

it('refuses what is no question, and a generation that is over', async () => {
  const hub = await hubWith({ run: Buffer.concat([runHead(uid('a')), frames(maps(0, false))]) });
  const { generation } = hub.logdir.runs.get('run')!;
  const statusOf = async (request: object | string, init?: RequestInit) =>
    (await ask(hub, request, init)).status;
  const histories = [question(TAG, 'channels')];
  const request = { run: 'run', generation, histories };
  expect(await statusOf(request)).toBe(200);
  expect(await statusOf({ ...request, generation: 1 })).toBe(409);
  expect(await statusOf({ ...request, run: 'gone' })).toBe(404);
  expect(await statusOf({ ...request, histories: [] })).toBe(400);
  expect(await statusOf({ ...request, histories: [{ ...histories[0], findDuplicates: 'yes' }] })).toBe(400);
  expect(await statusOf({ ...request, histories: [question(TAG, 'channels', -1)] })).toBe(400);
  expect(await statusOf({ ...request, histories: Array(257).fill(histories[0]) })).toBe(400);
  expect(await statusOf('nonsense')).toBe(400);
  expect(await statusOf('x'.repeat(2 ** 21))).toBe(413);
  expect(await statusOf('{}', { headers: { 'content-type': 'text/plain' } })).toBe(415);
  const got = await ask(hub, '', { method: 'GET', body: null });
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
});

it('has nothing to tell, and does not fail, while the files of a run are replaced', async () => {
  const hub = await hubWith({ run: Buffer.concat([runHead(uid('e')), frames(maps(0, false))]) });
  const history = createCaptureHistory({ event: async () => null }, async () => new Uint8Array());
  const run = hub.logdir.runs.get('run')!;
  expect(await history.read(run, [question(TAG, 'channels')])).toEqual(['not there']);
});

it('grows with the log', async () => {
  const hub = await hubWith({ run: Buffer.concat([runHead(uid('d')), frames(maps(0, false))]) });
  expect(await historyOf(hub, 'run', TAG, 'channels')).toHaveLength(1);
  await appendFile(join(hub.root, 'run', DAMAGED_FILE), frames(maps(10, true)));
  await vi.waitFor(async () => expect(await historyOf(hub, 'run', TAG, 'channels')).toHaveLength(2));
});
