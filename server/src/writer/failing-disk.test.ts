import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { createFrameReader } from '@convscope/shared/event-log/frame-reader.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { handOverSpools } from '../hub/ingest/hand-over.js';
import { type IngestHub, startIngestHub, TOKEN } from '../hub/testing/ingest-hub.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { readOnlyLog } from '../testing/run-log.js';
import { createRunWriter, type RunWriterOptions, type StartedRunWriter } from './create-run-writer.js';
import type { MapsToLog } from './run-writer.js';
import { acknowledged, eventFile, WAIT } from './testing/writer-log.js';

const NOWHERE = 'http://127.0.0.1:9/';

const loss = (step: number): RunRecord => ({
  kind: 'scalar',
  tag: 'train/loss',
  step,
  wallTime: 1_700_000_000 + step,
  value: step,
});

/** Maps that do not compress well. */
function maps(step: number, side: number): MapsToLog {
  let x = step * 2 + 1;
  const values = Float32Array.from({ length: 2 * side * side * 4 }, () => {
    x = Math.imul(x, 1_664_525) + 1_013_904_223;
    return (x >>> 8) / 2 ** 24;
  });
  const shape = { pictures: 2, height: side, width: side, channels: 4 };
  return {
    tag: 'conv1/preactivation',
    layer: 'conv1',
    role: 'preactivation',
    step,
    values,
    ...shape,
    probes: [0, 1],
  };
}

function tagsOf(bytes: Uint8Array): string[] {
  const tags: string[] = [];
  const reader = createFrameReader({
    onEvent: (data) => tags.push(...decodeEvent(data).values.map(({ tag }) => tag)),
    onGap: () => undefined,
  });
  reader.push(bytes);
  return tags;
}

const counted = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('a run writer', () => {
  let root: string;
  let logdir: string;
  let cacheDirectory: string;
  beforeEach(async () => {
    root = await temporaryFolder();
    logdir = join(root, 'runs');
    cacheDirectory = join(root, 'cache');
  });

  async function startHub(): Promise<IngestHub> {
    const hub = await startIngestHub(logdir);
    onTestFinished(() => hub.close());
    return hub;
  }
  function write(url: string, options: Partial<RunWriterOptions> = {}): StartedRunWriter {
    const writer = createRunWriter({
      name: 'r',
      logdir,
      cacheDirectory,
      hub: { url, token: TOKEN },
      ...options,
    });
    onTestFinished(async () => void (await writer.close({ acknowledgeWithinMs: 0 })));
    writer.add(runStartRecord({ runUid: writer.runUid }));
    return writer;
  }
  const warns = (writer: StartedRunWriter, words: string) =>
    vi.waitUntil(() => writer.status().warning?.includes(words), WAIT);
  const logged = () => readOnlyLog(join(logdir, 'r'));
  const spool = (writer: StartedRunWriter) => join(cacheDirectory, 'spool', writer.runUid);
  async function handOver(store: IngestHub['store']) {
    const said: string[] = [];
    const done = await handOverSpools(store, { cacheDirectory, logdir, log: (line) => said.push(line) });
    return { done, said: said.join('\n') };
  }

  describe('whose cache cannot be written', () => {
    beforeEach(() => writeFileSync(cacheDirectory, 'a file in the way'));

    it('sends everything to the hub from memory, and says so', async () => {
      const hub = await startHub();
      const writer = write(hub.url);
      await warns(writer, 'The log goes to the hub from memory.');
      for (const step of counted(200)) {
        writer.add(loss(step));
        if (step % 20 === 0) writer.addMaps(maps(step, 16));
      }
      expect(await writer.close({ acknowledgeWithinMs: 20_000 })).toEqual({
        acknowledged: true,
        path: join(logdir, 'r'),
      });
      expect(logged()).toMatchObject({ steps: counted(200), gaps: 0, begins: true });
      expect(tagsOf(logged().bytes).filter((tag) => tag === 'conv1/preactivation')).toHaveLength(10);
    });

    it('sends far more than it may hold in memory', async () => {
      const hub = await startHub();
      const writer = write(hub.url, { memoryBytes: 200_000 });
      for (const step of counted(40)) {
        const before = writer.status().written;
        writer.addMaps(maps(step, 64));
        await vi.waitUntil(() => writer.status().written > before, WAIT);
        writer.add(loss(step));
        await acknowledged(writer);
      }
      expect((await writer.close({ acknowledgeWithinMs: 20_000 })).losses).toBeUndefined();
      expect(statSync(eventFile(join(logdir, 'r'))).size).toBeGreaterThan(600_000);
      expect(logged().steps).toEqual(counted(40));
    });

    it('counts what is lost when no hub takes it either', async () => {
      const writer = write(NOWHERE);
      for (const step of counted(30)) writer.add(loss(step));
      writer.addMaps(maps(30, 16));
      const closed = await writer.close({ acknowledgeWithinMs: 0 });
      expect(closed).toMatchObject({
        acknowledged: false,
        losses: [
          { what: 'loss', count: 30, from: 0, to: 29 },
          { what: 'maps', count: 1, from: 30, to: 30 },
          { what: 'start', count: 1 },
        ],
      });
      expect(closed.waitsIn).toBeUndefined();
    });

    it('drops what does not fit into memory while the hub refuses, counts it, and notes it in the log', async () => {
      const hub = await startHub();
      const writer = write(hub.url, { memoryBytes: 50_000 });
      await acknowledged(writer);
      hub.refuseWith({ ok: false, error: 'The disk is full; make room and the run goes on.', retry: true });
      for (const step of counted(1000)) {
        writer.add(loss(step));
        await Promise.resolve();
      }
      await warns(writer, 'Records are being lost');
      hub.refuseWith(undefined);
      await acknowledged(writer);
      writer.add(loss(1000));
      const { acknowledged: whole, losses } = await writer.close({ acknowledgeWithinMs: 20_000 });
      const { steps, gaps, bytes } = logged();
      expect(gaps).toBe(0);
      expect(whole).toBe(true);
      expect(steps.at(-1)).toBe(1000);
      expect(losses).toMatchObject([{ what: 'loss', count: 1001 - steps.length }]);
      expect(tagsOf(bytes)).toContain('convscope/log_lost');
    });

    it('writes to the cache as soon as it can', async () => {
      const writer = write(NOWHERE);
      for (const step of counted(30)) writer.add(loss(step));
      await warns(writer, 'waits in memory');
      rmSync(cacheDirectory);
      await vi.waitUntil(() => !writer.status().warning?.includes('waits in memory'), WAIT);
      expect(await writer.close({ acknowledgeWithinMs: 0 })).toEqual({
        acknowledged: false,
        waitsIn: spool(writer),
      });
      expect(readOnlyLog(spool(writer)).steps).toEqual(counted(30));
    });
  });

  it('makes its spool again when somebody deletes the cache', async () => {
    const writer = write(NOWHERE);
    for (const step of counted(30)) writer.add(loss(step));
    await vi.waitUntil(() => writer.status().written > 1000, WAIT);
    rmSync(cacheDirectory, { recursive: true });
    writer.add(loss(30));
    await vi.waitUntil(() => existsSync(join(spool(writer), 'spool.json')), WAIT);
    expect((await writer.close({ acknowledgeWithinMs: 0 })).waitsIn).toBe(spool(writer));
    const { store } = await startHub();
    expect((await handOver(store)).done).toEqual(['r']);
    expect(logged().steps).toEqual(counted(31));
  });

  it('hands over a spool of which the hub has already more, and not one that differs', async () => {
    const writer = write(NOWHERE);
    for (const step of counted(30)) writer.add(loss(step));
    await writer.close({ acknowledgeWithinMs: 0 });
    const spooled = readFileSync(eventFile(spool(writer)));
    const { store } = await startHub();
    const { runUid } = writer;
    const file = basename(eventFile(spool(writer)));
    await store.open({ runUid, run: 'r', file });
    await store.write({ runUid, file, offset: 0 }, Buffer.concat([spooled, spooled]));
    await store.close({ runUid, file });
    const path = eventFile(spool(writer));
    writeFileSync(path, Buffer.concat([spooled, Buffer.from('other')]));
    const refused = await handOver(store);
    expect(refused.done).toEqual([]);
    expect(refused.said).toContain('not the same file');
    writeFileSync(path, spooled);
    expect((await handOver(store)).done).toEqual(['r']);
    expect(readFileSync(eventFile(join(logdir, 'r')))).toEqual(Buffer.concat([spooled, spooled]));
    expect(readdirSync(join(cacheDirectory, 'spool'))).toEqual([]);
  });

  it('hands over a spool that begins in the middle of the log, if the hub has what comes before', async () => {
    const writer = write(NOWHERE);
    for (const step of counted(30)) writer.add(loss(step));
    await writer.close({ acknowledgeWithinMs: 0 });
    const path = eventFile(spool(writer));
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(1500));
    const note = join(spool(writer), 'spool.json');
    writeFileSync(note, JSON.stringify({ ...JSON.parse(readFileSync(note, 'utf8')), from: 1500 }));
    const { store } = await startHub();
    const refused = await handOver(store);
    expect(refused.done).toEqual([]);
    expect(refused.said).toContain('only what follows byte 1500');
    const { runUid } = writer;
    const file = basename(path);
    await store.open({ runUid, run: 'r', file });
    await store.write({ runUid, file, offset: 0 }, whole.subarray(0, 1600));
    await store.close({ runUid, file });
    expect((await handOver(store)).done).toEqual(['r']);
    expect(readFileSync(eventFile(join(logdir, 'r')))).toEqual(whole);
  });
});
