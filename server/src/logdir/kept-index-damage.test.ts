/** Which indexes are not trusted: of files that have changed, and those that are not as they were written. */
import { spawn } from 'node:child_process';
import {
  appendFile,
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLocalLogdir } from '../storage/local-storage.js';
import { IndexFolder } from './bulk/index-folder.js';
import { segmentHead } from './bulk/segment.js';
import { KeptIndex } from './kept-index.js';
import {
  expectTruth,
  indexes,
  log,
  longFiles,
  NAME,
  scene,
  serve,
  truth,
  waitFor,
} from './testing/kept-index-scene.js';
import { known } from './testing/known-of.js';

describe('an index of a file that has changed is not trusted', () => {
  const inPlace = async (path: string, bytes: Uint8Array, at: number) => {
    const file = await open(path, 'r+');
    await file.write(bytes, 0, bytes.length, at);
    await file.close();
  };
  const changes: Record<string, (path: string) => Promise<void>> = {
    'an editor that replaces it': async (path) => {
      await writeFile(`${path}.tmp`, log(1));
      await rename(`${path}.tmp`, path);
    },
    'a writer that begins anew': async (path) => {
      await truncate(path, 0);
      await appendFile(path, log(1));
    },
    'a copy of another log of the same length onto it, with its times': async (path) => {
      await writeFile(`${path}.other`, log(1));
      await copyFile(`${path}.other`, path);
      await utimes(path, 1.7e9, 1.7e9);
    },
    'a writer that was cut and goes on': async (path) => {
      await truncate(path, 130_000);
      await appendFile(path, log(2));
    },
    'a shorter file': (path) => truncate(path, 120_000),
    'a longer file that begins differently': (path) => writeFile(path, Buffer.concat([log(1), log(2)])),
    'a change of its first bytes': (path) => inPlace(path, Buffer.from([1, 2, 3]), 100),
    'a change of its last bytes': async (path) =>
      inPlace(path, Buffer.from([1, 2, 3]), (await stat(path)).size - 60),
  };
  it.each(Object.entries(changes))('%s', async (_, change) => {
    const { root, cache, path } = await scene();
    await expectTruth(root, cache);
    await change(path);
    const hub = await serve(root, cache);
    const right = await truth(root);
    // What looks right in all places that are compared at once is compared byte by byte afterwards.
    await waitFor(() => expect(known(hub.logdir)).toEqual(right));
    await hub.close();
    await expectTruth(root, cache);
  });

  it.each(['first', 'last'] as const)(
    'a change at the end of its %s stretch, before anything of it is shown',
    async (which) => {
      const { root, cache, path } = await scene();
      await expectTruth(root, cache);
      const storage = await openLocalLogdir(root);
      onTestFinished(() => storage.close());
      const ends: number[] = [];
      const restore = async () => {
        const file = (await storage.stat(`run/${NAME}`))!;
        const log = { ...file, path: storage.locate(`run/${NAME}`) };
        const kept = new KeptIndex(new IndexFolder(cache), log, longFiles.block);
        return kept.restore(file, `run/${NAME}`, storage, (segment) => {
          const head = segmentHead(segment);
          ends.push(...head.reads.map(({ to }) => to));
          return { head, state: { place: head.place, plugins: new Map() } };
        });
      };
      expect(await restore()).toBe('restored');
      expect(ends.length).toBeGreaterThan(2);
      await inPlace(path, Buffer.from([1, 2, 3]), (which === 'first' ? ends[0]! : ends.at(-1)!) - 20);
      expect(await restore()).toBe('stale');
    },
  );

  it('a few bytes in its middle, with times that were put back', async () => {
    const { root, cache, path } = await scene();
    await expectTruth(root, cache);
    await inPlace(path, Buffer.from([1, 2, 3]), 60_000);
    await utimes(path, 1.7e9, 1.7e9);
    const hub = await serve(root, cache);
    const right = await truth(root);
    await waitFor(() => expect(known(hub.logdir)).toEqual(right));
    expect(hub.said.filter((line) => line.includes('is read again'))).toHaveLength(1);
  });
});

describe('an index that is not as it was written', () => {
  it.each([0, 1, 17, 100, 500, 1000, 5000, 10_000, 30_000])(
    'is used up to where it is damaged (byte %i)',
    async (at) => {
      const { root, cache } = await scene();
      await expectTruth(root, cache);
      const [name] = await indexes(cache);
      const path = join(cache, name!);
      const bytes = await readFile(path);
      const damaged = Buffer.from(bytes);
      damaged[Math.min(at, bytes.length - 1)]! ^= 0x41;
      for (const content of [damaged, bytes.subarray(0, at)]) {
        await writeFile(path, content);
        await expectTruth(root, cache);
        // It has been made anew, or gone on with.
        expect((await expectTruth(root, cache)).bytes).toBeLessThan(log().length / 4);
      }
    },
  );

  it('without one of its blocks it is not used', async () => {
    const { root, cache } = await scene();
    await expectTruth(root, cache);
    const [name] = await indexes(cache);
    const bytes = await readFile(join(cache, name!));
    const starts: number[] = [];
    // A head of 32 bytes, with the length of what follows up to a multiple of 16.
    for (let at = 0; at < bytes.length; at += 32 + Math.ceil(bytes.readUInt32LE(at + 8) / 16) * 16)
      starts.push(at);
    expect(starts.length).toBeGreaterThan(5);
    await writeFile(
      join(cache, name!),
      Buffer.concat([bytes.subarray(0, starts[3]), bytes.subarray(starts[4])]),
    );
    await expectTruth(root, cache);
  });

  it('a link in its place is not followed', async () => {
    const { root, cache, path } = await scene();
    await expectTruth(root, cache);
    const [name] = await indexes(cache);
    await rename(join(cache, name!), join(cache, 'elsewhere'));
    await symlink('elsewhere', join(cache, name!));
    expect((await expectTruth(root, cache)).bytes).toBeGreaterThanOrEqual((await stat(path)).size);
  });

  it('that of another file is made anew', async () => {
    const { root, cache, path } = await scene();
    await expectTruth(root, cache);
    const [mine] = await indexes(cache);
    await mkdir(join(root, 'other'));
    await writeFile(join(root, 'other', NAME), log(1));
    await expectTruth(root, cache);
    const other = (await indexes(cache)).find((name) => name !== mine)!;
    await copyFile(join(cache, other), join(cache, mine!));
    await expectTruth(root, cache);
    expect(path).toContain(NAME);
  });
});

it('a hub that is killed at any moment leaves an index that is right or not used', async () => {
  const { root, cache } = await scene();
  const right = await truth(root);
  const built = (name: string) =>
    pathToFileURL(
      fileURLToPath(new URL(name, import.meta.url)).replace(/([\\/]server[\\/])src([\\/])/, '$1dist$2'),
    ).href;
  const program = `
    import { createLogdir } from ${JSON.stringify(built('./logdir.js'))};
    import { openLocalLogdir } from ${JSON.stringify(built('../storage/local-storage.js'))};
    const storage = await openLocalLogdir(${JSON.stringify(root)});
    const logdir = createLogdir({ storage, log() {}, indexDirectory: ${JSON.stringify(cache)}, longFiles: ${JSON.stringify(longFiles)} });
    process.stdout.write('started');
    await logdir.start();
    await logdir.settled();
    setInterval(() => {}, 1000);`;
  for (let round = 0; round < 8; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, round * 25));
    child.kill('SIGKILL');
    await ended;
    const hub = await serve(root, cache);
    expect(known(hub.logdir)).toEqual(right);
    await hub.close();
    // Half of the rounds begin without an index.
    if (round % 2 === 0) for (const name of await readdir(cache)) await writeFile(join(cache, name), '');
  }
});
