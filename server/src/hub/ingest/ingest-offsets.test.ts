/** What is written where, when hubs, senders, runs and folders come and go. */
import { mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scalar } from '../testing/run-bytes.js';
import {
  connected,
  senderSocket,
  startSender,
  startTestHub,
  temporaryFolder,
  waitFor,
} from '../testing/test-hub.js';
import { FILE, fileBytes, fileOf, lengthOf, sendRest } from './testing/sender-file.js';

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
});
