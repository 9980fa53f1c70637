import { createHash } from 'node:crypto';
import { copyFile, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIXTURES, SMALL_WHEEL, temporaryDirectory } from './testing/fake-commands.js';
import { extractZip, readZipEntries } from './zip-entries.js';

const WHEEL = join(FIXTURES, SMALL_WHEEL.fileName);

describe('a wheel, which is a zip archive', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('lists its entries as unzip does, although its comment contains the signature of a directory', async () => {
    const entries = await readZipEntries(WHEEL);
    // By `unzip -l`.
    expect(entries.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['tensorflow/__init__.py', 19],
      ['tensorflow/libtensorflow_cc.so.2', 20000],
      ['tensorflow/libtensorflow_framework.so.2', 13],
      ['tensorflow/include/tensorflow/c/c_api.h', 13],
      ['tensorflow/include/tsl/platform/empty.h', 0],
      ['tensorflow/include/absl/strings/string_view.h', 14],
    ]);
  });

  it('unpacks what is asked for: deflated, stored and empty, with its mode', async () => {
    const written = await extractZip(WHEEL, directory, (name) =>
      /cc\.so|framework|empty/.test(name) ? `out/${name.split('/').at(-1)}` : undefined,
    );
    expect(written).toEqual(['out/libtensorflow_cc.so.2', 'out/libtensorflow_framework.so.2', 'out/empty.h']);
    const library = await readFile(join(directory, 'out/libtensorflow_cc.so.2'));
    // By Python's hashlib, of what was packed.
    expect(createHash('sha256').update(library).digest('hex')).toBe(
      'a6c8b0f8d7b5a0647537cbf04692cfeb011c99cea9e3cf7b0fd2615f2e516ea1',
    );
    expect(await readFile(join(directory, 'out/libtensorflow_framework.so.2'), 'utf8')).toBe('the framework');
    expect((await stat(join(directory, 'out/empty.h'))).size).toBe(0);
    expect((await stat(join(directory, 'out/libtensorflow_cc.so.2'))).mode & 0o700).toBe(0o700);
  });

  it('refuses an archive that is cut short, and a file that is not one', async () => {
    const cut = join(directory, 'cut.whl');
    await copyFile(WHEEL, cut);
    await truncate(cut, 700);
    await expect(readZipEntries(cut)).rejects.toThrow(/not a complete zip archive/);
    await writeFile(join(directory, 'text.whl'), 'hello');
    await expect(readZipEntries(join(directory, 'text.whl'))).rejects.toThrow(/not a complete zip archive/);
  });

  it('refuses an entry whose content is not as long as the directory says', async () => {
    const bytes = await readFile(WHEEL);
    const name = 'tensorflow/libtensorflow_cc.so.2';
    // The size is at 24 in the entry's record of the directory, the name at 46 (APPNOTE.TXT 4.3.12).
    const record = bytes.indexOf(name, bytes.indexOf(Buffer.from('504b0102', 'hex'))) - 46;
    expect(bytes.readUInt32LE(record + 24)).toBe(20000);
    const wrong = join(directory, 'wrong.whl');
    for (const claimed of [19999, 20001]) {
      bytes.writeUInt32LE(claimed, record + 24);
      await writeFile(wrong, bytes);
      await expect(
        extractZip(wrong, directory, (entry) => (entry === name ? entry : undefined)),
      ).rejects.toThrow(`unpacked to 20000 bytes; ${claimed} were expected`);
    }
  });

  it('stops when it is aborted', async () => {
    const controller = new AbortController();
    const abort = (name: string) => {
      controller.abort(new Error('stopped'));
      return name;
    };
    await expect(extractZip(WHEEL, directory, abort, controller.signal)).rejects.toThrow(/^stopped$/);
  });

  it('refuses a name that leads out of the folder', async () => {
    const wheel = join(FIXTURES, 'leaves_its_folder-1.0-py3-none-manylinux1_x86_64.whl');
    await expect(extractZip(wheel, join(directory, 'a/b/c/d/e'), (name) => name)).rejects.toThrow(
      /leads out of its folder/,
    );
    await expect(stat(join(directory, 'escaped'))).rejects.toThrow(/ENOENT/);
  });
});
