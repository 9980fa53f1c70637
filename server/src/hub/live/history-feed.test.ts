import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { decodeHistory, isReadable } from '@convscope/shared/protocol/history.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import type { Watch } from '@convscope/shared/protocol/live.js';
import type { RecordOf } from '@convscope/shared/run-record.js';
import { describe, expect, it, vi } from 'vitest';
import { createCaptureHistory } from '../../capture-history/capture-history.js';
import { frames, runHead, TORCH_FILE, uid } from '../testing/run-bytes.js';
import {
  connected,
  startTestHub,
  type TestHub,
  type ViewerSocket,
  viewerSocket,
  waitFor,
  watch,
} from '../testing/test-hub.js';

const shape = { pictures: 2, channels: 4, height: 4, width: 4 };

/** Maps in which channel 1 is dead in every third capture, 2 repeats 0 in every fifth, and 3 has a NaN in every seventh. */
function maps(tag: string, step: number): RecordOf<'channels'> {
  const values = Float32Array.from({ length: 128 }, (_, at) => {
    const [channel, place] = [(at >> 4) % 4, at & 15];
    const wave = (of: number) => Math.sin((at >> 6) + place * (of + 1) + step);
    if (channel === 1) return wave(1) - (step % 3 === 0 ? 2 : 0);
    if (channel === 2) return step % 5 === 0 ? -wave(0) : wave(2);
    return channel === 3 && step % 7 === 0 && place === 3 ? Number.NaN : wave(channel);
  });
  const layer = tag.replace(/\/.*/, '');
  return encodeChannels(
    {
      ...{ tag, step, wallTime: step, layer, role: 'preactivation' },
      ...{ values, shape, layout: 'NCHW', probes: [0, 1] },
    },
    (bytes) => deflateSync(bytes),
  );
}

const tags = ['conv1/preactivation', 'conv2/preactivation'] as const;

async function hubWithRun(): Promise<TestHub> {
  const hub = await startTestHub();
  await mkdir(join(hub.root, 'run'), { recursive: true });
  await writeFile(join(hub.root, 'run', TORCH_FILE), runHead(uid('a')));
  await waitFor(() => expect(hub.logdir.runs.size).toBe(1));
  return hub;
}

function append(hub: TestHub, ...records: RecordOf<'channels'>[]): Promise<void> {
  return appendFile(join(hub.root, 'run', TORCH_FILE), Buffer.concat(records.map((one) => frames(one))));
}

/** Blocks by `tag duplicates`, by row. */
type Blocks = Map<string, Map<number, string>>;

function pushed(viewer: ViewerSocket): { blocks: Blocks; messages: () => number } {
  const blocks: Blocks = new Map();
  let messages = 0;
  viewer.on('history', (message) => {
    messages++;
    const bytes = Buffer.from(message.blocks);
    let at = 0;
    for (const { tag, row, duplicates, length } of message.captures) {
      const key = `${tag} ${duplicates}`;
      const known = blocks.get(key) ?? new Map<number, string>();
      blocks.set(key, known);
      // In the order of the rows.
      expect(row).toBeGreaterThan(Math.max(-1, ...known.keys()));
      known.set(row, bytes.toString('hex', at, at + length));
      at += length;
    }
    expect(at).toBe(bytes.length);
  });
  return { blocks, messages: () => messages };
}

async function fetched(hub: TestHub, tag: string, duplicates: boolean): Promise<string> {
  const { generation } = hub.logdir.runs.get('run')!;
  const column = hub.logdir.runs.get('run')!.column(tag, 'channels')!;
  let all = '';
  for (let from = 0; from < column.rows; ) {
    const query = { run: 'run', tag, kind: 'channels', duplicates: duplicates ? '1' : '0' };
    const numbers = { generation: String(generation), from: String(from) };
    const answer = await fetch(`${hub.url}/api/history?${new URLSearchParams({ ...query, ...numbers })}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    from += decodeHistory(bytes).length;
    all += bytes.toString('hex');
  }
  return all;
}

const watching = (histories: NonNullable<Watch['histories']>): Watch => ({
  ...{ runs: ['run'], mapsOf: 'run', tags: [], histories },
});

describe('what new captures say about their channels', () => {
  it('comes to a viewer that watches the tag, and is to the byte what it would be if it were asked for', async () => {
    const hub = await hubWithRun();
    const viewer = await connected(viewerSocket(hub));
    const { blocks, messages } = pushed(viewer);
    await watch(
      viewer,
      watching([
        { tag: tags[0], duplicates: true },
        { tag: tags[1], duplicates: false },
      ]),
    );
    const captures = 60;
    for (let step = 0; step < captures; step++) {
      const damaged = maps(tags[0], step);
      if (step === 13) damaged.atlases[0]!.fill(0, 40);
      await append(hub, damaged, maps(tags[1], step));
    }
    await waitFor(() => {
      expect(blocks.get(`${tags[0]} true`)?.size).toBe(captures);
      expect(blocks.get(`${tags[1]} false`)?.size).toBe(captures);
    });
    expect([...blocks.keys()].sort()).toEqual([`${tags[0]} true`, `${tags[1]} false`]);
    expect(messages()).toBeLessThanOrEqual(captures * 2);
    // Of a hub that has judged nothing yet, and reads the log.
    const reader = await startTestHub({ logdir: hub.root });
    await waitFor(() => {
      for (const tag of tags)
        expect(reader.logdir.runs.get('run')?.column(tag, 'channels')?.rows).toBe(captures);
    });
    const first = [...blocks.get(`${tags[0]} true`)!.values()].join('');
    expect(first).toBe(await fetched(reader, tags[0], true));
    expect([...blocks.get(`${tags[1]} false`)!.values()].join('')).toBe(
      await fetched(reader, tags[1], false),
    );
    const rows = decodeHistory(Buffer.from(first, 'hex'));
    expect(rows.flatMap((row, step) => (isReadable(row) ? [] : [step]))).toEqual([13]);
    expect(rows.flatMap((row, step) => (isReadable(row) && row.duplicates.length > 0 ? [step] : []))).toEqual(
      [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55],
    );
  });

  it('comes with what the viewer asked for: each of several viewers is sent its own tags and no others', async () => {
    const hub = await hubWithRun();
    const [one, two, none] = await Promise.all([0, 1, 2].map(() => connected(viewerSocket(hub))));
    const [ofOne, ofTwo, ofNone] = [one!, two!, none!].map(pushed);
    await watch(one!, watching([{ tag: tags[0], duplicates: true }]));
    await watch(two!, watching(tags.map((tag) => ({ tag, duplicates: false }))));
    await watch(none!, { runs: ['run'], mapsOf: 'run', tags: [...tags] });
    await append(hub, maps(tags[0], 0), maps(tags[1], 0));
    await waitFor(() => {
      expect([...ofOne!.blocks.keys()]).toEqual([`${tags[0]} true`]);
      expect([...ofTwo!.blocks.keys()].sort()).toEqual(tags.map((tag) => `${tag} false`));
    });
    expect(ofNone!.messages()).toBe(0);
  });

  it('is watched of as many tags as maps are, and a longer list or name does not cost the viewer its answer', async () => {
    const hub = await hubWithRun();
    const viewer = await connected(viewerSocket(hub));
    const { blocks } = pushed(viewer);
    const names = [
      'x'.repeat(LIMITS.tagLength + 1),
      ...Array.from({ length: LIMITS.watchedTags }, (_, at) => `${at}`),
    ];
    const histories = [...names, tags[0]].map((tag) => ({ tag, duplicates: true }));
    expect(await watch(viewer, watching([{ tag: tags[1], duplicates: true }, ...histories]))).toHaveLength(1);
    await append(hub, maps(tags[0], 0), maps(tags[1], 0));
    await waitFor(() => expect([...blocks.keys()]).toEqual([`${tags[1]} true`]));
  });
});

it('leaves captures out that come faster than they can be judged, instead of holding them all', async () => {
  const hub = await hubWithRun();
  await append(hub, maps(tags[0], 0));
  const run = hub.logdir.runs.get('run')!;
  await waitFor(() => expect(run.column(tags[0], 'channels')?.rows).toBe(1));
  const history = createCaptureHistory({ event: async () => null }, vi.fn());
  const column = run.column(tags[0], 'channels')!;
  const judged = Array.from({ length: 40 }, () => history.judge(run, column, true, new Uint8Array(1 << 20)));
  expect(judged.filter((one) => one !== null)).toHaveLength(16);
  await history.close();
  // Those that the thread did not come to are left out as well.
  expect((await Promise.all(judged)).at(-1)).toBeNull();
});
