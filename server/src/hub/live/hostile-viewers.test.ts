import { describe, expect, it } from 'vitest';
import { picture, runHead, scalar, uid } from '../testing/run-bytes.js';
import {
  connected,
  startSender,
  startTestHub,
  type ViewerSocket,
  viewerSocket,
  waitFor,
  watch,
} from '../testing/test-hub.js';
import { FILE, fold, rowsOverHttp } from './testing/fold.js';

describe('a slow or hostile viewer', () => {
  it('that stops reading costs the hub little, and nobody else anything', async () => {
    const hub = await startTestHub();
    const sender = await startSender(hub);
    const file = { runUid: uid('a'), run: 'run', file: FILE };
    await sender.open(file);
    const tags = Array.from({ length: 8 }, (_, i) => `map${i}`);
    const slow = await connected(viewerSocket(hub));
    const healthy = await connected(viewerSocket(hub));
    await watch(slow, { runs: ['run'], mapsOf: 'run', tags });
    await watch(healthy, { runs: ['run'], mapsOf: 'run', tags });
    const folded = fold(hub, healthy, 'run');
    const seen = new Set<string>();
    healthy.on('blob', ({ tag, row }) => {
      seen.add(`${tag} ${row}`);
      healthy.emit('credit', { run: 'run', tag });
    });
    // Stops reading at the level of TCP, as a browser tab does that is blocked.
    const { ws } = slow.io.engine.transport as unknown as {
      ws: { _socket?: { pause(): void; resume(): void } };
    };
    const tcp = ws._socket!;
    tcp.pause();
    // It goes on asking for more all the same.
    const greedy = () => {
      for (const tag of tags) slow.emit('credit', { run: 'run', tag });
    };

    // 80 MB of maps: far more than the system's own buffers take.
    let length = runHead(uid('a')).length;
    await sender.write(file, 0, runHead(uid('a')));
    const rss = () => process.memoryUsage().rss;
    const before = rss();
    let most = 0;
    for (let step = 1; step <= 40; step++) {
      for (const tag of tags) {
        const loss = tag === tags[0] ? [scalar('train/loss', step, step)] : [];
        const bytes = Buffer.concat([picture(tag, step, 250_000), ...loss]);
        const answer = await sender.write(file, length, bytes);
        if (!answer.ok) throw new Error(answer.error);
        length = answer.length;
      }
      greedy();
      most = Math.max(most, rss() - before);
    }
    await waitFor(() => expect(hub.logdir.runs.get('run')?.files[0]?.offset).toBe(length));
    const served = await rowsOverHttp(hub, 'run');
    await waitFor(async () => expect(await folded.rows()).toEqual(served));
    // The newest map of every tag arrived.
    for (const tag of tags) await waitFor(() => expect(seen).toContain(`${tag} 39`));
    expect(most).toBeLessThan(120 * 2 ** 20);

    // When it reads again, it is told what it missed by row numbers, and catches up over HTTP.
    const late = fold(hub, slow, 'run');
    tcp.resume();
    const after = await sender.write(file, length, scalar('train/loss', 41, 1));
    expect(after.ok).toBe(true);
    await waitFor(async () =>
      expect((await late.rows())['scalar train/loss']).toBe(
        (await rowsOverHttp(hub, 'run'))['scalar train/loss'],
      ),
    );
  });

  it('that asks and asks without reading is cut off', async () => {
    const hub = await startTestHub();
    const viewer = await connected(viewerSocket(hub));
    const gone = new Promise((resolve) => viewer.once('disconnect', resolve));
    for (let i = 0; i < 1000; i++)
      viewer.emit('watch', { runs: [], mapsOf: null, tags: [] }, () => undefined);
    await gone;
    await connected(viewerSocket(hub));
  });

  it('that sends what the protocol does not know gets a sentence or is cut off, and the hub goes on', async () => {
    const hub = await startTestHub();
    const healthy = await connected(viewerSocket(hub));
    const raw = (socket: ViewerSocket) =>
      socket as unknown as {
        emit(...all: unknown[]): void;
        emitWithAck(...all: unknown[]): Promise<unknown>;
      };
    const asking = await connected(viewerSocket(hub));
    for (const message of [
      null,
      5,
      'x',
      [],
      {},
      { runs: 'run', mapsOf: null, tags: [] },
      { runs: [5], mapsOf: null, tags: [] },
      { runs: [], mapsOf: 5, tags: [] },
      { runs: [], mapsOf: null, tags: [null] },
    ]) {
      for (const question of ['watch', 'subscribe'])
        expect(await raw(asking).emitWithAck(question, message)).toEqual({
          error: expect.stringMatching(/\.$/),
        });
    }
    expect(
      await watch(asking, { runs: ['../../..', '__proto__', '/etc'], mapsOf: '../../etc', tags: ['../x'] }),
    ).toEqual([]);
    for (const words of [
      ['credit'],
      ['credit', null],
      ['credit', { run: 5 }],
      ['watch'],
      ['watch', {}],
      ['subscribe'],
      ['subscribe', {}],
      ['ping'],
      ['ping', 5],
    ]) {
      const hostile = await connected(viewerSocket(hub));
      const gone = new Promise((resolve) => hostile.once('disconnect', resolve));
      raw(hostile).emit(...words);
      await gone;
    }
    for (const words of [['error', 'x'], ['nonsense'], ['rows', []], ['runs', {}]])
      raw(asking).emit(...words);
    await raw(asking).emitWithAck('ping');
    await raw(healthy).emitWithAck('ping');
  });

  it('that sends more than a socket takes is cut off', async () => {
    const hub = await startTestHub();
    const viewer = await connected(viewerSocket(hub));
    const gone = new Promise((resolve) => viewer.once('disconnect', resolve));
    viewer.emit('watch', { runs: ['x'.repeat(6_000_000)], mapsOf: null, tags: [] }, () => undefined);
    await gone;
    expect((await fetch(`${hub.url}/api/runs`)).status).toBe(200);
  });

  it('that speaks no socket.io at all is cut off', async () => {
    const hub = await startTestHub();
    for (const packet of [
      'garbage',
      '4',
      '42',
      '4999999',
      '40/live,[',
      '451-/live,["watch",{"_placeholder":true,"num":5}]',
      '4599-/live,["x"]',
      '42/live,["watch"',
      `42/live,${'['.repeat(100_000)}`,
    ]) {
      const viewer = await connected(viewerSocket(hub));
      const { ws } = viewer.io.engine.transport as unknown as { ws: { send(text: string): void } };
      ws.send(packet);
      const gone = new Promise((resolve) => viewer.once('disconnect', resolve));
      // What was sent is read before the end of the connection is.
      viewer.disconnect();
      await gone;
    }
    expect((await fetch(`${hub.url}/api/runs`)).status).toBe(200);
    await connected(viewerSocket(hub));
  });
});
