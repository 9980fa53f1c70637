import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { provideLibrary, type StoreOptions } from './library-store.js';
import { FIXTURES, fakeMachine, SMALL_LIBRARY, SMALL_WHEEL, writeCommand } from './testing/fake-commands.js';

describe("TensorFlow's library from PyPI", () => {
  let machine: Awaited<ReturnType<typeof fakeMachine>>;
  let native: string;
  beforeEach(async () => {
    machine = await fakeMachine();
    native = join(machine.cacheDirectory, 'native');
  });
  afterEach(() => rm(machine.directory, { recursive: true, force: true }));

  function options(more: Partial<StoreOptions> = {}): StoreOptions {
    return { nativeDirectory: native, env: machine.env, onProgress: () => undefined, ...more };
  }

  it('asks pip for the pinned wheel by its tags, and unpacks only what the addon needs', async () => {
    const store = await provideLibrary(SMALL_LIBRARY, options());
    const call = await readFile(machine.pipCalls, 'utf8');
    expect(call).toMatch(/-m pip download --no-deps --only-binary=:all:/);
    expect(call).toMatch(
      /--platform manylinux2014_x86_64 --python-version 311 --implementation cp --abi cp311 /,
    );
    expect(call).toMatch(/ small-tensorflow==2\.15\.1\n$/);
    expect((await readdir(store, { recursive: true })).filter((name) => /\.\w+$/.test(name)).sort()).toEqual([
      'include/tensorflow/c/c_api.h',
      'include/tsl/platform/empty.h',
      'lib/libtensorflow_cc.so.2',
      'lib/libtensorflow_framework.so.2',
      'sources.json',
    ]);
    expect(JSON.parse(await readFile(join(store, 'sources.json'), 'utf8'))).toEqual([
      { fileName: SMALL_WHEEL.fileName, sha256: SMALL_WHEEL.sha256 },
    ]);
    // The wheel is deleted once it is unpacked.
    expect(existsSync(join(native, 'downloads'))).toBe(false);
  });

  it('downloads nothing when the library exists', async () => {
    const store = await provideLibrary(SMALL_LIBRARY, options());
    const again = await provideLibrary(SMALL_LIBRARY, options({ env: { PATH: '' } }));
    expect(again).toBe(store);
  });

  it('uses a wheel that an interrupted install left behind, if its hash matches', async () => {
    const downloads = join(native, 'downloads');
    await mkdir(downloads, { recursive: true });
    await copyFile(join(FIXTURES, SMALL_WHEEL.fileName), join(downloads, SMALL_WHEEL.fileName));
    await provideLibrary(SMALL_LIBRARY, options());
    expect(existsSync(machine.pipCalls)).toBe(false);
  });

  it('downloads again when the file that was left behind is damaged', async () => {
    const downloads = join(native, 'downloads');
    await mkdir(downloads, { recursive: true });
    await writeFile(join(downloads, SMALL_WHEEL.fileName), 'half of it');
    await provideLibrary(SMALL_LIBRARY, options());
    expect(existsSync(machine.pipCalls)).toBe(true);
  });

  it('refuses a wheel with another hash, says both, and deletes it', async () => {
    const wheel = { ...SMALL_WHEEL, sha256: 'f'.repeat(64) };
    await expect(provideLibrary({ ...SMALL_LIBRARY, wheels: [wheel] }, options())).rejects.toThrow(
      new RegExp(`its SHA-256 is ${SMALL_WHEEL.sha256}, ${wheel.sha256} was expected. It was deleted`),
    );
    expect(await readdir(join(native, 'downloads'))).toEqual([]);
    expect(existsSync(join(native, 'libraries'))).toBe(false);
    expect(await readdir(join(native, 'staging'))).toEqual([]);
  });

  it('passes on what pip says when it finds nothing, with what to do', async () => {
    const wheel = { ...SMALL_WHEEL, name: 'absent' };
    await expect(provideLibrary({ ...SMALL_LIBRARY, wheels: [wheel] }, options())).rejects.toThrow(
      /pip could not download absent 2\.15\.1\. Check that this machine reaches PyPI[\s\S]*No matching distribution/,
    );
  });

  it('says plainly that Python is missing, or pip', async () => {
    const noPython = { PATH: machine.env.PATH };
    await expect(provideLibrary(SMALL_LIBRARY, options({ env: noPython }))).rejects.toThrow(
      /No Python was found \(looked for python3, python.*Install Python 3 with pip/,
    );
    const noPip = await writeCommand(join(machine.directory, 'bare-python'), 'process.exit(1)');
    await expect(
      provideLibrary(SMALL_LIBRARY, options({ env: { ...machine.env, CONVSCOPE_PYTHON: noPip } })),
    ).rejects.toThrow(/bare-python was found but has no pip.*apt install python3-pip/);
  });

  it('refuses a wheel with paths that lead out of the store, and keeps nothing of it', async () => {
    const wheel = {
      name: 'leaves-its-folder',
      version: '1.0',
      fileName: 'leaves_its_folder-1.0-py3-none-manylinux1_x86_64.whl',
      sha256: 'a0697cdbbc878fe533f57e3d2b0bd78a96af1358510a131ee2ea734984cc6b80',
      megabytes: 0,
    };
    await expect(provideLibrary({ ...SMALL_LIBRARY, wheels: [wheel] }, options())).rejects.toThrow(
      /leads out of its folder/,
    );
    expect(existsSync(join(native, 'libraries'))).toBe(false);
  });
});
