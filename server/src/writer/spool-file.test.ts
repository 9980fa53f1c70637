import {
  ftruncateSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSpoolFile, type SpoolDisk } from './spool-file.js';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A disk with limited space. Like a real one, it writes what fits before it fails. */
function smallDisk(): SpoolDisk & { room: number } {
  const disk = {
    room: Number.POSITIVE_INFINITY,
    write(descriptor: number, bytes: Uint8Array, from: number, position: number) {
      if (disk.room <= 0)
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      const length = Math.min(bytes.length - from, disk.room);
      disk.room -= length;
      return writeSync(descriptor, bytes, from, length, position);
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

  const path = () => join(directory, 'f');

  it('has on disk what was appended, and reads it back by offset', () => {
    const file = openSpoolFile(path());
    file.append(bytesOf('hello '));
    file.append(bytesOf('world'));
    expect(file.length()).toBe(11);
    expect(onDisk()).toBe('hello world');
    expect(new TextDecoder().decode(file.read(6, 100))).toBe('world');
    file.close();
  });

  it('refuses a file that already exists', () => {
    openSpoolFile(path()).close();
    expect(() => openSpoolFile(path())).toThrow(/EEXIST/);
  });

  it('leaves no partial frame in the file when the disk is full, and goes on where it was', () => {
    const disk = smallDisk();
    const file = openSpoolFile(path(), disk);
    file.append(bytesOf('aaaa'));
    disk.room = 2;
    expect(() => file.append(bytesOf('bbbb'))).toThrow(/ENOSPC/);
    expect(file.length()).toBe(4);
    expect(new TextDecoder().decode(file.read(0, 100))).toBe('aaaa');
    disk.room = Number.POSITIVE_INFINITY;
    file.append(bytesOf('cccc'));
    expect(onDisk()).toBe('aaaacccc');
    file.close();
  });

  it('contains only whole frames after it was closed on a full disk', () => {
    const disk = smallDisk();
    const file = openSpoolFile(path(), disk);
    file.append(bytesOf('aaaa'));
    disk.room = 3;
    expect(() => file.append(bytesOf('bbbb'))).toThrow(/ENOSPC/);
    file.close();
    expect(onDisk()).toBe('aaaa');
  });

  it('notices that it was deleted or replaced, and can still be read', () => {
    const file = openSpoolFile(path());
    file.append(bytesOf('aaaa'));
    expect(file.isInPlace()).toBe(true);
    renameSync(path(), `${path()}.away`);
    expect(file.isInPlace()).toBe(false);
    writeFileSync(path(), 'another');
    expect(file.isInPlace()).toBe(false);
    expect(new TextDecoder().decode(file.read(0, 100))).toBe('aaaa');
    file.close();
  });

  it('says that it was shortened by somebody else', () => {
    const file = openSpoolFile(path());
    file.append(bytesOf('aaaa'));
    writeFileSync(path(), 'a');
    expect(() => file.read(0, 4)).toThrow('was shortened: its bytes 1 to 4 are gone.');
    file.close();
  });
});
