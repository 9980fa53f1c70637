/** Which folder a sender gets, and which messages are refused. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import { describe, expect, it } from 'vitest';
import { runHead, scalar, TORCH_FILE, uid } from '../testing/run-bytes.js';
import {
  connected,
  senderSocket,
  startSender,
  startTestHub,
  TOKEN,
  temporaryFolder,
} from '../testing/test-hub.js';
import { FILE, fileBytes, fileOf, sendRest, storeOn } from './testing/sender-file.js';

describe('a run whose name is taken by a folder that cannot be read', () => {
  it('gets the next name', async () => {
    const root = await temporaryFolder();
    const head = runHead(uid('a'));
    const version = head.indexOf('"version":1');
    expect(version).toBeGreaterThan(0);
    head[version + '"version":'.length] = '2'.charCodeAt(0);
    // The record's checksum must match what was changed, or it would be an ordinary gap.
    const versionFrame = Number(head.readBigUInt64LE(0)) + 16;
    const start = encodeFrame(head.subarray(versionFrame + 12, -4));
    await mkdir(join(root, 'damaged'));
    await writeFile(join(root, 'damaged', FILE), Buffer.concat([head.subarray(0, versionFrame), start]));
    const store = await storeOn(root);
    expect(await store.open(fileOf('b', 'damaged'))).toMatchObject({ ok: true, run: 'damaged-2' });
    await store.closeAll();
  });
});

describe('where a sender may write', () => {
  it.each([
    '../escape',
    'a/../../escape',
    '/etc/passwd',
    '..',
    '.',
    '',
    'a//b',
    'a/',
    '/',
    'a\0b',
    'a\\..\\b',
    '.ssh/keys',
    'a/.hidden',
    'con',
    'aux.txt',
    'LPT1',
    'C:evil',
    'a\nb',
    'x'.repeat(201),
    'a/b/c/d/e/f/g/h/i',
    'trailing ',
    'trailing.',
    '\ud800',
  ])('is not %j', async (run) => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    expect(await sender.open({ ...fileOf('a'), run })).toMatchObject({
      ok: false,
      retry: false,
      error: expect.stringMatching(/\.$/),
    });
    expect(await readdir(hub.root)).toEqual([]);
    expect(existsSync(join(hub.root, '..', 'escape'))).toBe(false);
  });

  it.each([
    '../events.out.tfevents.1',
    'a/tfevents',
    'notes.txt',
    '.tfevents',
    'tfevents\0',
    'tfevents\\x',
    `tfevents${'é'.repeat(150)}`,
  ])('is not a file %j', async (file) => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    expect(await sender.open({ ...fileOf('a'), file })).toMatchObject({ ok: false, retry: false });
    expect(await readdir(hub.root)).toEqual([]);
  });

  it.each([
    'lenet',
    'sweep 3/lr=0.1, wd=5e-4',
    'nested/run/two',
    'ünïcödé',
    '实验',
    '<b>'.replace(/[<>]/g, '_'),
    'a..b',
    "it's",
  ])('may be named %s', async (run) => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    expect(await sender.open({ ...fileOf('a'), run })).toMatchObject({
      ok: true,
      run,
      path: join(hub.root, run),
    });
    expect((await stat(join(hub.root, run, FILE))).size).toBe(0);
  });

  it('is never behind a link', async () => {
    const hub = await startTestHub();
    const outside = await temporaryFolder();
    await symlink(outside, join(hub.root, 'link'));
    await mkdir(join(hub.root, 'dir'));
    await symlink(join(outside, 'target'), join(hub.root, 'dir', FILE));
    const sender = await startSender(hub);
    expect(await sender.open(fileOf('a', 'link/below'))).toMatchObject({ ok: false, retry: false });
    // The name itself is taken, by a link: the run goes beside it.
    expect(await sender.open(fileOf('b', 'link'))).toMatchObject({ ok: true, run: 'link-2' });
    expect(await sender.open(fileOf('c', 'dir'))).toMatchObject({ ok: false });
    expect(await readdir(outside)).toEqual([]);
  });
});

describe('names', () => {
  it('that are taken get a suffix, and their runs find them again', async () => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    const runs = ['a', 'b', 'c'].map((digit) => fileOf(digit, 'net'));
    // All at once: names are given out one at a time.
    const answers = await Promise.all(runs.map((run) => sender.open(run)));
    expect(answers.map((answer) => answer.ok && answer.run)).toEqual(['net', 'net-2', 'net-3']);
    for (const [i, run] of runs.entries())
      await sendRest((at, bytes) => sender.write(run, at, bytes), 0, fileBytes('abc'[i]!));
    await hub.close();

    const again = await startTestHub({ logdir: hub.root });
    const sender2 = await startSender(again);
    for (const [i, run] of [...runs.entries()].reverse()) {
      expect(await sender2.open(run)).toMatchObject({
        ok: true,
        run: ['net', 'net-2', 'net-3'][i],
        length: fileBytes('abc'[i]!).length,
      });
    }
    // A restart of the same run is a new file in the same directory.
    expect(await sender2.open({ ...runs[1]!, file: 'events.out.tfevents.2.host.1.0' })).toMatchObject({
      ok: true,
      run: 'net-2',
      length: 0,
    });
  });

  it('that another writer has taken are left alone', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'torch'));
    await writeFile(join(root, 'torch', TORCH_FILE), scalar('loss', 1, 1));
    await writeFile(join(root, 'plain'), 'a file');
    const store = await storeOn(root);
    expect(await store.open(fileOf('a', 'torch'))).toMatchObject({ ok: true, run: 'torch-2' });
    expect(await store.open(fileOf('b', 'plain'))).toMatchObject({ ok: true, run: 'plain-2' });
    await store.closeAll();
  });

  it('stay with the run whose first record a kill cut short', async () => {
    const root = await temporaryFolder();
    const bytes = fileBytes('a');
    for (const cut of [0, 1, 20, runHead(uid('a')).length - 1]) {
      await mkdir(join(root, `cut${cut}`));
      await writeFile(join(root, `cut${cut}`, FILE), bytes.subarray(0, cut));
      const store = await storeOn(root);
      expect(await store.open(fileOf('a', `cut${cut}`))).toMatchObject({
        ok: true,
        run: `cut${cut}`,
        length: cut,
      });
      await store.closeAll();
      // To another file name it is somebody else's.
      const other = await storeOn(root);
      expect(await other.open({ ...fileOf('b', `cut${cut}`), file: `${FILE}x` })).toMatchObject({
        ok: true,
        run: `cut${cut}-2`,
      });
      await other.closeAll();
    }
  });
});

describe('messages that no sender of ours sends', () => {
  it('are refused without the token, with a wrong one, and with another protocol', async () => {
    const hub = await startTestHub();
    for (const auth of [
      {},
      { token: '' },
      { token: 'wrong', protocol: 1 },
      { token: `${TOKEN}x`, protocol: 1 },
      { token: [TOKEN], protocol: 1 },
    ]) {
      await expect(connected(senderSocket(hub, { auth }))).rejects.toThrow(/token is missing or wrong/);
    }
    await expect(connected(senderSocket(hub, { auth: { token: TOKEN, protocol: 99 } }))).rejects.toThrow(
      /protocol 99/,
    );
  });

  it('are answered with a sentence, whatever they hold, and the hub goes on', async () => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    const send = (event: string, ...args: unknown[]): Promise<unknown> =>
      new Promise((resolve) =>
        (sender.socket as unknown as { emit(...all: unknown[]): void }).emit(event, ...args, resolve),
      );
    const good = { runUid: uid('a'), file: FILE, offset: 0 };
    for (const message of [
      null,
      7,
      'x',
      [],
      {},
      { ...good, run: 5 },
      { ...good, run: 'x', runUid: 'A'.repeat(32) },
      { ...good, run: 'x', runUid: '../../../../x' },
      { ...good, run: 'r', file: 'f'.repeat(300) },
    ]) {
      expect(await send('open', message)).toMatchObject({
        ok: false,
        retry: false,
        error: expect.stringMatching(/\.$/),
      });
    }
    expect(await sender.open(fileOf('a'))).toMatchObject({ ok: true });
    for (const message of [
      null,
      {},
      { ...good, offset: -1 },
      { ...good, offset: 0.5 },
      { ...good, offset: '0' },
      { ...good, offset: null },
    ]) {
      expect(await send('write', message, new Uint8Array(1))).toMatchObject({ ok: false, retry: false });
    }
    for (const bytes of ['text', null, 5, [1, 2], { length: 3 }]) {
      expect(await send('write', good, bytes)).toMatchObject({
        ok: false,
        retry: false,
        error: expect.stringContaining('binary'),
      });
    }
    for (const message of [null, {}, { runUid: 5 }])
      expect(await send('close', message)).toMatchObject({ ok: false });
    // No answer asked for, too few arguments, unknown events.
    const raw = sender.socket as unknown as { emit(...all: unknown[]): void };
    raw.emit('write');
    raw.emit('open', fileOf('b', 'unasked'));
    raw.emit('error', 'x');
    raw.emit('nonsense', { a: 1 });
    expect(await sender.write(fileOf('a'), 0, runHead(uid('a')))).toMatchObject({ ok: true });
    expect(await readdir(hub.root)).toEqual(['run']);
  });

  it('are refused when they are larger than agreed, and end the connection when they are larger than a socket takes', async () => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    await sender.open(fileOf('a'));
    expect(await sender.write(fileOf('a'), 0, new Uint8Array(LIMITS.ingestBytes + 1))).toMatchObject({
      ok: false,
      retry: false,
    });
    expect(await sender.write(fileOf('a'), 0, new Uint8Array(LIMITS.ingestBytes))).toMatchObject({
      ok: true,
      length: LIMITS.ingestBytes,
    });
    const gone = new Promise((resolve) => sender.socket.once('disconnect', resolve));
    sender
      .write(fileOf('a'), LIMITS.ingestBytes, new Uint8Array(LIMITS.socketBytes + 1))
      .catch(() => undefined);
    await gone;
    expect((await stat(join(hub.root, 'run', FILE))).size).toBe(LIMITS.ingestBytes);
    expect((await fetch(`${hub.url}/api/runs`)).status).toBe(200);
  });
});
