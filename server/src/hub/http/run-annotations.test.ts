import { mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLogdir } from '../../storage/open-logdir.js';
import type { LogStorage } from '../../storage/storage.js';
import { StorageError } from '../../storage/storage-error.js';
import { TORCH_FILE } from '../testing/run-bytes.js';
import { startTestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';
import { act, filesIn, hubOf, listed, trashOf, writeRun } from './testing/run-actions.js';

describe('labels, notes and archived runs', () => {
  it('are in the list of runs at once, in the logdir, and there after a restart', async () => {
    const hub = await hubOf(['a', 'b/c']);
    expect(
      await act(hub, { action: 'annotate', runs: ['a'], label: 'the best', note: 'lr *was* high' }),
    ).toEqual([{ run: 'a', outcome: 'done' }]);
    await act(hub, { action: 'annotate', runs: ['a', 'b/c'], archived: true });
    expect(hub.logdir.runs.get('a')?.summary()).toMatchObject({
      label: 'the best',
      note: 'lr *was* high',
      archived: true,
    });
    expect(hub.logdir.runs.get('b/c')?.summary()).toMatchObject({ archived: true });
    await act(hub, { action: 'annotate', runs: ['a'], note: null, archived: false });
    await hub.close();

    const again = await startTestHub({ logdir: hub.root });
    await waitFor(() => {
      expect(again.logdir.runs.get('a')?.summary().label).toBe('the best');
      expect(again.logdir.runs.get('b/c')?.summary().archived).toBe(true);
    });
    expect(again.logdir.runs.get('a')?.summary()).not.toHaveProperty('note');
    expect(again.logdir.runs.get('a')?.summary()).not.toHaveProperty('archived');
    const kept = JSON.parse(await readFile(join(hub.root, '.convscope/runs.json'), 'utf8'));
    expect(kept).toEqual({ version: 1, runs: { a: { label: 'the best' }, 'b/c': { archived: true } } });
    expect(await readdir(join(hub.root, '.convscope'))).toEqual(['runs.json']);
  });

  it('of several logdirs are kept in the one that the run lies in', async () => {
    const folder = await temporaryFolder();
    await writeRun(join(folder, 'one'), 'x');
    await writeRun(join(folder, 'two'), 'x');
    const places = ['one', 'two'].map((name) => ({ name: null, path: join(folder, name) }));
    const hub = await startTestHub({ storage: await openLogdir(places) });
    await listed(hub, ['one/x', 'two/x']);
    await act(hub, { action: 'annotate', runs: ['two/x'], label: 'second' });
    expect(hub.logdir.runs.get('two/x')?.summary().label).toBe('second');
    expect(hub.logdir.runs.get('one/x')?.summary()).not.toHaveProperty('label');
    expect(Object.keys(await filesIn(join(folder, 'one')))).toEqual([`x/${TORCH_FILE}`]);
    const kept = JSON.parse(await readFile(join(folder, 'two/.convscope/runs.json'), 'utf8'));
    expect(kept.runs).toEqual({ x: { label: 'second' } });
    const [deleted] = await act(hub, { action: 'delete', runs: ['two/x'] });
    await listed(hub, ['one/x']);
    expect((await trashOf(hub)).map(({ run }) => run)).toEqual(['two/x']);
    expect(await act(hub, { action: 'restore', deleted: [deleted!.deleted] })).toEqual([
      { run: 'two/x', outcome: 'done' },
    ]);
    await listed(hub, ['one/x', 'two/x']);
  });

  it('that another hub or a person writes are seen, and what nobody understands is kept', async () => {
    const hub = await hubOf(['a', 'b']);
    await mkdir(join(hub.root, '.convscope'));
    const file = join(hub.root, '.convscope/runs.json');
    const written = {
      version: 7,
      theme: 'dark',
      runs: { a: { label: 'by hand', stars: 5 }, b: 'a text', c: { label: 3, note: 'not here any more' } },
    };
    await writeFile(file, JSON.stringify(written));
    await waitFor(() => expect(hub.logdir.runs.get('a')?.summary().label).toBe('by hand'));
    await act(hub, { action: 'annotate', runs: ['b'], label: 'mine' });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      ...written,
      runs: { ...written.runs, b: { label: 'mine' } },
    });
  });

  it('are begun anew beside a file that cannot be read, which is kept', async () => {
    const hub = await hubOf(['a']);
    await mkdir(join(hub.root, '.convscope'));
    const file = join(hub.root, '.convscope/runs.json');
    await writeFile(file, '{"runs": {"a": {"label": "cut');
    await waitFor(() => expect(hub.said.join()).toContain('is not JSON'));
    expect(await act(hub, { action: 'annotate', runs: ['a'], label: 'new' })).toEqual([
      { run: 'a', outcome: 'done' },
    ]);
    expect(await readFile(`${file}.unreadable-1`, 'utf8')).toBe('{"runs": {"a": {"label": "cut');
    expect(hub.logdir.runs.get('a')?.summary().label).toBe('new');
  });

  it('in a file that is too long, or about too many runs, are named as such', async () => {
    const hub = await hubOf(['a']);
    await mkdir(join(hub.root, '.convscope'));
    const file = join(hub.root, '.convscope/runs.json');
    const runs = Array.from({ length: 20_001 }, (_, at) => [`run${at}`, { label: 'x' }]);
    await writeFile(file, JSON.stringify({ runs: Object.fromEntries([['a', { label: 'first' }], ...runs]) }));
    await waitFor(() =>
      expect(hub.said.join()).toContain(
        'is about 20002 runs. Labels and notes of the first 20000 are shown.',
      ),
    );
    await waitFor(() => expect(hub.logdir.runs.get('a')?.summary().label).toBe('first'));
    await truncate(file, 20 * 1024 * 1024);
    await waitFor(() => expect(hub.said.join()).toContain('is longer than 16777216 bytes'));
    await waitFor(() => expect(hub.logdir.runs.get('a')?.summary().label).toBeUndefined());
  });

  it.each([
    ['lists inside each other', () => '['.repeat(1_000_000), 'lists and objects on more than 32 levels'],
    ['values', () => `{"runs":{"a":[${'0,'.repeat(500_000)}0]}}`, 'holds more than 250000 values'],
  ])('in a file of too many %s are named as such, at no cost', async (_, content, reason) => {
    const hub = await hubOf(['a']);
    await mkdir(join(hub.root, '.convscope'));
    await writeFile(join(hub.root, '.convscope/runs.json'), content());
    await waitFor(() => expect(hub.said.join()).toContain(reason));
  });

  it('of a hundred requests at once are all kept', async () => {
    const runs = Array.from({ length: 100 }, (_, k) => `run${k}`);
    const hub = await hubOf(runs);
    await Promise.all(
      runs.map((run) => act(hub, { action: 'annotate', runs: [run], label: `label of ${run}` })),
    );
    for (const run of runs) expect(hub.logdir.runs.get(run)?.summary().label).toBe(`label of ${run}`);
  });

  it('are not written through a link, nor where the disk refuses', async () => {
    const hub = await hubOf(['a']);
    const outside = join(hub.root, '..', 'outside');
    await mkdir(outside);
    await symlink(outside, join(hub.root, '.convscope'));
    const [result] = await act(hub, { action: 'annotate', runs: ['a'], label: 'x' });
    expect(result).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('is reached through a link'),
    });
    expect(await readdir(outside)).toEqual([]);
  });

  it.each(['full', 'read-only'] as const)('stay as they were on a disk that is %s', async (problem) => {
    const logdir = join(await temporaryFolder(), 'runs');
    await writeRun(logdir, 'a');
    const { openLocalLogdir } = await import('../../storage/local-storage.js');
    const storage = await openLocalLogdir(logdir);
    let refuses = false;
    const failing: LogStorage = {
      ...storage,
      replaceFile: async (...given) => {
        if (refuses) throw new StorageError(problem, `the disk is ${problem}`);
        await storage.replaceFile(...given);
      },
    };
    const hub = await startTestHub({ storage: failing, logdir });
    await listed(hub, ['a']);
    await act(hub, { action: 'annotate', runs: ['a'], label: 'first' });
    refuses = true;
    expect(await act(hub, { action: 'annotate', runs: ['a'], label: 'second' })).toMatchObject([
      { outcome: 'failed', reason: expect.stringContaining(`the disk is ${problem}`) },
    ]);
    expect(await act(hub, { action: 'delete', runs: ['a'] })).toMatchObject([{ outcome: 'failed' }]);
    expect(hub.logdir.runs.get('a')?.summary().label).toBe('first');
    expect(await readdir(join(logdir, 'a'))).toEqual([TORCH_FILE]);
  });
});
