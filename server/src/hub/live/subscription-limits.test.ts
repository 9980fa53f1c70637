import { LIMITS } from '@convscope/shared/protocol/limits.js';
import type { LivePoints } from '@convscope/shared/protocol/live-points.js';
import { describe, expect, it } from 'vitest';
import { scalar } from '../testing/run-bytes.js';
import { connected, viewerSocket, waitFor } from '../testing/test-hub.js';
import { fold, hubWith, received, stop, subscribe, write } from './testing/subscriber.js';

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
