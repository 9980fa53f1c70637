import { ftruncateSync, mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSpoolFile, type SpoolDisk } from './spool-file.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A disk with limited space. Like a real one, it writes what fits before it fails. */
function smallDisk(): SpoolDisk & { room: number } {
  const disk = {
    room: Number.POSITIVE_INFINITY,
    write(descriptor: number, bytes: Uint8Array, from: number) {
      if (disk.room <= 0)
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      const length = Math.min(bytes.length - from, disk.room);
      disk.room -= length;
      return writeSync(descriptor, bytes, from, length);
    },
    truncate(descriptor: number, length: number) {
      ftruncateSync(descriptor, length);
    },
  };
  return disk;
}

describe('the spool file', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'convscope-spool-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  const onDisk = () => readFileSync(join(directory, 'f'), 'utf8');

  it('has on disk what was appended, and reads it back by offset', () => {
    const file = openSpoolFile(directory, 'f');
    expect(file.append(bytesOf('hello '), false)).toBe(true);
    expect(file.append(bytesOf('world'), true)).toBe(true);
    expect(file.length()).toBe(11);
    expect(onDisk()).toBe('hello world');
    expect(new TextDecoder().decode(file.read(6, 100))).toBe('world');
    file.close();
  });

  it('refuses a file that already exists', () => {
    openSpoolFile(directory, 'f').close();
    expect(() => openSpoolFile(directory, 'f')).toThrow(/EEXIST/);
  });

  it('keeps frames that a full disk refuses, in order, and leaves no partial frame in the file', () => {
    const disk = smallDisk();
    const file = openSpoolFile(directory, 'f', { disk });
    file.append(bytesOf('aaaa'), false);
    disk.room = 2;
    expect(file.append(bytesOf('bbbb'), false)).toBe(true);
    expect(file.append(bytesOf('cccc'), false)).toBe(true);
    expect(file.length()).toBe(4);
    expect(file.waiting()).toBe(8);
    expect(file.problem()).toMatch(/cannot be written \(ENOSPC/);
    expect(new TextDecoder().decode(file.read(0, 100))).toBe('aaaa');

    disk.room = Number.POSITIVE_INFINITY;
    file.retry();
    expect(file.problem()).toBeUndefined();
    expect(file.waiting()).toBe(0);
    file.append(bytesOf('dddd'), false);
    expect(onDisk()).toBe('aaaabbbbccccdddd');
    file.close();
  });

  it('drops maps first, and scalars only when the memory is full', () => {
    const disk = smallDisk();
    const file = openSpoolFile(directory, 'f', { disk, backlogBytes: 10 });
    disk.room = 0;
    expect(file.append(bytesOf('mmmm'), true)).toBe(true);
    expect(file.append(bytesOf('MMMM'), true)).toBe(false);
    expect(file.append(bytesOf('ssss'), false)).toBe(true);
    expect(file.append(bytesOf('SSSS'), false)).toBe(false);
    disk.room = Number.POSITIVE_INFINITY;
    file.retry();
    expect(onDisk()).toBe('mmmmssss');
    file.close();
  });

  it('contains only whole frames after it was closed on a full disk', () => {
    const disk = smallDisk();
    const file = openSpoolFile(directory, 'f', { disk });
    file.append(bytesOf('aaaa'), false);
    disk.room = 3;
    file.append(bytesOf('bbbb'), false);
    file.close();
    expect(onDisk()).toBe('aaaa');
  });

  it('writes a long backlog of small frames quickly', () => {
    const disk = smallDisk();
    const file = openSpoolFile(directory, 'f', { disk });
    disk.room = 0;
    const frame = bytesOf('0123456789abcdef');
    for (let i = 0; i < 50_000; i++) file.append(frame, false);
    disk.room = Number.POSITIVE_INFINITY;
    const started = performance.now();
    file.retry();
    expect(file.length()).toBe(50_000 * frame.length);
    // Removing frames from the front one by one would take minutes.
    expect(performance.now() - started).toBeLessThan(10_000);
    file.close();
  });
});
