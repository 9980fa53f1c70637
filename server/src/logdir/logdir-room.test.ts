import { expect, it, onTestFinished, vi } from 'vitest';
import { LogdirRoom } from './logdir-room.js';

it('all files together hold few bytes of records that are not complete, however many files there are', () => {
  const room = new LogdirRoom();
  let held = 0;
  for (; room.files < room.fileLimits.logdir; room.files++) held += room.heldBytesOfNext();
  expect(held).toBeLessThan(64 * 2 ** 20);
});

it('long records are read one after the other into the same memory, also after one fails', async () => {
  const room = new LogdirRoom();
  const used: Uint8Array[] = [];
  let running = 0;
  const read = async (buffer: Uint8Array) => {
    expect(++running).toBe(1);
    used.push(buffer);
    await new Promise(setImmediate);
    running--;
    if (used.length === 1) throw new Error('It cannot be read.');
    return used.length;
  };
  const reads = [room.withLargeBuffer(read), room.withLargeBuffer(read), room.withLargeBuffer(read)];
  await expect(reads[0]).rejects.toThrow('It cannot be read.');
  expect(await Promise.all(reads.slice(1))).toEqual([2, 3]);
  expect(new Set(used).size).toBe(1);
});

it('memory for long records that was forgotten and not collected yet is used again', async () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const room = new LogdirRoom();
  const memoryOf = (buffer: Uint8Array) => Promise.resolve(buffer.buffer);
  const first = await room.withLargeBuffer(memoryOf);
  await vi.advanceTimersByTimeAsync(60_000);
  // Not with toBe, which would print both.
  expect((await room.withLargeBuffer(memoryOf)) === first).toBe(true);
});
