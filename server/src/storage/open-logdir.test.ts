import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRuns } from '../logdir/find-runs.js';
import { parseLogdir } from './logdir-place.js';
import { openLogdir } from './open-logdir.js';
import type { LogStorage } from './storage.js';

describe('a logdir of one or several places', () => {
  let root: string;
  const opened: LogStorage[] = [];
  beforeEach(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'convscope-places-')));
  });
  afterEach(async () => {
    for (const storage of opened.splice(0)) await storage.close();
    await rm(root, { recursive: true });
  });

  const open = async (...texts: string[]) => {
    const storage = await openLogdir(texts.map(parseLogdir));
    opened.push(storage);
    return storage;
  };
  const put = async (path: string, text = path) => {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const list = async (storage: LogStorage, directory: string) => {
    const names: string[] = [];
    return (await storage.list(directory, ({ name }) => names.push(name))) ? names.sort() : null;
  };
  const read = async (storage: LogStorage, path: string) => {
    const file = await storage.stat(path);
    return file && String(await storage.read(path, file.identity, 0, 100));
  };

  it('is a folder that nobody creates, and that is found when it comes', async () => {
    const storage = await open(join(root, 'later', 'runs'));
    expect(await list(storage, '.')).toBeNull();
    expect(await storage.stat('a')).toBeNull();
    await expect(storage.makeDirectory('run')).rejects.toThrow(/does not exist; create it/);
    await expect(storage.openForAppend('run/events')).rejects.toThrow(/does not exist; create it/);
    expect(existsSync(join(root, 'later'))).toBe(false);
    await put('later/runs/a');
    expect(await list(storage, '.')).toEqual(['a']);
    expect(await read(storage, 'a')).toBe('later/runs/a');
    await storage.makeDirectory('run');
    expect(await readdir(join(root, 'later', 'runs'))).toEqual(['a', 'run']);
  });

  it('of several has a folder for each, with the name that was given or the end of its path', async () => {
    await put('one/runs/a');
    await put('two/runs/b');
    await put('three/c');
    const storage = await open(join(root, 'one/runs'), `base=${root}/three`, join(root, 'two/runs'));
    expect(await list(storage, '.')).toEqual(['base', 'one-runs', 'two-runs']);
    expect(await list(storage, 'base')).toEqual(['c']);
    expect(await read(storage, 'two-runs/b')).toBe('two/runs/b');
    expect(await list(storage, 'nothing')).toBeNull();
    expect(storage.locate('base/c')).toBe(join(root, 'three/c'));
    expect(storage.root).toBe(`one-runs=${root}/one/runs, base=${root}/three, two-runs=${root}/two/runs`);
    // New runs go into the first.
    expect(storage.places[0]).toBe('one-runs');
    await storage.makeDirectory('one-runs/new');
    const file = await storage.openForAppend('one-runs/new/events');
    await file.write(new Uint8Array([120]), 0);
    await file.close();
    expect(await readdir(join(root, 'one/runs/new'))).toEqual(['events']);
    await expect(storage.makeDirectory('elsewhere')).rejects.toThrow(/in none of the logdirs/);
  });

  it('refuses two places with one name', async () => {
    await expect(openLogdir([`a=${root}`, `a=${root}`].map(parseLogdir))).rejects.toThrow(
      /Two logdirs are named a/,
    );
  });

  it('shows of a folder what matches wildcards, and writes nothing there', async () => {
    for (const path of ['2024-1/logs/a', '2024-1/other/b', '2023-1/logs/c', '2024-2/logs/deep/d', 'e'])
      await put(path);
    const storage = await open(`${root}/2024-*/logs`);
    expect(await list(storage, '.')).toEqual(['2024-1', '2024-2']);
    expect(await list(storage, '2024-1')).toEqual(['logs']);
    expect(await list(storage, '2024-2/logs')).toEqual(['deep']);
    expect(await list(storage, '2024-2/logs/deep')).toEqual(['d']);
    await expect(storage.makeDirectory('2024-3')).rejects.toThrow(/no folder|not a folder/);
    // What comes later matches too.
    await put('2024-3/logs/f');
    expect(await list(storage, '.')).toEqual(['2024-1', '2024-2', '2024-3']);
  });

  it('says what it waits for where nothing matches wildcards, also as one of several', async () => {
    await put('run/events.out.tfevents.1');
    const noticesOf = async (storage: LogStorage) =>
      (await findRuns(storage, { filesOfRun: 9 })).notices.map(({ sentence }) => sentence);
    const sentence = `The logdir ${root}/2024-*/logs does not exist; its runs appear when it does.`;
    const [one, several] = [
      await open(`${root}/2024-*/logs`),
      await open(`${root}/2024-*/logs`, `${root}/run`),
    ];
    expect(await noticesOf(one)).toEqual([sentence]);
    expect(await noticesOf(several)).toEqual([sentence]);
    await put('2024-1/logs/events.out.tfevents.1');
    expect(await noticesOf(one)).toEqual([]);
    expect(await noticesOf(several)).toEqual([]);
    expect(one.locate('2024-1/logs')).toBe(join(root, '2024-1', 'logs'));
  });

  it('shows one event file', async () => {
    await put('run/events.out.tfevents.1');
    await put('run/events.out.tfevents.2');
    const storage = await open(join(root, 'run/events.out.tfevents.2'));
    expect(await list(storage, '.')).toEqual(['events.out.tfevents.2']);
  });
});
