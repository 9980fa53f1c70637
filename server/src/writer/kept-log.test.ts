import { decodeEvent, encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { describe, expect, it } from 'vitest';
import { createKeptLog, type KeptLog } from './kept-log.js';
import { type FailingPlace, failingPlace } from './testing/failing-place.js';

const CODES = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EACCES', 'ENOENT', 'EFBIG'];

function frame(step: number): Uint8Array {
  return encodeFrame(encodeEvent({ kind: 'scalar', tag: 'train/loss', step, wallTime: 1, value: step }));
}
const FRAME_BYTES = frame(1).length;
/** What one frame takes of the memory, with what is kept beside it. */
const ENTRY_BYTES = FRAME_BYTES + 256;

function frames(from: number, to: number): Buffer {
  return Buffer.concat(Array.from({ length: to - from }, (_, i) => frame(from + i)));
}

function unsafe(log: KeptLog): number[] {
  const steps: number[] = [];
  log.eachUnsafe((event) => steps.push(Number(decodeEvent(event).step)));
  return steps;
}

async function begin(place: FailingPlace, entries?: number): Promise<KeptLog> {
  const log = createKeptLog(place, entries === undefined ? undefined : entries * ENTRY_BYTES);
  await log.tend();
  return log;
}

function append(log: KeptLog, from: number, to: number): boolean[] {
  return Array.from({ length: to - from }, (_, i) => log.append(frame(from + i), false));
}

function readAll(log: KeptLog): Buffer {
  const parts: Uint8Array[] = [];
  for (let at = log.start(); at < log.end(); at += parts.at(-1)!.length) parts.push(log.read(at, 50));
  return Buffer.concat(parts);
}

// Steps from 1 on, so that all frames are of one length.
describe('a log that is kept for the hub', () => {
  it('is in its file as it grows, and is read back by offset', async () => {
    const place = failingPlace();
    const log = await begin(place);
    append(log, 1, 4);
    expect(place.found()).toEqual({ from: 0, bytes: frames(1, 4) });
    expect(readAll(log)).toEqual(frames(1, 4));
    expect(log.isSafe()).toBe(true);
    expect(log.problem()).toBeUndefined();
  });

  it.each(CODES)(
    'goes on in memory when its file cannot be made (%s), and is written once it can',
    async (code) => {
      const place = failingPlace();
      place.failure = code;
      const log = await begin(place);
      append(log, 1, 4);
      expect(log.problem()).toContain(code);
      expect(readAll(log)).toEqual(frames(1, 4));
      expect(log.isSafe()).toBe(false);
      expect(unsafe(log)).toEqual([1, 2, 3]);
      place.failure = undefined;
      await log.tend();
      expect(place.found()).toEqual({ from: 0, bytes: frames(1, 4) });
      expect(log.problem()).toBeUndefined();
      expect(log.isSafe()).toBe(true);
    },
  );

  it.each(CODES)(
    'goes on in memory when its file refuses bytes (%s), and is written once it takes them',
    async (code) => {
      const place = failingPlace();
      const log = await begin(place);
      append(log, 1, 3);
      Object.assign(place, { failure: code, failing: 'append' });
      append(log, 3, 5);
      await log.tend();
      expect(log.problem()).toContain(code);
      expect(readAll(log)).toEqual(frames(1, 5));
      expect(unsafe(log)).toEqual([3, 4]);
      place.failure = undefined;
      append(log, 5, 6);
      expect(place.found()).toEqual({ from: 0, bytes: frames(1, 6) });
      expect(log.problem()).toBeUndefined();
    },
  );

  it('is read from file and memory while the disk has no room, however much the hub takes', async () => {
    const place = failingPlace();
    place.room = 2 * FRAME_BYTES;
    const log = await begin(place, 4);
    let sent = Buffer.alloc(0);
    for (let step = 1; step < 100; step++) {
      expect(log.append(frame(step), false)).toBe(true);
      const bytes = log.read(sent.length, 1000);
      sent = Buffer.concat([sent, bytes]);
      log.acknowledge(sent.length);
    }
    expect(sent).toEqual(frames(1, 100));
    expect(log.isSafe()).toBe(true);
  });

  it('drops what neither disk nor hub has taken when memory is full, maps from half of it on', async () => {
    const place = failingPlace();
    place.failure = 'ENOSPC';
    const log = await begin(place, 4);
    expect(log.append(frame(1), true)).toBe(true);
    expect(log.append(frame(2), true)).toBe(true);
    expect(log.append(frame(3), true)).toBe(false);
    expect(append(log, 3, 6)).toEqual([true, true, false]);
    log.acknowledge(FRAME_BYTES);
    expect(append(log, 6, 7)).toEqual([true]);
    expect(unsafe(log)).toEqual([2, 3, 4, 6]);
  });

  it('counts a frame as lost that the hub has only in part', async () => {
    const place = failingPlace();
    place.failure = 'EIO';
    const log = await begin(place);
    log.append(frames(1, 4), false);
    log.acknowledge(FRAME_BYTES + 5);
    expect(unsafe(log)).toEqual([2, 3]);
  });

  it('begins its file anew behind what only the hub has, once there is room', async () => {
    const place = failingPlace();
    place.room = 2 * FRAME_BYTES;
    const log = await begin(place, 3);
    append(log, 1, 6);
    log.acknowledge(4 * FRAME_BYTES);
    append(log, 6, 8);
    expect(log.start()).toBeGreaterThan(2 * FRAME_BYTES);
    place.room = Number.POSITIVE_INFINITY;
    await log.tend();
    expect(place.found()).toEqual({ from: 4 * FRAME_BYTES, bytes: frames(5, 8) });
    expect(log.isSafe()).toBe(true);
    append(log, 8, 9);
    expect(log.read(4 * FRAME_BYTES, 1e6)).toEqual(frames(5, 9));
  });

  it('makes its file again when somebody deletes it, with what the hub has not acknowledged', async () => {
    const place = failingPlace();
    const log = await begin(place);
    append(log, 1, 5);
    log.acknowledge(2 * FRAME_BYTES);
    place.remove();
    append(log, 5, 6);
    await log.tend();
    expect(place.found()).toEqual({ from: 2 * FRAME_BYTES, bytes: frames(3, 6) });
    append(log, 6, 7);
    expect(log.read(2 * FRAME_BYTES, 1e6)).toEqual(frames(3, 7));
  });

  it('is not safe in a file that was deleted and cannot be made again', async () => {
    const place = failingPlace();
    const log = await begin(place);
    append(log, 1, 5);
    log.acknowledge(2 * FRAME_BYTES);
    place.remove();
    Object.assign(place, { failure: 'EROFS', failing: 'make' });
    await log.tend();
    expect(log.problem()).toContain('EROFS');
    expect(log.isSafe()).toBe(false);
    expect(unsafe(log)).toEqual([3, 4]);
    expect(log.read(0, 1e6)).toEqual(frames(1, 5));
  });

  it('moves up behind what a hub still has that lost acknowledged bytes, and says how many are gone', async () => {
    const place = failingPlace();
    place.failure = 'ENOSPC';
    const log = await begin(place, 2);
    append(log, 1, 3);
    log.acknowledge(2 * FRAME_BYTES);
    append(log, 3, 5);
    expect(log.start()).toBe(2 * FRAME_BYTES);
    log.rewind(FRAME_BYTES);
    expect(log.gone()).toBe(FRAME_BYTES);
    expect(log.start()).toBe(FRAME_BYTES);
    expect(log.read(FRAME_BYTES, 1e6)).toEqual(frames(3, 5));
    place.failure = undefined;
    await log.tend();
    expect(place.found()).toEqual({ from: FRAME_BYTES, bytes: frames(3, 5) });
  });

  it('notes where its file begins after the hub has lost what came before', async () => {
    const place = failingPlace();
    const log = await begin(place);
    append(log, 1, 5);
    log.acknowledge(3 * FRAME_BYTES);
    place.remove();
    await log.tend();
    expect(place.found()?.from).toBe(3 * FRAME_BYTES);
    log.rewind(0);
    expect(log.gone()).toBe(3 * FRAME_BYTES);
    expect(place.found()).toEqual({ from: 0, bytes: frames(4, 5) });
    expect(log.read(0, 1e6)).toEqual(frames(4, 5));
  });

  it('says that the disk does not give its bytes back', async () => {
    const place = failingPlace();
    const log = await begin(place);
    append(log, 1, 3);
    Object.assign(place, { failure: 'EIO', failing: 'read' });
    expect(() => log.read(0, 10)).toThrow('EIO');
  });

  it('writes a long backlog of small frames quickly', async () => {
    const place = failingPlace();
    Object.assign(place, { failure: 'ENOSPC', failing: 'append' });
    const log = await begin(place);
    for (let i = 0; i < 50_000; i++) log.append(frame(1), false);
    let written = 0;
    const started = performance.now();
    // Removing entries from the front one by one, and finding one by looking at all, would take minutes.
    for (let at = 0; at < log.end(); at += 1000) written += log.read(at, 1000).length;
    log.acknowledge(log.end());
    expect(written).toBe(50_000 * FRAME_BYTES);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
