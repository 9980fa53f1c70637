import { spawn } from 'node:child_process';
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { hparams, picture, runEnd, runHead, scalar, uid } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { KNOWS_DESCRIPTORS, openBelow } from '../testing/open-descriptors.js';
import { IndexFolder } from './bulk/index-folder.js';
import { segmentHead } from './bulk/segment.js';
import { KeptIndex } from './kept-index.js';
import { createLogdir, type FollowedLogdir } from './logdir.js';
import type { LogdirOptions } from './logdir-options.js';
import { threadHere } from './testing/thread-here.js';

const waitFor = <T>(condition: () => T | Promise<T>) =>
  vi.waitFor(condition, { timeout: 30_000, interval: 5 });

const NAME = 'events.out.tfevents.1';
/** So that a short log has everything that a long one has. */
const longFiles = { unread: 0, piece: 8 * 1024, indexed: 1024, addedToIndex: 64 * 1024 };
const POINTS = 3600;

const made = new Map<string, Buffer>();

function points(count: number, from = 0, shift = 0): Buffer {
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

function log(shift = 0): Buffer {
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

async function scene() {
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
async function serve(root: string, cache: string | undefined, more: Partial<LogdirOptions> = {}) {
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

function known(logdir: FollowedLogdir) {
  return [...logdir.runs.values()].map((run) => {
    const { summary, ...detail } = run.detail();
    const columns = [...run.columns()].map((column) => Buffer.from(column.bytes(0)).toString('hex'));
    return { ...detail, columns, summary: { ...summary, generation: 0, state: '' } };
  });
}

/** What the files hold, by a hub that keeps no index. */
async function truth(root: string) {
  const hub = await serve(root, undefined, { longFiles: { unread: Number.POSITIVE_INFINITY } });
  const answer = known(hub.logdir);
  await hub.close();
  return answer;
}

async function expectTruth(root: string, cache: string) {
  const hub = await serve(root, cache);
  expect(known(hub.logdir)).toEqual(await truth(root));
  await hub.close();
  return hub;
}

const indexes = async (cache: string) => (await readdir(cache)).filter((name) => name.endsWith('.index'));

it('a file is read once, and its index says the same afterwards', async () => {
  const { root, cache } = await scene();
  const first = await expectTruth(root, cache);
  expect(first.bytes).toBeGreaterThanOrEqual(log().length);
  const second = await expectTruth(root, cache);
  expect(second.bytes).toBeLessThan(log().length / 4);
  expect(second.said).toEqual([]);
  // Records are fetched from the file.
  const hub = await serve(root, cache);
  const row = Buffer.from(hub.logdir.runs.get('run')!.column('p', 'image')!.bytes(0));
  expect(await hub.logdir.event('run', 0, row.readDoubleLE(16), row.readUInt32LE(24))).not.toBeNull();
});

it.each([
  ['that was just changed is not taken for unchanged', 0, 0],
  ['that was quiet is', 1.7e9, 1],
])('a file %s when its index is read next', async (_, modified, notes) => {
  const { root, cache, path } = await scene();
  if (modified === 0) await writeFile(path, log());
  await expectTruth(root, cache);
  const storage = await openLocalLogdir(root);
  onTestFinished(() => storage.close());
  const place = `run/${NAME}`;
  const { identity, born } = (await storage.stat(place))!;
  const reader = await new IndexFolder(cache).open({ path: storage.locate(place), identity, born });
  const found: string[] = [];
  for await (const { unchangedSince } of reader!.blocks())
    if (unchangedSince !== undefined) found.push(unchangedSince);
  await reader!.close();
  expect(found).toHaveLength(notes);
});

it('only its owner can read the index', async () => {
  const { root, cache } = await scene();
  await expectTruth(root, cache);
  const [name] = await indexes(cache);
  expect((await stat(cache)).mode & 0o777).toBe(0o700);
  expect((await stat(join(cache, name!))).mode & 0o777).toBe(0o600);
});

it('what was added to a file is read from the file, and added to its index', async () => {
  const { root, cache, path } = await scene();
  await expectTruth(root, cache);
  await appendFile(path, points(2000, 0, 5));
  expect((await expectTruth(root, cache)).bytes).toBeLessThan(log().length);
  await utimes(path, 1.7e9, 1.7e9);
  await expectTruth(root, cache);
  expect((await expectTruth(root, cache)).bytes).toBeLessThan(log().length / 4);
});

it('what is followed for long is added to the index', async () => {
  const { root, cache, path } = await scene();
  await writeFile(path, scalar('x', 0, 0));
  const hub = await serve(root, cache, { lookEveryMs: 20 });
  for (let part = 0; part < 11; part++) {
    await appendFile(path, points(500, 0, part));
    const size = (await stat(path)).size;
    await waitFor(() => expect(hub.logdir.runs.get('run')?.summary().bytes).toBe(size));
    await hub.logdir.settled();
  }
  await waitFor(async () => expect(await indexes(cache)).toHaveLength(1));
  await hub.close();
  expect((await expectTruth(root, cache)).bytes).toBeLessThan((await stat(path)).size);
});

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
        const kept = new KeptIndex(new IndexFolder(cache), { ...file, path: storage.locate(`run/${NAME}`) });
        return kept.restore(file, `run/${NAME}`, storage, (segment) => {
          const head = segmentHead(segment);
          ends.push(head.read.to);
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

  it('without one of its stretches it is not used', async () => {
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

it('a cache that cannot be written, and a logdir that cannot, are read', async () => {
  const { root, cache, path } = await scene();
  await writeFile(join(root, 'file'), '');
  const nowhere = await expectTruth(root, join(root, 'file', 'cache'));
  expect(nowhere.said).toEqual([]);
  await expectTruth(root, cache);
  const [name] = await indexes(cache);
  for (const [place, mode] of [
    [join(cache, name!), 0o400],
    [cache, 0o500],
    [path, 0o400],
    [join(root, 'run'), 0o500],
  ] as const)
    await chmod(place, mode);
  onTestFinished(() => chmod(cache, 0o700));
  onTestFinished(() => chmod(join(root, 'run'), 0o700));
  expect((await expectTruth(root, cache)).bytes).toBeLessThan(log().length / 4);
});

it.each([
  ['of another path', { path: '/logs/b' }],
  ['of another identity', { identity: '1:3' }],
  ['that was made at another time', { born: '8' }],
])('an index is not used for a file %s', async (_, other) => {
  const cache = join(await temporaryFolder(), 'indexes');
  const folder = new IndexFolder(cache);
  const mine = { path: '/logs/a', identity: '1:2', born: '7' };
  const theirs = { ...mine, ...other };
  await (await folder.create(mine))!.close();
  const [name] = await indexes(cache);
  if (theirs.path !== mine.path) {
    // In the place where that of the other path would be.
    await (await folder.create(theirs))!.close();
    const place = (await indexes(cache)).find((one) => one !== name)!;
    await copyFile(join(cache, name!), join(cache, place));
  }
  expect(await folder.open(theirs)).toBeNull();
  const reader = await folder.open(mine);
  expect(reader).not.toBeNull();
  await reader!.close();
});

it.runIf(KNOWS_DESCRIPTORS)('an index that cannot be put in its place is not left open', async () => {
  const cache = join(await temporaryFolder(), 'indexes');
  const folder = new IndexFolder(cache);
  const log = { path: '/logs/a', identity: '1:2', born: '' };
  await (await folder.create(log))!.close();
  const [name] = await indexes(cache);
  await rm(join(cache, name!));
  await mkdir(join(cache, name!));
  expect(await folder.create(log)).toBeNull();
  expect(await openBelow(cache)).toEqual([]);
});

it('of two hubs that add to an index only the first goes on, and what it wrote stays', async () => {
  const cache = join(await temporaryFolder(), 'indexes');
  const folder = new IndexFolder(cache);
  const log = { path: '/logs/a', identity: '1:2', born: '' };
  const made = await folder.create(log);
  await made!.close();
  const [one, other] = [await folder.extend(log, made!.end), await folder.extend(log, made!.end)];
  one!.addNote('by the one');
  await one!.close();
  other!.addNote('by the other');
  await other!.close();
  expect([one!.hasFailed, other!.hasFailed]).toEqual([false, true]);
  const reader = await folder.open(log);
  const notes: unknown[] = [];
  for await (const { unchangedSince } of reader!.blocks()) notes.push(unchangedSince);
  await reader!.close();
  expect(notes).toEqual(['by the one']);
});

it('the indexes that were not used for longest are dropped when there are too many of them', async () => {
  const cache = join(await temporaryFolder(), 'indexes');
  const folder = new IndexFolder(cache, { bytes: 1e6, files: 2 });
  for (let i = 0; i < 4; i++) {
    const before = new Set(i === 0 ? [] : await indexes(cache));
    await (await folder.create({ path: `/logs/${i}`, identity: '1:2', born: '' }))!.close();
    const name = (await indexes(cache)).find((one) => !before.has(one))!;
    await utimes(join(cache, name), 1.7e9 + i, 1.7e9 + i);
  }
  await folder.tidy();
  const isThere = async (i: number) => {
    const reader = await folder.open({ path: `/logs/${i}`, identity: '1:2', born: '' });
    await reader?.close();
    return reader !== null;
  };
  expect(await Promise.all([0, 1, 2, 3].map(isThere))).toEqual([false, false, true, true]);
});

it('the indexes that were not used for longest are dropped when there are too many bytes of them', async () => {
  const cache = join(await temporaryFolder(), 'indexes');
  const folder = new IndexFolder(cache, { bytes: 4000, files: 100 });
  for (let i = 0; i < 6; i++) {
    const writer = await folder.create({ path: `/logs/${i}`, identity: '1:2', born: '' });
    writer!.addNote('x'.repeat(800));
    await writer!.close();
    const at = new Date(1_700_000_000_000 + i * 1000);
    for (const name of await readdir(cache)) {
      if ((await stat(join(cache, name))).mtime.getTime() > 1.75e12) await utimes(join(cache, name), at, at);
    }
  }
  // The first is used again.
  await (await folder.open({ path: '/logs/0', identity: '1:2', born: '' }))!.close();
  await folder.tidy();
  const left: number[] = [];
  for (let i = 0; i < 6; i++) {
    const reader = await folder.open({ path: `/logs/${i}`, identity: '1:2', born: '' });
    if (reader) left.push(i);
    await reader?.close();
  }
  expect(left).toEqual([0, 3, 4, 5]);
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
