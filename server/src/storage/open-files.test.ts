import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { OpenFiles } from './open-files.js';

let folder: string;
let handles: FileHandle[];
let files: OpenFiles;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'convscope-open-'));
  for (const name of ['a', 'b']) await writeFile(join(folder, name), name);
  handles = [];
  files = new OpenFiles(10, async (path) => {
    const handle = await open(path);
    handles.push(handle);
    return handle;
  });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await files.close();
  await rm(folder, { recursive: true });
});

const read = (name: string) =>
  files.read(join(folder, name), 'identity', (handle) => handle.read({ length: 1 }));
const areOpen = () => handles.map(({ fd }) => fd >= 0);

it('closes a file that nobody has read for some seconds, and opens it again for who does', async () => {
  await read('a');
  await read('b');
  for (let second = 0; second < 25; second += 5) {
    vi.advanceTimersByTime(5000);
    await read('b');
  }
  vi.useRealTimers();
  await vi.waitFor(() => expect(areOpen()).toEqual([false, true]));
  await read('a');
  expect(areOpen()).toEqual([false, true, true]);
});

it('closes the last of them too, and leaves no timer behind', async () => {
  await read('a');
  vi.advanceTimersByTime(25_000);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
  await vi.waitFor(() => expect(areOpen()).toEqual([false]));
});

it('keeps a file open while it is being read, however long that takes', async () => {
  let finish: () => void = () => undefined;
  const reading = files.read(join(folder, 'a'), 'identity', async (handle) => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return (await handle.read({ length: 1 })).bytesRead;
  });
  vi.advanceTimersByTime(60_000);
  vi.useRealTimers();
  await vi.waitFor(() => expect(areOpen()).toEqual([true]));
  finish();
  expect(await reading).toBe(1);
  await vi.waitFor(() => expect(areOpen()).toEqual([false]));
});
