import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunIndex } from '@convscope/shared/log-index/run-index.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { SCALAR_ROW_BYTES } from '@convscope/shared/protocol/rows.js';
import { describe, expect, it, vi } from 'vitest';
import { picture, runHead, scalar, TORCH_FILE, uid } from '../testing/run-bytes.js';
import {
  connected,
  scalarRows,
  startSender,
  startTestHub,
  temporaryFolder,
  viewerSocket,
  waitFor,
  watch,
} from '../testing/test-hub.js';
import { stop } from './testing/subscriber.js';

const FILE = 'events.out.tfevents.1.host.1.0';

async function logdirOf(runs: number): Promise<string> {
  const root = join(await temporaryFolder(), 'runs');
  await mkdir(root);
  for (let i = 0; i < runs; i++) {
    await mkdir(join(root, `run${i}`));
    await writeFile(join(root, `run${i}`, TORCH_FILE), scalar('loss', i, i));
  }
  return root;
}

describe('the list of runs', () => {
  it('comes in pieces, the last of which says that it is whole, and changes after it', async () => {
    const hub = await startTestHub({ logdir: await logdirOf(230) });
    await hub.logdir.settled();
    const viewer = viewerSocket(hub);
    const pieces: { count: number; more: boolean }[] = [];
    const runs = new Map<string, RunSummary>();
    viewer.on('runs', (message) => {
      pieces.push({ count: message.runs.length, more: message.more ?? false });
      for (const run of message.runs) runs.set(run.run, run);
    });
    viewer.on('changed', (message) => {
      expect(pieces.at(-1)?.more).toBe(false);
      for (const run of message.runs) runs.set(run.run, run);
    });
    await connected(viewer);
    await waitFor(() => expect(pieces).toHaveLength(3));
    expect(pieces).toEqual([
      { count: 100, more: true },
      { count: 100, more: true },
      { count: 30, more: false },
    ]);
    await waitFor(() => expect([...runs.values()].filter(({ lastStep }) => lastStep >= 0)).toHaveLength(230));
  });

  it('is the same for a viewer that reads late, whatever came and went meanwhile', async () => {
    const hub = await startTestHub();
    const viewer = viewerSocket(hub);
    const runs = new Map<string, number>();
    viewer.on('runs', (message) => {
      for (const { run, lastStep } of message.runs) runs.set(run, lastStep);
    });
    viewer.on('changed', (message) => {
      for (const { run, lastStep } of message.runs) runs.set(run, lastStep);
      for (const run of message.removed) runs.delete(run);
    });
    await connected(viewer);
    await viewer.emitWithAck('ping');
    const tcp = stop(viewer);
    const sender = await startSender(hub);
    for (let i = 0; i < 150; i++) {
      const file = { runUid: uid('a').slice(4) + String(1000 + i), run: `run${i}`, file: FILE };
      await sender.open(file);
      await sender.write(file, 0, Buffer.concat([runHead(file.runUid), scalar('loss', i, i)]));
    }
    await waitFor(() => expect(hub.logdir.runs.get('run149')?.index.lastStep).toBe(149));
    tcp.resume();
    await waitFor(() => expect(runs.get('run149')).toBe(149));
    await waitFor(() => expect(runs.size).toBe(150));
  });

  it('is summarised once for a change, for all viewers together', async () => {
    const hub = await startTestHub({ logdir: await logdirOf(1) });
    await hub.logdir.settled();
    const viewers = await Promise.all(Array.from({ length: 20 }, () => connected(viewerSocket(hub))));
    const steps = viewers.map(() => -1);
    viewers.forEach((viewer, i) => {
      viewer.on('changed', ({ runs }) => {
        for (const run of runs) steps[i] = run.lastStep;
      });
    });
    await Promise.all(viewers.map((viewer) => viewer.emitWithAck('ping')));
    const summarised = vi.spyOn(hub.logdir.runs.get('run0')!, 'summary');
    await writeFile(join(hub.root, 'run0', TORCH_FILE), scalar('loss', 0, 0));
    await writeFile(join(hub.root, 'run0', TORCH_FILE), scalar('loss', 7, 0), { flag: 'a' });
    await waitFor(() => expect(new Set(steps)).toEqual(new Set([7])));
    expect(new Set(summarised.mock.results.map(({ value }) => value)).size).toBeLessThanOrEqual(3);
  });
});

describe('what one viewer may hold up', () => {
  it('is bounded over all that it asked for', async () => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    const file = { runUid: uid('a'), run: 'run', file: FILE };
    await sender.open(file);
    let length = runHead(uid('a')).length;
    await sender.write(file, 0, runHead(uid('a')));
    const tags = Array.from({ length: 200 }, (_, i) => `map${i}`);
    const viewers = await Promise.all(Array.from({ length: 10 }, () => connected(viewerSocket(hub))));
    for (const viewer of viewers) await watch(viewer, { runs: ['run'], mapsOf: 'run', tags });
    for (const viewer of viewers) stop(viewer);
    globalThis.gc?.();
    const before = process.memoryUsage().arrayBuffers;
    for (const tag of tags) {
      const bytes = picture(tag, 1, 500_000);
      const answer = await sender.write(file, length, bytes);
      if (!answer.ok) throw new Error(answer.error);
      length = answer.length;
      for (const viewer of viewers) viewer.emit('credit', { run: 'run', tag });
    }
    await waitFor(() => expect(hub.logdir.runs.get('run')?.files[0]?.offset).toBe(length));
    // 100 MB were wanted by each of ten viewers.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
    await startSender(hub);
  });

  it('is less than the details of all runs that it watches, when they are large', async () => {
    const hub = await startTestHub();
    for (let run = 0; run < 3; run++) {
      await mkdir(join(hub.root, `run${run}`), { recursive: true });
      const tags = Array.from({ length: 400 }, (_, i) => scalar(`${i} ${'x'.repeat(1500)}`, 1, 1));
      await writeFile(join(hub.root, `run${run}`, TORCH_FILE), Buffer.concat(tags));
    }
    await waitFor(() =>
      expect([...hub.logdir.runs.values()].map(({ index }) => index.lastStep)).toEqual([1, 1, 1]),
    );
    await hub.logdir.settled();
    const viewer = await connected(viewerSocket(hub));
    const details = await watch(viewer, { runs: ['run0', 'run1', 'run2'], mapsOf: null, tags: [] });
    expect(details).toHaveLength(1);
    expect(JSON.stringify(details).length).toBeLessThan(1.2e6);
  });
});

it('of more viewers than are served in one turn, all get the newest map', async () => {
  const hub = await startTestHub();
  const sender = await startSender(hub);
  const file = { runUid: uid('a'), run: 'run', file: FILE };
  await sender.open(file);
  const head = runHead(uid('a'));
  await sender.write(file, 0, head);
  await waitFor(() => expect(hub.logdir.runs.get('run')).toBeDefined());
  const viewers = await Promise.all(Array.from({ length: 60 }, () => connected(viewerSocket(hub))));
  const tags = ['a', 'b'];
  const newest = viewers.map(() => new Map<string, number>());
  for (const [i, viewer] of viewers.entries()) {
    viewer.on('blob', ({ tag, row }) => {
      newest[i]!.set(tag, row);
      viewer.emit('credit', { run: 'run', tag });
    });
    await watch(viewer, { runs: ['run'], mapsOf: 'run', tags });
  }
  let { length } = head;
  for (let step = 0; step < 20; step++) {
    const bytes = Buffer.concat(tags.map((tag) => picture(tag, step, 2000)));
    await sender.write(file, length, bytes);
    length += bytes.length;
  }
  for (const seen of newest) await waitFor(() => expect([seen.get('a'), seen.get('b')]).toEqual([19, 19]));
});

describe('what cannot be sent', () => {
  it('ends neither the hub nor a viewer', async () => {
    const hub = await startTestHub({ logdir: await logdirOf(2) });
    await hub.logdir.settled();
    const run = hub.logdir.runs.get('run0')!;
    vi.spyOn(run, 'detail').mockImplementation(() => {
      throw new RangeError('Invalid string length');
    });
    const viewer = await connected(viewerSocket(hub));
    const other = await watch(await connected(viewerSocket(hub)), { runs: ['run1'], mapsOf: null, tags: [] });
    expect(other).toHaveLength(1);
    viewer.emit('watch', { runs: ['run0'], mapsOf: null, tags: [] }, () => undefined);
    await viewer.emitWithAck('ping');
    await waitFor(() => expect(hub.said.join()).toContain('Invalid string length'));
  });
});

it('the summary of a run holds the beginning of a long error', () => {
  const index = new RunIndex(1);
  index.end = { version: 1, reason: 'failed', seconds: 1, error: 'x'.repeat(1e6) };
  const { error } = index.summary('run', { state: 'failed', bytes: 0, readToEnd: true });
  expect(error).toHaveLength(LIMITS.errorLength);
  expect(error).toMatch(/^x+…$/);
});

it('a tag as long as the log may hold is fetched, and watched', async () => {
  const hub = await startTestHub();
  const tag = '日'.repeat(Math.floor(LIMITS.tagLength / 3));
  const run = ['a', 'b', 'c'].map((letter) => letter.repeat(250)).join('/');
  await mkdir(join(hub.root, run), { recursive: true });
  await writeFile(join(hub.root, run, TORCH_FILE), Buffer.concat([scalar(tag, 1, 1), scalar(tag, 2, 2)]));
  await waitFor(() => expect(hub.logdir.runs.get(run)?.index.lastStep).toBe(2));
  const viewer = await connected(viewerSocket(hub));
  const [detail] = await watch(viewer, { runs: [run], mapsOf: run, tags: [tag] });
  expect(detail?.tags).toEqual([{ tag, kind: 'scalar', rows: 2 }]);
  expect(await scalarRows(hub, run, tag)).toHaveLength(2 * SCALAR_ROW_BYTES);
});
