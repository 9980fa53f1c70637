import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openLocalLogdir } from '../storage/local-storage.js';
import { createLogdir } from './logdir.js';

const FILE = 'events.out.tfevents.1.host';
const point = (step: number) =>
  encodeFrame(encodeEvent({ kind: 'scalar', tag: 'loss', step, wallTime: 1, value: step }));

test('runs are read while the search of other folders goes on, and new ones beside them are noticed', async () => {
  const root = await mkdtemp(join(tmpdir(), 'convscope-'));
  for (const folder of ['run', 'large/below/far']) await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, 'run', FILE), Buffer.concat([point(0), point(1)]));
  const storage = await openLocalLogdir(root);
  const list = storage.list.bind(storage);
  let go: () => void = () => undefined;
  const searched = new Promise<void>((resolve) => {
    go = resolve;
  });
  vi.spyOn(storage, 'list').mockImplementation(async (directory, visit) => {
    if (directory === 'large/below') await searched;
    return list(directory, visit);
  });
  const logdir = createLogdir({ storage, log: () => undefined, lookEveryMs: 20 });
  onTestFinished(async () => {
    go();
    await logdir.close();
    await rm(root, { recursive: true });
  });
  const started = logdir.start();
  const rows = (run: string) => logdir.runs.get(run)?.column('loss', 'scalar')?.rows;
  await vi.waitFor(() => expect(rows('run')).toBe(2));
  await mkdir(join(root, 'later'));
  await writeFile(join(root, 'later', FILE), point(0));
  await writeFile(join(root, 'run', FILE), point(2), { flag: 'a' });
  await vi.waitFor(() => expect(rows('run')).toBe(3));
  go();
  await started;
  await vi.waitFor(() => expect(rows('later')).toBe(1));
});
