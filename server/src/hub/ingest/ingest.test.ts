import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { IngestAnswer } from '@convscope/shared/protocol/ingest.js';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import { describe, expect, it, vi } from 'vitest';
import { openLocalLogdir } from '../../storage/local-storage.js';
import type { LogStorage } from '../../storage/storage.js';
import { StorageError } from '../../storage/storage-error.js';
import { KNOWS_DESCRIPTORS, openBelow } from '../../testing/open-descriptors.js';
import { runHead, scalar, TORCH_FILE, uid } from '../testing/run-bytes.js';
import {
  connected,
  senderSocket,
  startSender,
  startTestHub,
  TOKEN,
  temporaryFolder,
  waitFor,
} from '../testing/test-hub.js';
import { createIngestStore } from './ingest-store.js';

/** Longer than a hub takes to end its connections. */
const SLOW_DISK_MS = 300;
const FILE = 'events.out.tfevents.1.host.1.0';
const fileOf = (digit: string, run = 'run') => ({ runUid: uid(digit), run, file: FILE });

/** A whole file of a sender: head and points. */
function fileBytes(digit: string, points = 50): Buffer {
  return Buffer.concat([
    runHead(uid(digit)),
    ...Array.from({ length: points }, (_, i) => scalar('train/loss', i, i)),
  ]);
}

function lengthOf(answer: IngestAnswer): number {
  if (!answer.ok) throw new Error(answer.error);
  return answer.length;
}

/** Sends what the hub does not have, as a sender does: from where the answer says, in stretches. */
async function sendRest(
  write: (offset: number, bytes: Uint8Array) => Promise<IngestAnswer>,
  length: number,
  bytes: Buffer,
  stretch = 300,
): Promise<void> {
  for (let at = length; at < bytes.length; ) at = lengthOf(await write(at, bytes.subarray(at, at + stretch)));
}

async function storeOn(root: string, change: (storage: LogStorage) => LogStorage = (storage) => storage) {
  const appended = vi.fn();
  const senders = vi.fn();
  return {
    ...createIngestStore({ storage: change(await openLocalLogdir(root)), appended, senders }),
    appended,
    senders,
  };
}

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

describe('writing', () => {
  it('happens only at the end of the file; any other offset is answered with the length', async () => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    const file = fileOf('a');
    const bytes = fileBytes('a');
    await sender.open(file);
    expect(await sender.write(file, 0, bytes.subarray(0, 100))).toMatchObject({ ok: true, length: 100 });
    expect(await sender.write(file, 0, bytes.subarray(0, 100))).toMatchObject({ ok: true, length: 100 });
    expect(await sender.write(file, 50, bytes.subarray(50, 150))).toMatchObject({ ok: true, length: 100 });
    expect(await sender.write(file, 1000, bytes.subarray(1000, 1100))).toMatchObject({
      ok: true,
      length: 100,
    });
    expect(await sender.write(file, 100, new Uint8Array(0))).toMatchObject({ ok: true, length: 100 });
    expect(await readFile(join(hub.root, 'run', FILE))).toEqual(bytes.subarray(0, 100));
  });

  it('answers messages that were sent without waiting in their order', async () => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    const file = fileOf('a');
    const bytes = fileBytes('a');
    const answers = [sender.open(file)];
    for (let at = 0; at < bytes.length; at += 500)
      answers.push(sender.write(file, at, bytes.subarray(at, at + 500)));
    const lengths = (await Promise.all(answers)).map(lengthOf);
    expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    expect(await readFile(join(hub.root, 'run', FILE))).toEqual(bytes);
  });

  it('goes on where the disk ends after a hub that died in the middle of a write', async () => {
    const root = await temporaryFolder();
    const bytes = fileBytes('a');
    // What a killed hub leaves: acknowledged bytes and part of the next stretch.
    await mkdir(join(root, 'run'));
    await writeFile(join(root, 'run', FILE), bytes.subarray(0, 1234));
    const hub = await startTestHub({ logdir: root });
    const sender = await startSender(hub);
    const length = lengthOf(await sender.open(fileOf('a')));
    expect(length).toBe(1234);
    await sendRest((at, part) => sender.write(fileOf('a'), at, part), length, bytes);
    expect(await readFile(join(root, 'run', FILE))).toEqual(bytes);
    await waitFor(() => expect(hub.logdir.runs.get('run')?.index.scalars('train/loss')?.rows).toBe(50));
  });

  it('survives the hub: a sender that reconnects to its successor on the same port loses and doubles nothing', async () => {
    const first = await startTestHub();
    const bytes = fileBytes('a', 400);
    const file = fileOf('a');
    const socket = senderSocket(first, {
      reconnection: true,
      reconnectionDelay: 5,
      reconnectionDelayMax: 20,
    });
    await connected(socket);
    let length = lengthOf(await socket.emitWithAck('open', file));
    let restarts = 0;
    let hub = first;
    while (length < bytes.length) {
      if (restarts < 3 && length > (restarts + 1) * 4000) {
        restarts++;
        const lost = new Promise<void>((resolve) => socket.once('disconnect', () => resolve()));
        // In flight while the hub goes.
        socket
          .timeout(50)
          .emit('write', { ...file, offset: length }, bytes.subarray(length, length + 700), () => undefined);
        await hub.close();
        await lost;
        const back = new Promise<void>((resolve) => socket.once('connect', resolve));
        hub = await startTestHub({ logdir: first.root, port: first.port });
        if (!socket.connected) {
          socket.connect();
          await back;
        }
        length = lengthOf(await socket.emitWithAck('open', file));
        continue;
      }
      length = lengthOf(
        await socket.emitWithAck('write', { ...file, offset: length }, bytes.subarray(length, length + 700)),
      );
    }
    expect(restarts).toBe(3);
    expect(await readFile(join(first.root, 'run', FILE))).toEqual(bytes);
  });

  it('is shared by two senders of one file, and doubles nothing', async () => {
    const hub = await startTestHub();
    const bytes = fileBytes('a', 200);
    const file = fileOf('a');
    const senders = [await startSender(hub), await startSender(hub)];
    await Promise.all(
      senders.map(async (sender, i) => {
        const length = lengthOf(await sender.open(file));
        await sendRest((at, part) => sender.write(file, at, part), length, bytes, 200 + i * 77);
      }),
    );
    expect(await readFile(join(hub.root, 'run', FILE))).toEqual(bytes);
    senders[0]!.socket.disconnect();
    await waitFor(() => expect(hub.logdir.runs.get('run')?.senders).toBe(1));
    expect(await senders[1]!.write(file, 0, new Uint8Array(1))).toMatchObject({
      ok: true,
      length: bytes.length,
    });
  });

  it('begins again when the file was shortened behind its back, and makes no hole', async () => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    const bytes = fileBytes('a');
    await sender.open(fileOf('a'));
    await sendRest((at, part) => sender.write(fileOf('a'), at, part), 0, bytes);
    await truncate(join(hub.root, 'run', FILE), 777);
    const length = lengthOf(await sender.write(fileOf('a'), bytes.length, scalar('x', 1, 1)));
    expect(length).toBe(777);
    await sendRest((at, part) => sender.write(fileOf('a'), at, part), length, bytes);
    expect(await readFile(join(hub.root, 'run', FILE))).toEqual(bytes);
  });

  it('says that the run was deleted, and then writes it whole again', async () => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    const bytes = fileBytes('a');
    const file = fileOf('a');
    await sender.open(file);
    await sendRest((at, part) => sender.write(file, at, part), 0, bytes);
    await rm(join(hub.root, 'run'), { recursive: true });
    expect(await sender.write(file, bytes.length, scalar('x', 1, 1))).toMatchObject({
      ok: false,
      retry: true,
      error: expect.stringContaining('deleted'),
    });
    const length = lengthOf(await sender.write(file, bytes.length, scalar('x', 1, 1)));
    expect(length).toBe(0);
    await sendRest((at, part) => sender.write(file, at, part), length, bytes);
    expect(await readFile(join(hub.root, 'run', FILE))).toEqual(bytes);
  });

  it('waits for a logdir that is away, does not make a new one, and goes on where it was', async () => {
    const folder = await temporaryFolder();
    const hub = await startTestHub({ logdir: join(folder, 'runs') });
    const sender = await startSender(hub);
    const bytes = fileBytes('a');
    const file = fileOf('a');
    await sender.open(file);
    await sender.write(file, 0, bytes.subarray(0, 500));
    await rename(join(folder, 'runs'), join(folder, 'away'));
    for (let i = 0; i < 3; i++) {
      expect(await sender.write(file, 500, bytes.subarray(500, 900))).toMatchObject({
        ok: false,
        retry: true,
      });
    }
    expect(await readdir(folder)).toEqual(['away']);
    await rename(join(folder, 'away'), join(folder, 'runs'));
    const length = lengthOf(await sender.write(file, 500, bytes.subarray(500, 900)));
    await sendRest((at, part) => sender.write(file, at, part), length, bytes);
    expect(await readFile(join(folder, 'runs', 'run', FILE))).toEqual(bytes);
  });

  it.each(['forbidden', 'read-only'] as const)(
    'waits for a directory that is %s, and says what to change',
    async (problem) => {
      const root = await temporaryFolder();
      let locked = true;
      const store = await storeOn(root, (storage) => ({
        ...storage,
        async makeDirectory(directory) {
          if (locked) throw new StorageError(problem, 'mkdir failed');
          await storage.makeDirectory(directory);
        },
      }));
      expect(await store.open(fileOf('a'))).toMatchObject({
        ok: false,
        retry: true,
        error: expect.stringMatching(/(permissions|writable) and the run goes on\.$/),
      });
      locked = false;
      expect(await store.open(fileOf('a'))).toMatchObject({ ok: true });
      await store.closeAll();
    },
  );

  it.each(['full', 'broken', 'over-quota'] as const)(
    'answers a disk that is %s in the middle of a stretch with a sentence, and heals when it passes',
    async (problem) => {
      const root = await temporaryFolder();
      const bytes = fileBytes('a');
      let failures = 2;
      const store = await storeOn(root, (storage) => ({
        ...storage,
        async openForAppend(path) {
          const appender = await storage.openForAppend(path);
          return {
            ...appender,
            // A part is written, as a disk does that fills up.
            async write(part, offset) {
              if (offset > 1000 && failures-- > 0) {
                await appender.write(part.subarray(0, 33), offset);
                throw new StorageError(problem, 'write failed');
              }
              await appender.write(part, offset);
            },
          };
        },
      }));
      const file = fileOf('a');
      let length = lengthOf(await store.open(file));
      let refused = 0;
      while (length < bytes.length) {
        const answer = await store.write({ ...file, offset: length }, bytes.subarray(length, length + 400));
        if (answer.ok) length = answer.length;
        else {
          refused++;
          expect(answer).toMatchObject({ retry: true, error: expect.stringContaining(root) });
        }
      }
      expect(refused).toBe(2);
      expect(await readFile(join(root, 'run', FILE))).toEqual(bytes);
      await store.closeAll();
    },
  );

  it('lets the follower know after the bytes are on disk, never before', async () => {
    const root = await temporaryFolder();
    const store = await storeOn(root);
    const file = fileOf('a');
    await store.open(file);
    const sizes: Promise<number>[] = [];
    store.appended.mockImplementation(() =>
      sizes.push(stat(join(root, 'run', FILE)).then(({ size }) => size)),
    );
    await store.write({ ...file, offset: 0 }, new Uint8Array(123));
    expect(await Promise.all(sizes)).toEqual([123]);
    await store.closeAll();
  });

  it.runIf(KNOWS_DESCRIPTORS)(
    'closes every file when the hub closes while senders have files open, or are opening them',
    async () => {
      const local = await openLocalLogdir(join(await temporaryFolder(), 'runs'));
      const hub = await startTestHub({
        storage: {
          ...local,
          async openForAppend(path) {
            const appender = await local.openForAppend(path);
            return { ...appender, length: () => delay(SLOW_DISK_MS).then(() => appender.length()) };
          },
        },
      });
      for (let i = 0; i < 8; i++) {
        const sender = await startSender(hub);
        await sender.open(fileOf('a', `run${i}`));
        sender.socket.timeout(50).emit('open', fileOf('b', `other${i}`), () => undefined);
      }
      await hub.close();
      await waitFor(async () => expect(await openBelow(hub.root)).toEqual([]));
    },
  );

  it('closes the file also when the disk does not say how long it is', async () => {
    const root = await temporaryFolder();
    const close = vi.fn();
    let isBroken = false;
    const store = await storeOn(root, (storage) => ({
      ...storage,
      async openForAppend(path) {
        const appender = await storage.openForAppend(path);
        return {
          ...appender,
          length: () => (isBroken ? Promise.reject(new StorageError('broken', 'EIO')) : appender.length()),
          close: () => appender.close().then(close),
        };
      },
    }));
    const refusal = { ok: false, error: expect.stringContaining('EIO') };
    await store.open(fileOf('a'));
    isBroken = true;
    expect(await store.close(fileOf('a'))).toMatchObject(refusal);
    expect(close).toHaveBeenCalledOnce();
    expect(await store.open(fileOf('a'))).toMatchObject(refusal);
    expect(close).toHaveBeenCalledTimes(2);
    expect(store.hasSenders()).toBe(false);
  });

  it('waits for what is being closed when everything is closed', async () => {
    const root = await temporaryFolder();
    const close = vi.fn();
    let disk = Promise.resolve();
    let answer: () => void = () => undefined;
    const store = await storeOn(root, (storage) => ({
      ...storage,
      async openForAppend(path) {
        const appender = await storage.openForAppend(path);
        return {
          ...appender,
          length: () => disk.then(() => appender.length()),
          close: () => appender.close().then(close),
        };
      },
    }));
    await store.open(fileOf('a'));
    disk = new Promise((resolve) => (answer = resolve));
    void store.close(fileOf('a'));
    await waitFor(() => expect(store.hasSenders()).toBe(false));
    const all = store.closeAll().then(() => expect(close).toHaveBeenCalledOnce());
    answer();
    await all;
  });

  it('closes the file when the sender is gone, and the run has no sender then', async () => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    await sender.open(fileOf('a'));
    await sender.open(fileOf('a'));
    await waitFor(() => expect(hub.logdir.runs.get('run')?.senders).toBe(1));
    sender.socket.disconnect();
    await waitFor(() => expect(hub.logdir.runs.get('run')?.senders).toBe(0));
    expect(await hub.ingest.write({ ...fileOf('a'), offset: 0 }, new Uint8Array(1))).toMatchObject({
      ok: false,
      retry: true,
    });
  });

  it('takes a leave once, however often the file was opened', async () => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    await sender.open(fileOf('a'));
    expect(await sender.open(fileOf('a'))).toMatchObject({ ok: true, length: 0 });
    await waitFor(() => expect(hub.logdir.runs.get('run')?.senders).toBe(1));
    expect(await sender.close(fileOf('a'))).toMatchObject({ ok: true, length: 0 });
    await waitFor(() => expect(hub.logdir.runs.get('run')?.senders).toBe(0));
    expect(await sender.close(fileOf('a'))).toMatchObject({ ok: false });
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
