import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import type { Subscribed, Subscription } from '@convscope/shared/protocol/live.js';
import { decodeLivePoints, type LivePoints } from '@convscope/shared/protocol/live-points.js';
import { describe, expect, it } from 'vitest';
import { scalar, sessionStart, TORCH_FILE } from '../testing/run-bytes.js';
import {
  connected,
  startTestHub,
  type TestHub,
  temporaryFolder,
  type ViewerSocket,
  viewerSocket,
  waitFor,
  watch,
} from '../testing/test-hub.js';

async function write(hub: { root: string }, run: string, ...frames: Uint8Array[]): Promise<void> {
  await mkdir(join(hub.root, run), { recursive: true });
  await appendFile(join(hub.root, run, TORCH_FILE), Buffer.concat(frames));
}

async function hubWith(runs: readonly string[], frames: readonly Uint8Array[]): Promise<TestHub> {
  const root = join(await temporaryFolder(), 'runs');
  for (const run of runs) await write({ root }, run, ...frames);
  const hub = await startTestHub({ logdir: root });
  await waitFor(async () => {
    await hub.logdir.settled();
    for (const run of runs) expect(hub.logdir.runs.get(run)?.summary().readToEnd).toBe(true);
  });
  return hub;
}

async function subscribe(viewer: ViewerSocket, message: Subscription): Promise<Subscribed> {
  const answer = await viewer.emitWithAck('subscribe', message);
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

/** All blocks that arrive, and how many messages they came in. */
function received(viewer: ViewerSocket): { blocks: LivePoints[]; messages: () => number } {
  const blocks: LivePoints[] = [];
  let messages = 0;
  viewer.on('points', (bytes) => {
    messages++;
    blocks.push(...decodeLivePoints(new Uint8Array(bytes)));
  });
  return { blocks, messages: () => messages };
}

/** Puts blocks together as the protocol says; a hole is an error. */
function fold(blocks: readonly LivePoints[], run: number, tag: number): number[] {
  const steps: number[] = [];
  for (const block of blocks) {
    if (block.run !== run || block.tag !== tag) continue;
    if (block.start > steps.length) throw new Error(`Rows ${steps.length} to ${block.start} are missing.`);
    steps.push(...block.steps.slice(steps.length - block.start));
  }
  return steps;
}

/** Stops reading at the level of TCP, as a browser tab does that is blocked. */
function stop(viewer: ViewerSocket): { resume(): void } {
  const { ws } = viewer.io.engine.transport as unknown as {
    ws: { _socket: { pause(): void; resume(): void } };
  };
  ws._socket.pause();
  return ws._socket;
}

describe('a subscription', () => {
  it('says what is there, and brings new points of its series and no others', async () => {
    const hub = await hubWith(['a', 'b'], [scalar('loss', 0, 0), scalar('loss', 1, 1), scalar('acc', 0, 0)]);
    const viewer = await connected(viewerSocket(hub));
    const { blocks } = received(viewer);
    const subscribed = await subscribe(viewer, {
      runs: ['b', 'later', 'a'],
      tags: ['loss', 'lr'],
      width: 100,
    });
    expect(subscribed).toEqual({
      generations: [hub.logdir.runs.get('b')?.generation, null, hub.logdir.runs.get('a')?.generation],
      series: [
        [0, 0, 2],
        [2, 0, 2],
      ],
      refused: [],
    });
    await write(hub, 'a', scalar('acc', 1, 1), scalar('loss', 2, 0.1));
    await waitFor(() => expect(blocks).toHaveLength(1));
    expect(blocks[0]).toEqual({
      ...{ run: 2, tag: 0, generation: hub.logdir.runs.get('a')?.generation, start: 2, kept: 3 },
      steps: Float64Array.of(2),
      wallTimes: Float64Array.of(1_700_000_002),
      values: Float64Array.of(Math.fround(0.1)),
    });
    // A tag and a run that come later are part of it from their first row on.
    await write(hub, 'b', scalar('lr', 7, 1));
    await write(hub, 'later', scalar('loss', 0, 1), scalar('loss', 1, 1));
    await waitFor(() => expect(fold(blocks, 1, 0)).toEqual([0, 1]));
    await waitFor(() => expect(fold(blocks, 0, 1)).toEqual([7]));
  });

  it('has its runs read before others, for as long as somebody shows them', async () => {
    const hub = await hubWith(['a', 'b', 'c'], [scalar('loss', 0, 0)]);
    const wanted = () => [...hub.logdir.runs.values()].filter((run) => run.isWanted).map(({ id }) => id);
    const viewer = await connected(viewerSocket(hub));
    await subscribe(viewer, { runs: ['a', 'b'], tags: ['loss'], width: 100 });
    expect(wanted().sort()).toEqual(['a', 'b']);
    const other = await connected(viewerSocket(hub));
    await watch(other, { runs: ['b'], mapsOf: null, tags: [] });
    await subscribe(viewer, { runs: [], tags: [], width: 100 });
    expect(wanted()).toEqual(['b']);
    await subscribe(viewer, { runs: ['b'], tags: ['loss'], width: 100 });
    other.disconnect();
    await waitFor(async () => expect(hub.logdir.runs.get('b')?.isWanted).toBe(true));
    viewer.disconnect();
    await waitFor(() => expect(wanted()).toEqual([]));
  });

  it('says with new points how many are left, when a writer began anew before the older ones', async () => {
    const hub = await hubWith(
      ['a'],
      Array.from({ length: 10 }, (_, step) => scalar('loss', step, 1)),
    );
    const viewer = await connected(viewerSocket(hub));
    const { blocks } = received(viewer);
    await subscribe(viewer, { runs: ['a'], tags: ['loss'], width: 100 });
    await write(hub, 'a', sessionStart(4), scalar('loss', 20, 1));
    await waitFor(() => expect(blocks.map(({ start, kept }) => [start, kept])).toEqual([[10, 5]]));
  });

  it('takes the place of the scalar rows of watched runs, of which the first still tells of a new tag', async () => {
    const hub = await hubWith(['a'], [scalar('loss', 0, 0), scalar('lr', 0, 0)]);
    const [subscribed, other] = [await connected(viewerSocket(hub)), await connected(viewerSocket(hub))];
    const { blocks } = received(subscribed);
    const heardBy = (viewer: ViewerSocket) => {
      const heard: string[] = [];
      viewer.on('rows', (rows) => heard.push(...rows.map(({ tag, start }) => `${tag} ${start}`)));
      return heard;
    };
    const [heard, heardByOther] = [heardBy(subscribed), heardBy(other)];
    await subscribe(subscribed, { runs: ['a'], tags: ['loss'], width: 10 });
    for (const viewer of [subscribed, other])
      await viewer.emitWithAck('watch', { runs: ['a'], mapsOf: null, tags: [] });
    await write(hub, 'a', scalar('loss', 1, 1), scalar('lr', 1, 1), scalar('new', 1, 1));
    await waitFor(() => expect(heardByOther.sort()).toEqual(['loss 1', 'lr 1', 'new 0']));
    await waitFor(() => expect(heard).toEqual(['new 0']));
    expect(blocks.map(({ start }) => start)).toEqual([1]);
    await subscribe(subscribed, { runs: [], tags: [], width: 10 });
    await write(hub, 'a', scalar('loss', 2, 1));
    await waitFor(() => expect(heard).toEqual(['new 0', 'loss 2']));
  });

  it('of 500 runs and 5 tags is one request, and what grows in one turn is one message', async () => {
    const tags = ['a', 'b', 'c', 'd', 'e'];
    const runs = Array.from({ length: 500 }, (_, i) => `run-${i}`);
    const hub = await hubWith(
      runs,
      tags.map((tag) => scalar(tag, 0, 0)),
    );
    const viewer = await connected(viewerSocket(hub));
    const { blocks, messages } = received(viewer);
    const { series, refused } = await subscribe(viewer, { runs, tags, width: 500 });
    expect([series.length, refused]).toEqual([2500, []]);
    await Promise.all(runs.map((run) => write(hub, run, ...tags.map((tag) => scalar(tag, 1, 1)))));
    await waitFor(() => expect(blocks.length).toBeGreaterThanOrEqual(2500));
    expect(new Set(blocks.map(({ run, tag, start }) => `${run} ${tag} ${start}`)).size).toBe(2500);
    expect(messages()).toBeLessThan(1000);
  });

  it('leaves out what a chart of its width cannot show, and says where it goes on', async () => {
    const hub = await hubWith(['a'], [scalar('loss', 0, 0)]);
    const viewer = await connected(viewerSocket(hub));
    const { blocks } = received(viewer);
    await subscribe(viewer, { runs: ['a'], tags: ['loss'], width: 10 });
    const frames = Array.from({ length: 1000 }, (_, i) => scalar('loss', i + 1, i));
    await write(hub, 'a', ...frames);
    await waitFor(() => expect(blocks.at(-1)?.steps.at(-1)).toBe(1000));
    for (const { steps } of blocks) expect(steps.length).toBeLessThanOrEqual(10);
    expect(blocks.at(-1)).toMatchObject({ start: 1001 - blocks.at(-1)!.steps.length });
  });

  it('goes on anew when the files are replaced', async () => {
    const hub = await hubWith(['a'], [scalar('loss', 0, 0), scalar('loss', 1, 0)]);
    const viewer = await connected(viewerSocket(hub));
    const { blocks } = received(viewer);
    const { generations } = await subscribe(viewer, { runs: ['a'], tags: ['loss'], width: 10 });
    await writeFile(join(hub.root, 'a', TORCH_FILE), scalar('loss', 5, 0));
    await waitFor(() => expect(blocks).toHaveLength(1));
    expect([blocks[0]!.start, [...blocks[0]!.steps]]).toEqual([0, [5]]);
    expect(blocks[0]!.generation).toBeGreaterThan(generations[0]!);
  });

  it('is replaced by the next one, and ended by one without runs', async () => {
    const hub = await hubWith(['a'], [scalar('loss', 0, 0), scalar('acc', 0, 0)]);
    const viewer = await connected(viewerSocket(hub));
    const { blocks } = received(viewer);
    await subscribe(viewer, { runs: ['a'], tags: ['loss'], width: 10 });
    await subscribe(viewer, { runs: ['a'], tags: ['acc'], width: 10 });
    await write(hub, 'a', scalar('loss', 1, 0), scalar('acc', 1, 0));
    await waitFor(() => expect(blocks.map(({ tag, start }) => [tag, start])).toEqual([[0, 1]]));
    await subscribe(viewer, { runs: [], tags: [], width: 10 });
    await write(hub, 'a', scalar('acc', 2, 0));
    await waitFor(() => expect(hub.logdir.runs.get('a')?.index.lastStep).toBe(2));
    await viewer.emitWithAck('ping');
    expect(blocks).toHaveLength(1);
  });
});

describe('what is over a limit in a subscription or a watch', () => {
  it('is refused by itself, and the rest goes on', async () => {
    const hub = await hubWith(['a'], [scalar('loss', 0, 0)]);
    const viewer = await connected(viewerSocket(hub));
    const { blocks } = received(viewer);
    const [run, tag] = ['r'.repeat(LIMITS.runIdLength + 1), 't'.repeat(LIMITS.tagLength + 1)];
    const { refused } = await subscribe(viewer, { runs: [run, 'a'], tags: [tag, 'loss'], width: 10 });
    expect(refused).toEqual([
      { tag, reason: expect.stringContaining('characters') },
      { run, reason: expect.stringContaining('characters') },
    ]);
    await write(hub, 'a', scalar('loss', 1, 0));
    await waitFor(() => expect(blocks).toMatchObject([{ run: 1, tag: 1, start: 1 }]));

    const watched = { runs: [run, 'a'], mapsOf: null, tags: [tag] };
    const [details, names] = await new Promise<unknown[]>((resolve) =>
      viewer.emit('watch', watched, (...answer) => resolve(answer)),
    );
    expect(details).toMatchObject([{ summary: { run: 'a' } }]);
    expect(names).toMatchObject([{ run }, { tag }]);
  });

  it('is no path that a file system takes, such as one with the overrides of a sweep', async () => {
    const long = Array.from({ length: 3 }, () => 'lr=0.1,'.repeat(30)).join('/');
    expect(long.length).toBeGreaterThan(512);
    const hub = await hubWith([long, 'a'], [scalar('loss', 0, 0)]);
    const viewer = await connected(viewerSocket(hub));
    const { blocks } = received(viewer);
    const { refused } = await subscribe(viewer, { runs: [long, 'a'], tags: ['loss'], width: 10 });
    expect(refused ?? []).toEqual([]);
    for (const run of [long, 'a']) await write(hub, run, scalar('loss', 1, 0));
    await waitFor(() => expect(new Set(blocks.map(({ run }) => run))).toEqual(new Set([0, 1])));
    const detail = await fetch(`${hub.url}/api/run?run=${encodeURIComponent(long)}`);
    expect(await detail.json()).toMatchObject({ summary: { run: long } });
  });

  it('is named when it is one too many', async () => {
    const hub = await hubWith(['a'], [scalar('loss', 0, 0)]);
    const viewer = await connected(viewerSocket(hub));
    const tags = ['loss', ...Array.from({ length: 99 }, (_, i) => `tag-${i}`)];
    const runs = ['a', ...Array.from({ length: LIMITS.subscribedSeries / 100 }, (_, i) => `run-${i}`)];
    const { series, refused } = await subscribe(viewer, { runs, tags, width: 10 });
    expect(series).toEqual([[0, 0, 1]]);
    expect(refused).toEqual([{ run: runs.at(-1), reason: expect.stringContaining('at most 10000 series') }]);

    const watched = { runs: [...runs.slice(1, LIMITS.watchedRuns + 1), 'a'], mapsOf: null, tags: [] };
    const [, names] = await new Promise<unknown[]>((resolve) =>
      viewer.emit('watch', watched, (...answer) => resolve(answer)),
    );
    expect(names).toEqual([{ run: 'a', reason: expect.stringContaining('64 runs') }]);
  });
});

describe('a viewer that does not read', () => {
  it('gets what it missed when it reads again', async () => {
    const hub = await hubWith(['a', 'b'], [scalar('loss', 0, 0)]);
    const viewers = await Promise.all([connected(viewerSocket(hub)), connected(viewerSocket(hub))]);
    const [slow, quick] = [received(viewers[0]!), received(viewers[1]!)];
    for (const viewer of viewers) await subscribe(viewer, { runs: ['a', 'b'], tags: ['loss'], width: 8000 });
    const socket = stop(viewers[0]!);
    for (let step = 1; step <= 200; step++) {
      await write(hub, step % 2 === 0 ? 'a' : 'b', scalar('loss', step, 0));
      await waitFor(() => expect(quick.blocks.at(-1)?.steps.at(-1)).toBe(step));
    }
    socket.resume();
    const last = (blocks: LivePoints[]) => blocks.map(({ steps }) => steps.at(-1) ?? 0);
    await waitFor(() => expect(Math.max(...last(slow.blocks))).toBe(200));
    for (const run of [0, 1]) {
      const ofRun = (blocks: LivePoints[]) => fold([before(run), ...blocks], run, 0);
      expect(ofRun(slow.blocks)).toEqual(ofRun(quick.blocks));
    }
  });

  it('and has missed more series than are noted is told how many points there are', async () => {
    const tags = Array.from({ length: 2600 }, (_, i) => `tag-${i}`);
    const hub = await hubWith(
      ['a'],
      tags.map((tag) => scalar(tag, 0, 0)),
    );
    const viewer = await connected(viewerSocket(hub));
    const { blocks } = received(viewer);
    await subscribe(viewer, { runs: ['a'], tags, width: 100 });
    const socket = stop(viewer);
    // More than the system takes for a socket that is not read.
    for (let step = 1; step <= 100; step++) {
      await write(hub, 'a', ...tags.map((tag) => scalar(tag, step, 0)));
      await waitFor(() => expect(hub.logdir.runs.get('a')?.scalars('tag-2599')?.rows).toBe(step + 1));
    }
    socket.resume();
    const known = () => {
      const rows = new Map<number, number>();
      for (const { tag, start, steps } of blocks)
        rows.set(tag, Math.max(rows.get(tag) ?? 0, start + steps.length));
      return rows;
    };
    await waitFor(() => expect([...known().values()]).toEqual(tags.map(() => 101)));
    expect(blocks.filter(({ steps }) => steps.length === 0).length).toBeGreaterThanOrEqual(2600);
  });
});

/** The row that was there before the subscription. */
function before(run: number): LivePoints {
  const zero = Float64Array.of(0);
  return { run, tag: 0, generation: 0, start: 0, kept: 1, steps: zero, wallTimes: zero, values: zero };
}
