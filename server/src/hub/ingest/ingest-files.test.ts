/** What becomes of a stretch that the disk refuses, and when files are closed. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { openLocalLogdir } from '../../storage/local-storage.js';
import { StorageError } from '../../storage/storage-error.js';
import { KNOWS_DESCRIPTORS, openBelow } from '../../testing/open-descriptors.js';
import { startSender, startTestHub, temporaryFolder, waitFor } from '../testing/test-hub.js';
import { FILE, fileBytes, fileOf, lengthOf, storeOn } from './testing/sender-file.js';

/** Longer than a hub takes to end its connections. */
const SLOW_DISK_MS = 300;

describe('writing', () => {
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
