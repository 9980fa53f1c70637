import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { openLogdir } from '../../storage/open-logdir.js';
import { StorageError } from '../../storage/storage-error.js';
import { runHead, scalar, TORCH_FILE, uid } from '../testing/run-bytes.js';
import { startSender, startTestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';
import { act, filesIn, hubOf, LONG_AGO, listed, trashOf, writeRun } from './testing/run-actions.js';

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
    // Not even notes of what was not deleted.
    expect(await readdir(join(hub.root, '.convscope', 'trash'))).toEqual([]);
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
