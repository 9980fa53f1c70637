/** How a log reaches the hub through its spool, whatever happens to hub and connection. */
import { appendFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { handOverSpools } from '../hub/ingest/hand-over.js';
import { startCutLine } from '../hub/testing/ingest-hub.js';
import { acknowledged, eventFile, WAIT } from './testing/writer-log.js';
import {
  counted,
  hubs,
  logdir,
  logged,
  loss,
  maps,
  readLog,
  root,
  spool,
  spools,
  startHub,
  stepsOf,
  useWriters,
  write,
} from './testing/written-runs.js';

useWriters();

describe('a run writer', () => {
  it('sends everything to a hub, in order, and leaves no spool', async () => {
    const hub = await startHub();
    const writer = write({ url: hub.url });
    for (const step of counted(200)) {
      writer.add(loss(step));
      if (step % 20 === 0) writer.addMaps(maps(step));
    }
    expect(await writer.close({ acknowledgeWithinMs: 20_000 })).toEqual({
      acknowledged: true,
      path: join(logdir, 'r'),
    });
    const log = logged();
    expect(log.gaps).toBe(0);
    expect(stepsOf(log, 'train/loss')).toEqual(counted(200));
    expect(stepsOf(log, 'conv1/preactivation')).toEqual(counted(10).map((i) => i * 20));
    expect(spools()).toEqual([]);
  });

  it('makes the spool readable by its owner only', async () => {
    const writer = write({ url: 'http://127.0.0.1:9/' });
    await writer.ready;
    expect(statSync(spool(writer)).mode & 0o777).toBe(0o700);
  });

  it('starts without a hub, says so, and sends everything once there is one', async () => {
    const first = await startHub();
    const { port, url } = first;
    await first.close();
    hubs.pop();
    const writer = write({ url });
    for (const step of counted(50)) writer.add(loss(step));
    await vi.waitUntil(() => writer.status().warning?.includes('cannot be reached'), WAIT);
    await startHub(port);
    await acknowledged(writer);
    expect(stepsOf(logged(), 'train/loss')).toEqual(counted(50));
    await vi.waitUntil(() => writer.status().warning === undefined, WAIT);
  });

  it('continues with a hub that was shut down and started again', async () => {
    const first = await startHub();
    const writer = write({ url: first.url });
    writer.add(loss(0));
    await acknowledged(writer);
    await first.close();
    hubs.pop();
    writer.add(loss(1));
    await startHub(first.port);
    await vi.waitUntil(() => stepsOf(logged(), 'train/loss').length === 2, WAIT);
    expect(logged().gaps).toBe(0);
  });

  it('reconnects to a hub that disconnected it', async () => {
    const hub = await startHub();
    const writer = write({ url: hub.url });
    writer.add(loss(0));
    await acknowledged(writer);
    hub.sendAway();
    await vi.waitUntil(() => !writer.status().connected, WAIT);
    writer.add(loss(1));
    await vi.waitUntil(() => stepsOf(logged(), 'train/loss').length === 2, WAIT);
  });

  it('reports that the disk of the hub is full, and sends everything once there is space', async () => {
    const hub = await startHub();
    const writer = write({ url: hub.url });
    writer.add(loss(0));
    await acknowledged(writer);
    hub.refuseWith({ ok: false, error: 'The disk is full; make room and the run goes on.', retry: true });
    for (const step of counted(30).slice(1)) writer.add(loss(step));
    await vi.waitUntil(() => writer.status().warning?.includes('The disk is full'), WAIT);
    hub.refuseWith(undefined);
    await vi.waitUntil(() => stepsOf(logged(), 'train/loss').length === 30, WAIT);
    expect(stepsOf(logged(), 'train/loss')).toEqual(counted(30));
    await vi.waitUntil(() => writer.status().warning === undefined, WAIT);
  });

  it('writes the run anew when its folder vanishes while it is logged', async () => {
    const hub = await startHub();
    const writer = write({ url: hub.url });
    for (const step of counted(10)) writer.add(loss(step));
    await acknowledged(writer);
    rmSync(join(logdir, 'r'), { recursive: true });
    writer.add(loss(10));
    await vi.waitUntil(() => {
      try {
        return stepsOf(logged(), 'train/loss').length === 11;
      } catch {
        // The directory or the file may not exist yet; the test's time limit applies.
        return false;
      }
    }, WAIT);
    expect(logged().gaps).toBe(0);
  });

  it('recovers from connections that break in the middle of messages: every byte arrives once', async () => {
    const hub = await startHub();
    let [state, cutsLeft] = [20_260_703, 40];
    const line = await startCutLine(hub.port, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return cutsLeft-- > 0 ? 600 + (state % 40_000) : Number.POSITIVE_INFINITY;
    });
    try {
      const writer = write({ url: line.url });
      for (const step of counted(400)) {
        writer.add(loss(step));
        if (step % 4 === 0) writer.addMaps(maps(step));
      }
      expect((await writer.close({ acknowledgeWithinMs: 50_000 })).acknowledged).toBe(true);
      expect(line.cuts).toBeGreaterThan(10);
      const log = logged();
      expect(log.gaps).toBe(0);
      expect(stepsOf(log, 'train/loss')).toEqual(counted(400));
      expect(stepsOf(log, 'conv1/preactivation')).toEqual(counted(100).map((i) => i * 4));
    } finally {
      line.close();
    }
  });

  it('does not touch a file at the hub that is longer than its own, and keeps its log', async () => {
    const hub = await startHub();
    const writer = write({ url: hub.url });
    writer.add(loss(0));
    await acknowledged(writer);
    const file = eventFile(join(logdir, 'r'));
    appendFileSync(file, 'something that nobody sent');
    const before = readFileSync(file);
    hub.sendAway();
    await vi.waitUntil(() => writer.status().warning?.includes('not the same file'), WAIT);
    expect((await writer.close({ acknowledgeWithinMs: 20_000 })).acknowledged).toBe(false);
    expect(readFileSync(file)).toEqual(before);
    expect(stepsOf(readLog(readFileSync(eventFile(spool(writer)))), 'train/loss')).toEqual([0]);
  });

  it('says that a hub refuses its token, and leaves the log in the spool', async () => {
    const hub = await startHub();
    const writer = write({ hub: { url: hub.url, token: 'another' } });
    writer.add(loss(0));
    await vi.waitUntil(() => writer.status().warning?.includes('token'), WAIT);
    expect((await writer.close({ acknowledgeWithinMs: 100 })).acknowledged).toBe(false);
    expect(spools()).toEqual([writer.runUid]);
  });

  it('hands what was left in the spool to the next hub of its logdir, and to no other', async () => {
    const writer = write({ url: 'http://127.0.0.1:9/' });
    for (const step of counted(500)) writer.add(loss(step));
    writer.addMaps(maps(500, 64));
    expect((await writer.close({ acknowledgeWithinMs: 0 })).acknowledged).toBe(false);
    const spooled = readFileSync(eventFile(spool(writer)));
    const { store } = await startHub();
    const cacheDirectory = join(root, 'cache');
    const said: string[] = [];
    const log = (sentence: string) => said.push(sentence);

    expect(await handOverSpools(store, { cacheDirectory, logdir: join(root, 'elsewhere'), log })).toEqual([]);
    expect(await handOverSpools(store, { cacheDirectory, logdir, log })).toEqual(['r']);
    expect(said).toEqual([
      `Run r: ${spooled.length} bytes that an earlier process left behind were handed over.`,
    ]);
    expect(readFileSync(eventFile(join(logdir, 'r')))).toEqual(spooled);
    expect(spools()).toEqual([]);
  });

  it('leaves a run in the spool while its writer is running', async () => {
    const writer = write({ url: 'http://127.0.0.1:9/' });
    writer.add(loss(0));
    await vi.waitUntil(() => writer.status().written > 0, WAIT);
    const { store } = await startHub();
    const options = { cacheDirectory: join(root, 'cache'), logdir, log: () => undefined };
    expect(await handOverSpools(store, options)).toEqual([]);
    expect(spools()).toEqual([writer.runUid]);
  });
});
