import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LiveRows, RunDetail } from '@convscope/shared/protocol/live.js';
import { describe, expect, it } from 'vitest';
import { runsOf } from '../testing/runs-of.js';
import { runHead, scalar, uid } from './testing/run-bytes.js';
import {
  connected,
  scalarRows,
  startSender,
  startTestHub,
  viewerSocket,
  waitFor,
  watch,
} from './testing/test-hub.js';

describe('the hub', () => {
  it('takes a file from a sender, shows it to a viewer and serves it over HTTP', async () => {
    const hub = await startTestHub();
    const file = { runUid: uid('a'), run: 'first', file: 'events.out.tfevents.1.host.1.0' };
    const sender = await startSender(hub);
    const viewer = viewerSocket(hub);
    const runsOnConnection = new Promise((resolve) => viewer.once('runs', resolve));
    await connected(viewer);
    expect(await runsOnConnection).toMatchObject({ protocol: 1, logdir: hub.root, runs: [] });

    const rows: LiveRows[] = [];
    viewer.on('rows', (message) => rows.push(...message));
    await watch(viewer, { runs: ['first'], mapsOf: null, tags: [] });

    expect(await sender.open(file)).toEqual({
      ok: true,
      length: 0,
      run: 'first',
      path: join(hub.root, 'first'),
    });
    const head = runHead(file.runUid);
    expect(await sender.write(file, 0, head)).toMatchObject({ ok: true, length: head.length });
    const point = scalar('train/loss', 1, 0.5);
    expect(await sender.write(file, head.length, point)).toMatchObject({
      ok: true,
      length: head.length + point.length,
    });
    expect(await readFile(join(hub.root, 'first', file.file))).toEqual(Buffer.concat([head, point]));

    await waitFor(() => expect(rows.some(({ tag }) => tag === 'train/loss')).toBe(true));
    const detail = (await (await fetch(`${hub.url}/api/run?run=first`)).json()) as RunDetail;
    expect(detail.summary).toMatchObject({
      run: 'first',
      state: 'live',
      lastStep: 1,
      loss: '0.5',
      totalSteps: 300,
    });
    const { generation } = detail.summary;
    const bytes = await scalarRows(hub, 'first', 'train/loss');
    expect([bytes.readDoubleLE(0), bytes.readDoubleLE(8), bytes.readDoubleLE(16)]).toEqual([
      1, 1_700_000_001, 0.5,
    ]);
    const live = rows.find(({ tag }) => tag === 'train/loss')!;
    expect(live).toMatchObject({ run: 'first', generation, kind: 'scalar', start: 0 });
    expect(Buffer.from(live.bytes)).toEqual(bytes);
  });

  it('finds runs that lay in the logdir before it started', async () => {
    const before = await startTestHub();
    await before.close();
    await mkdir(join(before.root, 'a', 'b'), { recursive: true });
    await writeFile(join(before.root, 'a', 'b', 'events.out.tfevents.1'), scalar('x', 7, 1));
    const hub = await startTestHub({ logdir: before.root });
    await waitFor(async () => {
      expect(await runsOf(hub.url)).toMatchObject([{ run: 'a/b', lastStep: 7 }]);
    });
  });
});
