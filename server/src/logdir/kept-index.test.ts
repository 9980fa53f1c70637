import { appendFile, chmod, copyFile, mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { scalar } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { KNOWS_DESCRIPTORS, openBelow } from '../testing/open-descriptors.js';
import { IndexFolder } from './bulk/index-folder.js';
import {
  expectTruth,
  indexes,
  log,
  NAME,
  points,
  scene,
  serve,
  waitFor,
} from './testing/kept-index-scene.js';

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
