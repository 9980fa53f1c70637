import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderForRuns, parseLogdir } from './logdir-place.js';

describe('the text of --logdir', () => {
  let root: string;
  beforeAll(async () => {
    root = await realpath(await mkdtemp(join(tmpdir(), 'convscope-place-')));
    await mkdir(join(root, 'lr=0.1'));
    await mkdir(join(root, '[old]'));
    await writeFile(join(root, 'events.out.tfevents.1'), '');
    await writeFile(join(root, 'notes.txt'), '');
  });
  afterAll(() => rm(root, { recursive: true }));

  it('is a folder, whether it exists or not', () => {
    expect(parseLogdir(root)).toEqual({ name: null, path: root });
    expect(parseLogdir(join(root, 'later'))).toEqual({ name: null, path: join(root, 'later') });
    expect(parseLogdir('~/runs-that-are-not-there').path).toBe(join(homedir(), 'runs-that-are-not-there'));
  });

  it('may have a name in front, unless a folder is called so', () => {
    expect(parseLogdir(`base=${root}`)).toEqual({ name: 'base', path: root });
    expect(parseLogdir(`my run.2=${root}`)).toEqual({ name: 'my run.2', path: root });
    expect(parseLogdir(join(root, 'lr=0.1'))).toEqual({ name: null, path: join(root, 'lr=0.1') });
    expect(parseLogdir(`${root}/lr=0.2`)).toEqual({ name: null, path: join(root, 'lr=0.2') });
  });

  it('may be one event file', () => {
    const path = join(root, 'events.out.tfevents.1');
    expect(parseLogdir(path)).toEqual({
      name: null,
      path: root,
      only: { kind: 'file', names: ['events.out.tfevents.1'] },
    });
    expect(folderForRuns([parseLogdir(path)])).toBeUndefined();
  });

  it('may have wildcards, unless a folder is called so', () => {
    expect(parseLogdir(`${root}/2024-*/logs`)).toEqual({
      name: null,
      path: root,
      only: { kind: 'wildcards', names: ['2024-*', 'logs'] },
    });
    expect(parseLogdir(`${root}/[old]`)).toEqual({ name: null, path: join(root, '[old]') });
    expect(parseLogdir(`${root}/[old]/a*`)).toMatchObject({
      path: join(root, '[old]'),
      only: { names: ['a*'] },
    });
    expect(parseLogdir(`all=${root}/*`)).toMatchObject({ name: 'all', path: root, only: { names: ['*'] } });
  });

  it.each([
    'gs://bucket/logs',
    's3://bucket',
    'hdfs://host:9000/x',
    'https://host/x',
    'base=gs://bucket/logs',
  ])('is refused with a sentence when it is the address %s', (address) => {
    expect(() => parseLogdir(address)).toThrow(/cannot be opened: only folders of this machine can/);
  });

  it('is refused with a sentence when it is another file, below a file, or empty', () => {
    expect(() => parseLogdir(join(root, 'notes.txt'))).toThrow(/is a file; give the folder that holds/);
    expect(() => parseLogdir(join(root, 'notes.txt', 'a', 'b'))).toThrow(
      /notes\.txt is a file\. Choose another/,
    );
    expect(() => parseLogdir(' ')).toThrow(/is empty/);
  });

  it('is refused with a short sentence when it is too long or a link to itself', async () => {
    const sentence = /^The logdir .{1,210} cannot be used \(E\w+\)\. Choose another with --logdir\.$/;
    expect(() => parseLogdir('y'.repeat(5_000))).toThrow(sentence);
    await symlink('self', join(root, 'self'));
    expect(() => parseLogdir(join(root, 'self'))).toThrow(sentence);
  });
});
