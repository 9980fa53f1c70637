/** Logs that are read by threads, as long ones are. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { RunListener } from '@convscope/shared/log-index/run.js';
import { onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../../hub/testing/test-hub.js';
import { openLocalLogdir } from '../../storage/local-storage.js';
import { createLogdir } from '../logdir.js';
import type { LogdirOptions } from '../logdir-options.js';

export const waitFor = <T>(condition: () => T | Promise<T>, timeout = 30_000) =>
  vi.waitFor(condition, { timeout, interval: 5 });

export async function follow(root: string, options: Partial<LogdirOptions> = {}, listener: RunListener = {}) {
  const said: string[] = [];
  const storage = await openLocalLogdir(root);
  const logdir = createLogdir({ storage, log: (line) => said.push(line), lookEveryMs: 30, ...options });
  onTestFinished(() => logdir.close());
  logdir.listen(listener);
  await logdir.start();
  return Object.assign(logdir, { said, storage });
}

export function points(count: number, tags = 10): Buffer {
  const frames = [encodeFrame(encodeFileVersion(1.7e9))];
  for (let i = 0; i < count; i++) {
    const record = { kind: 'scalar', tag: `t${i % tags}`, step: Math.floor(i / tags) } as const;
    frames.push(encodeFrame(encodeEvent({ ...record, wallTime: 1.7e9 + i / 100, value: Math.sin(i) })));
  }
  return Buffer.concat(frames);
}

/** A short file takes as many pieces as a long one does. */
export const longFiles = { unread: 0, piece: 8 * 1024 };

/** What the hub sends to its threads. */
export function messages() {
  const sent = vi.spyOn(Worker.prototype, 'postMessage');
  onTestFinished(() => sent.mockRestore());
  return sent;
}

/** A logdir of one run with one file, which holds these bytes. */
export async function oneFile(bytes: Uint8Array): Promise<{ root: string; path: string }> {
  const root = await temporaryFolder();
  await mkdir(join(root, 'run'));
  const path = join(root, 'run', 'events.out.tfevents.1');
  await writeFile(path, bytes);
  return { root, path };
}
