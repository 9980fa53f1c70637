import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scalar, sessionStart, TORCH_FILE } from '../testing/run-bytes.js';
import { connected, type ViewerSocket, viewerSocket, waitFor, watch } from '../testing/test-hub.js';
import { fold, hubWith, received, subscribe, write } from './testing/subscriber.js';

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
