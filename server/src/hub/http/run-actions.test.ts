import { execFileSync } from 'node:child_process';
import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import {
  type RunActionsAnswer,
  runActionsAnswerSchema,
  type TrashAnswer,
  trashAnswerSchema,
} from '@convscope/shared/protocol/run-actions.js';
import { describe, expect, it } from 'vitest';
import { openLogdir } from '../../storage/open-logdir.js';
import type { LogStorage } from '../../storage/storage.js';
import { StorageError } from '../../storage/storage-error.js';
import { runHead, scalar, TORCH_FILE, uid } from '../testing/run-bytes.js';
import { startSender, startTestHub, type TestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';

/** So that no run is taken for one that is being written. */
const LONG_AGO = new Date('2020-01-01');

async function writeRun(logdir: string, run: string, name = TORCH_FILE): Promise<void> {
  await mkdir(join(logdir, run), { recursive: true });
  const path = join(logdir, run, name);
  await writeFile(path, Buffer.concat([scalar('loss', 1, 1), scalar('loss', 2, 0.5)]));
  await utimes(path, LONG_AGO, LONG_AGO);
}

async function hubOf(
  runs: readonly string[],
  options: Parameters<typeof startTestHub>[0] = {},
): Promise<TestHub> {
  const logdir = options.logdir ?? join(await temporaryFolder(), 'runs');
  await mkdir(logdir, { recursive: true });
  for (const run of runs) await writeRun(logdir, run);
  const hub = await startTestHub({ ...options, logdir });
  await listed(hub, runs);
  return hub;
}

const runsOf = (hub: TestHub) => [...hub.logdir.runs.keys()].sort();
async function listed(hub: TestHub, runs: readonly string[]): Promise<void> {
  await waitFor(() => expect(runsOf(hub)).toEqual([...runs].sort()));
  await hub.logdir.settled();
}

async function cookieOf(hub: TestHub): Promise<string> {
  const page = await fetch(`${hub.url}/`);
  return page.headers.getSetCookie()[0]!.split(';')[0]!;
}

async function post(hub: TestHub, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${hub.url}/api/v1/run-actions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Cookie: await cookieOf(hub), ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function act(hub: TestHub, body: object): Promise<RunActionsAnswer['results']> {
  return runActionsAnswerSchema.parse(await (await post(hub, body)).json()).results;
}

async function trashOf(hub: TestHub): Promise<TrashAnswer['runs']> {
  return trashAnswerSchema.parse(await (await fetch(`${hub.url}/api/v1/trash`)).json()).runs;
}

/** Every file below a folder but the hub's notes, with its bytes. */
async function filesIn(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(folder.length + 1)] = (await readFile(path)).toString('base64');
  }
  return files;
}

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

describe('deleting a run', () => {
  it('moves its event files into the trash, and restoring moves the same bytes back', async () => {
    const hub = await hubOf(['a', 'a/below', 'b']);
    await writeRun(hub.root, 'a', 'events.out.tfevents.1700000001.testhost.4242.1');
    await writeFile(join(hub.root, 'a/model.pt'), 'weights');
    const before = await filesIn(hub.root);
    const [result] = await act(hub, { action: 'delete', runs: ['a'] });
    expect(result).toMatchObject({ run: 'a', outcome: 'done' });
    await listed(hub, ['a/below', 'b']);
    // What is not an event file stays, and no reader takes what is in the trash for a run.
    expect(await readdir(join(hub.root, 'a'))).toEqual(['below', 'model.pt']);
    const trashed = Object.keys(await filesIn(join(hub.root, '.convscope')));
    expect(trashed).toHaveLength(3);
    for (const path of trashed) expect(path).not.toContain('tfevents');
    expect(await trashOf(hub)).toMatchObject([{ run: 'a', files: 2, deleted: result!.deleted }]);

    expect(await act(hub, { action: 'restore', deleted: [result!.deleted] })).toEqual([
      { run: 'a', outcome: 'done' },
    ]);
    await listed(hub, ['a', 'a/below', 'b']);
    expect(await filesIn(hub.root)).toEqual(before);
    expect(await trashOf(hub)).toEqual([]);
    expect(await readdir(join(hub.root, '.convscope/trash'))).toEqual([]);
  });

  it('removes its folder if nothing is left in it, and never the logdir', async () => {
    const hub = await hubOf(['.', 'deep/in/run']);
    const results = await act(hub, { action: 'delete', runs: ['.', 'deep/in/run'] });
    expect(results.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    await listed(hub, []);
    expect((await readdir(hub.root)).sort()).toEqual(['.convscope', 'deep']);
    await act(hub, { action: 'restore', deleted: results.map(({ deleted }) => deleted) });
    await listed(hub, ['.', 'deep/in/run']);
  });

  it('of a run that is being written needs a second confirmation', async () => {
    const hub = await hubOf(['a']);
    const path = join(hub.root, 'a', TORCH_FILE);
    await appendFile(path, scalar('loss', 3, 0.25));
    await waitFor(() => expect(hub.logdir.runs.get('a')?.state()).toBe('live'));
    expect(await act(hub, { action: 'delete', runs: ['a'] })).toEqual([
      { run: 'a', outcome: 'live', reason: expect.stringContaining('a is being written') },
    ]);
    expect(await readdir(join(hub.root, 'a'))).toEqual([TORCH_FILE]);
    const [done] = await act(hub, { action: 'delete', runs: ['a'], evenIfLive: true });
    expect(done?.outcome).toBe('done');
    await listed(hub, []);
    await act(hub, { action: 'restore', deleted: [done!.deleted] });
    await listed(hub, ['a']);
  });

  it('loses nothing of what a process writes meanwhile', async () => {
    const hub = await hubOf(['a']);
    const { open } = await import('node:fs/promises');
    const writer = await open(join(hub.root, 'a', TORCH_FILE), 'a');
    let goesOn = true;
    let written = 0;
    const writing = (async () => {
      while (goesOn) {
        await writer.write(scalar('loss', 10 + written, written));
        written++;
      }
    })();
    const [done] = await act(hub, { action: 'delete', runs: ['a'], evenIfLive: true });
    expect(done?.outcome).toBe('done');
    const at = written;
    await waitFor(() => expect(written).toBeGreaterThan(at + 10));
    expect(await act(hub, { action: 'restore', deleted: [done!.deleted] })).toMatchObject([
      { outcome: 'done' },
    ]);
    goesOn = false;
    await writing;
    await writer.close();
    await waitFor(() => expect(hub.logdir.runs.get('a')?.scalars('loss')?.rows).toBe(2 + written));
  });

  it('of a run that a trainer sends goes on in the trash, and restoring brings all of it back', async () => {
    const hub = await hubOf([]);
    const sender = await startSender(hub);
    const file = { runUid: uid('a'), run: 'sent', file: TORCH_FILE };
    let sent = runHead(file.runUid);
    const opened = await sender.open(file);
    expect(opened).toMatchObject({ ok: true, run: 'sent', length: 0 });
    let length = 0;
    const send = async (bytes: Buffer) => {
      const answer = await sender.write(file, length, bytes);
      if (!answer.ok) throw new Error(answer.error);
      length = answer.length;
    };
    await send(sent);
    await listed(hub, ['sent']);
    for (const [step, isDeleted] of [[1, true] as const, [2, false] as const, [3, true] as const]) {
      const [done] = isDeleted
        ? await act(hub, { action: 'delete', runs: ['sent'], evenIfLive: true })
        : await act(hub, { action: 'restore', deleted: (await trashOf(hub)).map(({ deleted }) => deleted) });
      expect(done).toMatchObject({ outcome: 'done' });
      const more = scalar('loss', step, 1 / step);
      await send(more);
      sent = Buffer.concat([sent, more]);
      expect(length).toBe(sent.length);
      await listed(hub, isDeleted ? [] : ['sent']);
    }
    // Whoever sends again is told how much is there.
    await sender.close(file);
    expect(await sender.open(file)).toMatchObject({ ok: true, length: sent.length });
    const [{ deleted } = { deleted: '' }] = await trashOf(hub);
    await act(hub, { action: 'restore', deleted: [deleted] });
    await waitFor(() => expect(hub.logdir.runs.get('sent')?.scalars('loss')?.rows).toBe(3));
    expect(await readFile(join(hub.root, 'sent', TORCH_FILE))).toEqual(sent);
    expect(await readdir(join(hub.root, 'sent'))).toEqual([TORCH_FILE]);
  });

  it('keeps no trainer from writing where the trash cannot be read', async () => {
    const root = await temporaryFolder();
    const storage = await openLogdir([{ name: null, path: root }]);
    const hub = await startTestHub({
      storage: {
        ...storage,
        list: async (directory, visit) => {
          if (directory.endsWith('.convscope/trash'))
            throw new StorageError('forbidden', 'permission denied');
          return storage.list(directory, visit);
        },
      },
    });
    const sender = await startSender(hub);
    const file = { runUid: uid('a'), run: 'sent', file: TORCH_FILE };
    expect(await sender.open(file)).toMatchObject({ ok: true, run: 'sent', length: 0 });
  });

  it('that two ask for at once is done once, and every file is restored', async () => {
    const hub = await hubOf(['a']);
    const before = await filesIn(join(hub.root, 'a'));
    const results = (
      await Promise.all([1, 2, 3].map(() => act(hub, { action: 'delete', runs: ['a'] })))
    ).flat();
    const done = results.filter(({ outcome }) => outcome === 'done');
    expect(done).toHaveLength(1);
    const restored = await Promise.all(
      [1, 2].map(() => act(hub, { action: 'restore', deleted: [done[0]!.deleted] })),
    );
    expect(restored.flat().filter(({ outcome }) => outcome === 'done')).toHaveLength(1);
    expect(await filesIn(join(hub.root, 'a'))).toEqual(before);
  });

  it('stops at a link, and moves back what it had moved', async () => {
    const hub = await hubOf(['a', 'real']);
    const outside = join(hub.root, '..', 'outside');
    await writeRun(outside, '.', 'events.out.tfevents.2.x');
    await symlink(join(outside, 'events.out.tfevents.2.x'), join(hub.root, 'a', 'events.out.tfevents.2.x'));
    await symlink(outside, join(hub.root, 'linked'));
    await listed(hub, ['a', 'real', 'linked']);
    const before = await filesIn(outside);
    const results = await act(hub, { action: 'delete', runs: ['a', 'linked'] });
    expect(results).toMatchObject([
      { run: 'a', outcome: 'failed', reason: expect.stringContaining('is a link') },
      { run: 'linked', outcome: 'failed', reason: expect.stringContaining('is reached through a link') },
    ]);
    expect(await filesIn(outside)).toEqual(before);
    expect((await readdir(join(hub.root, 'a'))).sort()).toEqual([TORCH_FILE, 'events.out.tfevents.2.x']);
    expect(await trashOf(hub)).toEqual([]);
  });

  it.each(['.convscope', '.convscope/trash'])(
    'leaves everything in place while %s is a link',
    async (own) => {
      const hub = await hubOf(['a', 'b']);
      const [done] = await act(hub, { action: 'delete', runs: ['a'] });
      await listed(hub, ['b']);
      const outside = join(hub.root, '..', 'outside');
      await rename(join(hub.root, own), outside);
      await symlink(outside, join(hub.root, own));
      const [trashed, kept] = [await filesIn(outside), await filesIn(join(hub.root, 'b'))];
      const linked = { outcome: 'failed', reason: expect.stringContaining('is reached through a link') };
      expect(await act(hub, { action: 'delete', runs: ['b'] })).toMatchObject([linked]);
      expect(await act(hub, { action: 'restore', deleted: [done!.deleted] })).toMatchObject([linked]);
      expect(await filesIn(outside)).toEqual(trashed);
      expect(await filesIn(join(hub.root, 'b'))).toEqual(kept);
      expect((await readdir(hub.root)).sort()).toEqual(['.convscope', 'b']);
    },
  );

  it('takes no path for a run that the hub does not list', async () => {
    const hub = await hubOf(['a']);
    await writeRun(join(hub.root, '..'), 'outside');
    for (const run of ['../outside', '/etc', 'a/..', '', 'a/../../outside', '.convscope']) {
      expect(await act(hub, { action: 'delete', runs: [run] }), run).toMatchObject([{ outcome: 'failed' }]);
    }
    expect(await readdir(join(hub.root, '..', 'outside'))).toEqual([TORCH_FILE]);
  });

  it('restores nothing outside, whatever the note in the trash says, and replaces nothing', async () => {
    const hub = await hubOf(['a']);
    const [done] = await act(hub, { action: 'delete', runs: ['a'] });
    await listed(hub, []);
    const note = join(hub.root, '.convscope/trash', done!.deleted!, 'deleted.json');
    const said = JSON.parse(await readFile(note, 'utf8'));
    for (const wrong of [
      { ...said, run: '../outside' },
      { ...said, run: 'b/../../outside' },
      { ...said, files: ['../../../escaped'] },
      { ...said, files: ['..'] },
      { ...said, run: '/outside' },
    ]) {
      await writeFile(note, JSON.stringify(wrong));
      expect(await act(hub, { action: 'restore', deleted: [done!.deleted] })).toMatchObject([
        { outcome: 'failed' },
      ]);
    }
    for (const id of ['..', '../..', 'x', `${done!.deleted}/..`])
      expect(await act(hub, { action: 'restore', deleted: [id] })).toMatchObject([{ outcome: 'failed' }]);
    expect((await readdir(join(hub.root, '..'))).sort()).toEqual(['runs']);

    await writeFile(note, JSON.stringify(said));
    await writeRun(hub.root, 'a');
    await writeFile(join(hub.root, 'a', TORCH_FILE), 'another');
    expect(await act(hub, { action: 'restore', deleted: [done!.deleted] })).toMatchObject([
      { outcome: 'failed', reason: expect.stringContaining('is there already') },
    ]);
    expect(await readFile(join(hub.root, 'a', TORCH_FILE), 'utf8')).toBe('another');
    await rm(join(hub.root, 'a', TORCH_FILE));
    expect(await act(hub, { action: 'restore', deleted: [done!.deleted] })).toMatchObject([
      { outcome: 'done' },
    ]);
  });

  it('that was stopped in the middle leaves every file where it was or in the trash', async () => {
    const hub = await hubOf(['a']);
    await writeRun(hub.root, 'a', 'events.out.tfevents.2.x');
    await hub.logdir.settled();
    const before = await filesIn(join(hub.root, 'a'));
    const [done] = await act(hub, { action: 'delete', runs: ['a'] });
    // As if the hub had been killed after the note and the first file.
    const folder = join(hub.root, '.convscope/trash', done!.deleted!);
    const { files } = JSON.parse(await readFile(join(folder, 'deleted.json'), 'utf8'));
    await mkdir(join(hub.root, 'a'), { recursive: true });
    await rename(join(folder, '1'), join(hub.root, 'a', files[1]));
    expect(await act(hub, { action: 'restore', deleted: [done!.deleted] })).toMatchObject([
      { outcome: 'done' },
    ]);
    expect(await filesIn(join(hub.root, 'a'))).toEqual(before);
  });

  it.skipIf(process.platform !== 'linux')('works on names of any bytes', async () => {
    const logdir = join(await temporaryFolder(), 'runs');
    const name = Buffer.concat([Buffer.from(`${logdir}/lr=0.1 \n`), Buffer.from([0xff, 0xfe])]);
    await mkdir(name, { recursive: true });
    const file = Buffer.concat([name, Buffer.from(`/${TORCH_FILE}`), Buffer.from([0xe9])]);
    await writeFile(file, scalar('loss', 1, 1));
    await utimes(file, LONG_AGO, LONG_AGO);
    const run = 'lr=0.1 \n\\xff\\xfe';
    const hub = await startTestHub({ logdir });
    await listed(hub, [run]);
    await act(hub, { action: 'annotate', runs: [run], label: 'odd' });
    expect(hub.logdir.runs.get(run)?.summary().label).toBe('odd');
    const [done] = await act(hub, { action: 'delete', runs: [run] });
    expect(done?.outcome).toBe('done');
    await listed(hub, []);
    await act(hub, { action: 'restore', deleted: [done!.deleted] });
    await listed(hub, [run]);
    expect(await readFile(file)).toEqual(scalar('loss', 1, 1));
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'says that a folder may not be changed',
    async () => {
      const hub = await hubOf(['a']);
      await chmod(join(hub.root, 'a'), 0o500);
      expect(await act(hub, { action: 'delete', runs: ['a'] })).toMatchObject([{ outcome: 'failed' }]);
      await chmod(join(hub.root, 'a'), 0o700);
      expect(await readdir(join(hub.root, 'a'))).toEqual([TORCH_FILE]);
    },
  );
});

describe('who may change runs', () => {
  const BODY = { action: 'annotate', runs: ['a'], label: 'x' };

  it('is whoever has the cookie of the page, and nobody else', async () => {
    const hub = await hubOf(['a']);
    for (const Cookie of ['', `convscope-${hub.port}=`, `convscope-${hub.port}=${'x'.repeat(43)}`]) {
      const refused = await post(hub, BODY, { Cookie });
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({ error: expect.stringContaining('Only the page') });
    }
    expect(hub.logdir.runs.get('a')?.summary()).not.toHaveProperty('label');
    expect((await post(hub, BODY)).status).toBe(200);
  });

  it('is nobody where the hub is read-only, and the session says so', async () => {
    const hub = await hubOf(['a'], { readOnly: true });
    const refused = await post(hub, BODY);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: expect.stringContaining('--read-only') });
    const Cookie = await cookieOf(hub);
    expect(await (await fetch(`${hub.url}/api/session`, { headers: { Cookie } })).json()).toMatchObject({
      readOnly: true,
    });
    expect(await readdir(hub.root)).toEqual(['a']);
  });

  it('is no other page, by whatever request it can make', async () => {
    const hub = await hubOf(['a']);
    const Cookie = await cookieOf(hub);
    const address = `${hub.url}/api/v1/run-actions`;
    const body = JSON.stringify(BODY);
    const refused = [
      await post(hub, BODY, { Origin: 'http://evil.test' }),
      await post(hub, BODY, { Origin: 'null' }),
      await post(hub, BODY, { 'Sec-Fetch-Site': 'cross-site' }),
      await post(hub, BODY, { 'Sec-Fetch-Site': 'same-site' }),
      // What a form can send.
      await post(hub, body, { 'Content-Type': 'text/plain' }),
      await post(hub, `a=${encodeURIComponent(body)}`, {
        'Content-Type': 'application/x-www-form-urlencoded',
      }),
      await fetch(`${address}?action=annotate&runs=a&label=x`, { headers: { Cookie } }),
      await fetch(address, { method: 'PUT', headers: { Cookie, 'Content-Type': 'application/json' }, body }),
      await fetch(address, { method: 'OPTIONS', headers: { Origin: 'http://evil.test' } }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 415, 415, 405, 405, 403]);
    expect(hub.logdir.runs.get('a')?.summary()).not.toHaveProperty('label');
  });

  it.each([
    '{',
    '[]',
    '{"action": "explode", "runs": ["a"]}',
    '{"action": "delete"}',
    '{"action": "delete", "runs": []}',
    '{"action": "delete", "runs": "a"}',
    `{"action": "annotate", "runs": ["a"], "label": ${JSON.stringify('x'.repeat(201))}}`,
    `{"action": "annotate", "runs": ["a"], "archived": "yes"}`,
  ])('is told what is wrong with %s', async (body) => {
    const hub = await hubOf(['a']);
    const refused = await post(hub, body);
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: expect.stringMatching(/[.]$/) });
  });
});

it('shows no part of the trash to TensorBoard, which looks for tfevents in names', async () => {
  const hub = await hubOf(['a']);
  await act(hub, { action: 'delete', runs: ['a'] });
  const found = execFileSync('find', [hub.root, '-name', '*tfevents*']).toString();
  expect(found).toBe('');
});
