import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GapSummary, LiveRows, RunSummary } from '@convscope/shared/protocol/live.js';
import { BLOB_ROW_BYTES, readBlobRow, SCALAR_ROW_BYTES } from '@convscope/shared/protocol/rows.js';
import { describe, expect, it, vi } from 'vitest';
import { openLocalLogdir } from '../../storage/local-storage.js';
import { oracleBytes, picture, runEnd, runHead, scalar, TORCH_FILE, uid } from '../testing/run-bytes.js';
import {
  connected,
  startSender,
  startTestHub,
  temporaryFolder,
  viewerSocket,
  waitFor,
  watch,
} from '../testing/test-hub.js';
import { detailOf, FILE, fold, getBytes, rowsOverHttp } from './testing/fold.js';

/** A training run in frames: forty scalars a step, a map now and then. */
function* trainingFrames(steps: number): Generator<Buffer> {
  for (let step = 1; step <= steps; step++) {
    yield Buffer.concat([
      scalar('train/loss', step, step === 7 ? Number.NaN : 1 / step),
      scalar('train/accuracy', step, step / steps),
      ...Array.from({ length: 38 }, (_, i) => scalar(`gradient_norm/layer${i}`, step, i + step)),
      ...(step % 10 === 0
        ? [picture('conv1/preactivation', step, 3000), picture('conv2/preactivation', step, 2000)]
        : []),
    ]);
  }
}

describe('what a viewer folds', () => {
  it('is what HTTP gives afterwards and what the log holds', async () => {
    const hub = await startTestHub();
    const viewer = await connected(viewerSocket(hub));
    const folded = fold(hub, viewer, 'run');
    await watch(viewer, { runs: ['run'], mapsOf: null, tags: [] });
    const sender = await startSender(hub);
    const file = { runUid: uid('a'), run: 'run', file: FILE };
    await sender.open(file);
    const parts = [runHead(uid('a')), ...trainingFrames(60), runEnd(60, 'completed')];
    let length = 0;
    for (const part of parts) {
      // Frames are cut anywhere, as a sender does.
      for (let at = 0; at < part.length; at += 1111) {
        const answer = await sender.write(file, length, part.subarray(at, at + 1111));
        if (!answer.ok) throw new Error(answer.error);
        length = answer.length;
      }
    }
    await waitFor(async () => expect((await detailOf(hub, 'run')).summary.state).toBe('completed'));
    const served = await rowsOverHttp(hub, 'run');
    await waitFor(async () => expect(await folded.rows()).toEqual(served));

    // The log, read by nothing of the hub: a scalar row holds the step, wall time and float32 that were written.
    const written = Buffer.concat(parts);
    expect(await readFile(join(hub.root, 'run', FILE))).toEqual(written);
    const losses = Buffer.from(served['scalar train/loss']!, 'hex');
    expect(losses.length).toBe(60 * SCALAR_ROW_BYTES);
    for (let i = 0; i < 60; i++) {
      const row = losses.subarray(i * SCALAR_ROW_BYTES);
      expect([row.readDoubleLE(0), row.readDoubleLE(8), row.readDoubleLE(16)]).toEqual([
        i + 1,
        1_700_000_001 + i,
        i === 6 ? Number.NaN : Math.fround(1 / (i + 1)),
      ]);
    }
    // Every map that the index lists, byte for byte.
    const { generation } = (await detailOf(hub, 'run')).summary;
    const index = Buffer.from(served['image conv1/preactivation']!, 'hex');
    expect(index.length).toBe(6 * BLOB_ROW_BYTES);
    for (let i = 0; i < 6; i++) {
      const {
        offset,
        length: size,
        file: number,
        step,
      } = readBlobRow(new DataView(index.buffer, index.byteOffset, index.length), i * BLOB_ROW_BYTES);
      const event = await getBytes(hub, 'event', {
        run: 'run',
        generation,
        file: number,
        offset,
        length: size,
      });
      expect(event).toEqual(picture('conv1/preactivation', step, 3000).subarray(12, -4));
      expect(event).toEqual(written.subarray(offset + 12, offset + 12 + size));
    }
  });

  it('begins where the details end, when the run was there before', async () => {
    const hub = await startTestHub();
    await mkdir(join(hub.root, 'run'));
    await writeFile(join(hub.root, 'run', TORCH_FILE), Buffer.concat([scalar('x', 1, 1), scalar('x', 2, 2)]));
    await waitFor(() => expect(hub.logdir.runs.get('run')?.index.lastStep).toBe(2));
    const viewer = await connected(viewerSocket(hub));
    const rows: LiveRows[] = [];
    viewer.on('rows', (message) => rows.push(...message));
    const [detail] = await watch(viewer, { runs: ['run', 'unknown'], mapsOf: null, tags: [] });
    expect(detail).toMatchObject({ summary: { run: 'run' }, tags: [{ tag: 'x', kind: 'scalar', rows: 2 }] });
    await appendFile(join(hub.root, 'run', TORCH_FILE), scalar('x', 3, 3));
    await waitFor(() => expect(rows).toHaveLength(1));
    expect(rows[0]).toMatchObject({ run: 'run', tag: 'x', start: 2, generation: detail!.summary.generation });
    expect(Buffer.from(rows[0]!.bytes).readDoubleLE(0)).toBe(3);
  });

  it('is a foreign log as well, while its writer writes, and anew when the file is replaced', async () => {
    const hub = await startTestHub();
    const viewer = await connected(viewerSocket(hub));
    const folded = fold(hub, viewer, 'torch');
    await watch(viewer, { runs: ['torch'], mapsOf: null, tags: [] });
    await mkdir(join(hub.root, 'torch'));
    const bytes = oracleBytes(`torch-scalars/${TORCH_FILE}`);
    for (let at = 0; at < bytes.length; at += 400)
      await appendFile(join(hub.root, 'torch', TORCH_FILE), bytes.subarray(at, at + 400));
    await waitFor(() => expect(hub.logdir.runs.get('torch')?.files[0]?.offset).toBe(bytes.length));
    await waitFor(async () => expect(await folded.rows()).toEqual(await rowsOverHttp(hub, 'torch')));
    const before = folded.generation();

    await writeFile(
      join(hub.root, 'torch', TORCH_FILE),
      Buffer.concat([scalar('other', 1, 1), scalar('other', 2, 1)]),
    );
    await waitFor(async () => expect(Object.keys(await folded.rows())).toEqual(['scalar other']));
    await waitFor(async () => expect(await folded.rows()).toEqual(await rowsOverHttp(hub, 'torch')));
    expect(folded.generation()).toBeGreaterThan(before);
  });

  it('holds a gap, told once, with the steps around it', async () => {
    const hub = await startTestHub();
    const viewer = await connected(viewerSocket(hub));
    const gaps: { run: string; gap: GapSummary }[] = [];
    viewer.on('gap', (message) => gaps.push(message));
    await watch(viewer, { runs: ['run'], mapsOf: null, tags: [] });
    await mkdir(join(hub.root, 'run'));
    const broken = scalar('x', 2, 2);
    broken[broken.length - 6]! ^= 1;
    await writeFile(
      join(hub.root, 'run', TORCH_FILE),
      Buffer.concat([scalar('x', 1, 1), broken, scalar('x', 3, 3)]),
    );
    await waitFor(() => expect(gaps).toHaveLength(1));
    expect(gaps[0]).toMatchObject({
      run: 'run',
      gap: {
        file: TORCH_FILE,
        offset: scalar('x', 1, 1).length,
        length: broken.length,
        afterStep: 1,
        beforeStep: 3,
      },
    });
    expect((await detailOf(hub, 'run')).gaps).toEqual([gaps[0]!.gap]);
  });

  it('holds every gap that the run lists, also of a file with hundreds that are read at once', async () => {
    const hub = await startTestHub();
    const viewer = await connected(viewerSocket(hub));
    const gaps = new Map<number, GapSummary>();
    viewer.on('gap', ({ gap }) => gaps.set(gap.offset, gap));
    await watch(viewer, { runs: ['run'], mapsOf: null, tags: [] });
    await mkdir(join(hub.root, 'run'));
    const frames = Array.from({ length: 600 }, (_, step) => {
      const frame = scalar('x', step, step);
      if (step % 2 === 1) frame[frame.length - 6]! ^= 1;
      return frame;
    });
    await writeFile(join(hub.root, 'run', TORCH_FILE), Buffer.concat([...frames, scalar('x', 600, 0)]));
    await waitFor(async () => {
      const listed = (await detailOf(hub, 'run')).gaps;
      expect(listed.length).toBeGreaterThan(100);
      expect([...gaps.values()].sort((a, b) => a.offset - b.offset)).toEqual(listed);
    });
  });

  it('survives the hub: a viewer that comes back goes on where the log is', async () => {
    const first = await startTestHub();
    await mkdir(join(first.root, 'run'));
    await writeFile(join(first.root, 'run', TORCH_FILE), scalar('x', 1, 1));
    const viewer = viewerSocket(first, {
      reconnection: true,
      reconnectionDelay: 5,
      reconnectionDelayMax: 20,
    });
    await connected(viewer);
    const lost = new Promise<void>((resolve) => viewer.once('disconnect', () => resolve()));
    await first.close();
    await lost;
    await appendFile(join(first.root, 'run', TORCH_FILE), scalar('x', 2, 1));
    const back = new Promise<void>((resolve) => viewer.once('connect', resolve));
    const second = await startTestHub({ logdir: first.root, port: first.port });
    if (!viewer.connected) {
      viewer.connect();
      await back;
    }
    const folded = fold(second, viewer, 'run');
    await waitFor(() => expect(second.logdir.runs.get('run')?.index.lastStep).toBe(2));
    await watch(viewer, { runs: ['run'], mapsOf: null, tags: [] });
    await appendFile(join(first.root, 'run', TORCH_FILE), scalar('x', 3, 1));
    await waitFor(async () => expect(await folded.rows()).toEqual(await rowsOverHttp(second, 'run')));
    expect(folded.holes()).toBe(1);
  });
});

describe('the list of runs', () => {
  it('is not sent before the logdir has been scanned: it would lack runs', async () => {
    const logdir = await temporaryFolder();
    for (let i = 0; i < 20; i++) {
      await mkdir(join(logdir, `run-${i}`));
      await writeFile(join(logdir, `run-${i}`, FILE), scalar('loss', 1, 1));
    }
    const storage = await openLocalLogdir(logdir);
    const list = storage.list.bind(storage);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    vi.spyOn(storage, 'list').mockImplementation(async (directory, visit) => {
      if (directory === 'run-7') await held;
      return list(directory, visit);
    });
    const hub = await startTestHub({ logdir, storage });
    const viewer = viewerSocket(hub);
    const lists: string[][] = [];
    viewer.on('runs', ({ runs }) => lists.push(runs.map(({ run }) => run)));
    viewer.on('changed', () => lists.push(['changed before the list']));
    await connected(viewer);
    await viewer.emitWithAck('ping');
    expect(lists).toEqual([]);
    release();
    await waitFor(() => expect(lists[0]).toHaveLength(20));
  });

  it('is sent on connection, and what changes in it at most every 250 ms', async () => {
    const hub = await startTestHub();
    const viewer = viewerSocket(hub);
    const changes: { at: number; runs: RunSummary[]; removed: string[] }[] = [];
    viewer.on('changed', (message) => changes.push({ at: performance.now(), ...message }));
    await connected(viewer);
    await mkdir(join(hub.root, 'run'));
    for (let step = 0; step < 100; step++) {
      await appendFile(join(hub.root, 'run', TORCH_FILE), scalar('loss', step, step));
      // A line a few milliseconds, for longer than one pause.
      await waitFor(() => expect(hub.logdir.runs.get('run')?.index.lastStep).toBe(step));
    }
    await waitFor(() =>
      expect(changes.at(-1)?.runs[0]).toMatchObject({ run: 'run', lastStep: 99, loss: '99' }),
    );
    // By count, since a busy machine may deliver two of them close together.
    const pauses = (changes.at(-1)!.at - changes[0]!.at) / 250;
    expect(changes.length).toBeLessThanOrEqual(pauses + 4);
    expect(changes.length).toBeGreaterThan(1);
    const later = viewerSocket(hub);
    const list = new Promise<{ runs: RunSummary[] }>((resolve) => later.once('runs', resolve));
    expect((await list).runs).toMatchObject([{ run: 'run', lastStep: 99 }]);
  });
});
