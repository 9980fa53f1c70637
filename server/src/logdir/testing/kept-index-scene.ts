/** A log whose index is kept, and hubs that read it. */
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { expect, onTestFinished, vi } from 'vitest';
import { hparams, picture, runEnd, runHead, uid } from '../../hub/testing/run-bytes.js';
import { temporaryFolder } from '../../hub/testing/test-hub.js';
import { openLocalLogdir } from '../../storage/local-storage.js';
import { createLogdir } from '../logdir.js';
import type { LogdirOptions } from '../logdir-options.js';
import { known } from './known-of.js';
import { threadHere } from './thread-here.js';

export const waitFor = <T>(condition: () => T | Promise<T>) =>
  vi.waitFor(condition, { timeout: 30_000, interval: 5 });

export const NAME = 'events.out.tfevents.1';
/** So that a short log has everything that a long one has. */
/** A block of an index is made of several stretches. */
export const longFiles = {
  ...{ unread: 0, piece: 8 * 1024, indexed: 1024, addedToIndex: 64 * 1024 },
  block: 4 * 1024,
};
const POINTS = 3600;

const made = new Map<string, Buffer>();

export function points(count: number, from = 0, shift = 0): Buffer {
  const key = `${count} ${from} ${shift}`;
  const known = made.get(key) ?? makePoints(count, from, shift);
  made.set(key, known);
  return known;
}

function makePoints(count: number, from: number, shift: number): Buffer {
  const frames: Buffer[] = [];
  for (let i = from; i < from + count; i++) {
    const record = { kind: 'scalar', tag: `t${i % 10}`, step: Math.floor(i / 10) } as const;
    frames.push(
      Buffer.from(
        encodeFrame(
          encodeEvent({ ...record, wallTime: 1.7e9 + i / 100 + shift, value: Math.sin(i + shift) }),
        ),
      ),
    );
  }
  return Buffer.concat(frames);
}

export function log(shift = 0): Buffer {
  return Buffer.concat([
    encodeFrame(encodeFileVersion(1.7e9)),
    runHead(uid('a')),
    hparams({ lr: 0.1 }),
    points(POINTS / 2, 0, shift),
    picture('p', 3, 5000),
    Buffer.alloc(50, 7),
    points(POINTS / 2, POINTS / 2, shift),
    runEnd(9, 'completed'),
  ]);
}

export async function scene() {
  const folder = await temporaryFolder();
  const root = join(folder, 'logs');
  const cache = join(folder, 'cache', 'log-index');
  await mkdir(join(root, 'run'), { recursive: true });
  const path = join(root, 'run', NAME);
  await writeFile(path, log());
  // Older than the coarsest clock of a file system.
  await utimes(path, 1.7e9, 1.7e9);
  return { root, cache, path };
}

/** Reads all, and says how much of the files was read for it. */
export async function serve(root: string, cache: string | undefined, more: Partial<LogdirOptions> = {}) {
  const said: string[] = [];
  const storage = await openLocalLogdir(root);
  const read = vi.spyOn(storage, 'read');
  const logdir = createLogdir({
    storage,
    log: (line) => said.push(line),
    indexDirectory: cache,
    ...{ longFiles, startThread: threadHere },
    ...more,
  });
  let isOpen = true;
  const close = async () => {
    if (isOpen) await logdir.close();
    isOpen = false;
  };
  onTestFinished(close);
  await logdir.start();
  await logdir.settled();
  // What is read later is compared with what is known.
  const bytes = read.mock.calls.reduce((sum, [, , , length]) => sum + length, 0);
  return { logdir, said, close, bytes };
}

/** What the files hold, by a hub that keeps no index. */
export async function truth(root: string) {
  const hub = await serve(root, undefined, { longFiles: { unread: Number.POSITIVE_INFINITY } });
  const answer = known(hub.logdir);
  await hub.close();
  return answer;
}

export async function expectTruth(root: string, cache: string) {
  const hub = await serve(root, cache);
  expect(known(hub.logdir)).toEqual(await truth(root));
  await hub.close();
  return hub;
}

export const indexes = async (cache: string) =>
  (await readdir(cache)).filter((name) => name.endsWith('.index'));
