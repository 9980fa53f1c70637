import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { createFrameReader } from '@convscope/shared/event-log/frame-reader.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { runStartRecord } from '@convscope/shared/testing/run-start.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handOverSpools } from '../hub/ingest/hand-over.js';
import { type IngestHub, startCutLine, startIngestHub, TOKEN } from '../hub/testing/ingest-hub.js';
import { createRunWriter, type RunWriterOptions, type StartedRunWriter } from './create-run-writer.js';
import type { MapsToLog } from './run-writer.js';
import { acknowledged, eventFile, WAIT } from './testing/writer-log.js';

const loss = (step: number): RunRecord => ({
  kind: 'scalar',
  tag: 'train/loss',
  step,
  wallTime: 1_700_000_000 + step,
  value: step,
});

/** A hub recognises the run by it. */
const runStart = (runUid: string): RunRecord => runStartRecord({ runUid });

/** Maps that do not compress well. */
function maps(step: number, side = 16, tag = 'conv1/preactivation'): MapsToLog {
  let x = step * 2 + 1;
  const values = Float32Array.from({ length: 2 * side * side * 4 }, () => {
    x = Math.imul(x, 1_664_525) + 1_013_904_223;
    return (x >>> 8) / 2 ** 24;
  });
  const shape = { pictures: 2, height: side, width: side, channels: 4 };
  return { tag, layer: 'conv1', role: 'preactivation', step, values, ...shape, probes: [0, 1] };
}

interface Read {
  readonly gaps: number;
  readonly records: { readonly tag: string; readonly step: number; readonly record: RunRecord }[];
}

function readLog(bytes: Uint8Array): Read {
  const records: Read['records'] = [];
  let gaps = 0;
  const reader = createFrameReader({
    onEvent(data) {
      const { step, values } = decodeEvent(data);
      for (const value of values)
        records.push({ tag: value.tag, step: Number(step), record: value.toRecord() });
    },
    onGap: () => {
      gaps++;
    },
  });
  reader.push(bytes);
  reader.finish();
  return { gaps, records };
}

const stepsOf = ({ records }: Read, tag: string) =>
  records.filter((record) => record.tag === tag).map(({ step }) => step);
const counted = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('a run writer', () => {
  let root: string;
  let logdir: string;
  const hubs: IngestHub[] = [];
  const writers: StartedRunWriter[] = [];
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'convscope-writer-'));
    logdir = join(root, 'runs');
  });
  afterEach(async () => {
    await Promise.all(writers.splice(0).map((writer) => writer.close({ acknowledgeWithinMs: 0 })));
    for (const hub of hubs.splice(0)) await hub.close();
    rmSync(root, { recursive: true, force: true });
  });

  async function startHub(port = 0): Promise<IngestHub> {
    const hub = await startIngestHub(logdir, port);
    hubs.push(hub);
    return hub;
  }
  function write(options: Partial<RunWriterOptions> & { url?: string } = {}): StartedRunWriter {
    const { url, ...rest } = options;
    const writer = createRunWriter({
      name: 'r',
      logdir,
      cacheDirectory: join(root, 'cache'),
      ...(url === undefined ? {} : { hub: { url, token: TOKEN } }),
      ...rest,
    });
    writers.push(writer);
    writer.add(runStart(writer.runUid));
    return writer;
  }
  const logged = () => readLog(readFileSync(eventFile(join(logdir, 'r'))));
  const spool = (writer: StartedRunWriter) => join(root, 'cache', 'spool', writer.runUid);
  const spools = () => readdirSync(join(root, 'cache', 'spool'));

  it('writes straight into the logdir when there is no hub', async () => {
    const writer = write();
    for (const step of counted(100)) writer.add(loss(step));
    writer.addMaps(maps(100));
    expect(await writer.close()).toEqual({ acknowledged: true, path: join(logdir, 'r') });
    const log = logged();
    expect(log.gaps).toBe(0);
    expect(stepsOf(log, 'train/loss')).toEqual(counted(100));
    expect(stepsOf(log, 'conv1/preactivation')).toEqual([100]);
  });

  it('writes the losses of the next steps before maps that are still queued', async () => {
    const writer = write();
    await writer.ready;
    const layers = counted(40).map((layer) => `layer${layer}`);
    // Made before, so that the loss comes while some of them are still queued.
    const queued = layers.map((tag) => maps(0, 128, tag));
    for (const one of queued) writer.addMaps(one);
    writer.add(loss(1));
    await writer.close();
    const tags = logged().records.map(({ tag }) => tag);
    expect(tags.indexOf('train/loss')).toBeLessThan(tags.indexOf(layers.at(-1)!));
    expect(tags.filter((tag) => layers.includes(tag))).toEqual(layers);
  });

  const kernels = (step: number): RunRecord =>
    createTensorRecord({
      ...{ tag: 'weight', step, wallTime: 1_700_000_000 + step },
      ...{ dtype: 'float32', shape: [1], values: Float32Array.of(step) },
    });

  it('writes maps in their order, and the end of the run after all that is queued', async () => {
    const hub = await startHub();
    const writer = write({ url: hub.url });
    await acknowledged(writer);
    for (const step of [1, 2]) for (const tag of ['a', 'b', 'c', 'd']) writer.addMaps(maps(step, 16, tag));
    writer.add(loss(1));
    const inLog = () => logged().records.filter(({ tag }) => tag !== 'convscope/run_start');
    await vi.waitUntil(() => inLog().length === 9, WAIT);
    const order = inLog().map(({ tag, step }) => `${tag}${step}`);
    const ofMaps = ['a1', 'b1', 'c1', 'd1', 'a2', 'b2', 'c2', 'd2'];
    expect(order.filter((name) => name !== 'train/loss1')).toEqual(ofMaps);
    // The run's end is the last record, even when maps are still queued.
    writer.addMaps(maps(3, 16, 'a'));
    writer.add(kernels(3));
    writer.add({
      ...{ kind: 'run-end', tag: 'convscope/run_end', step: 3, wallTime: 1_700_000_003 },
      end: { version: 1, reason: 'completed', seconds: 1 },
    });
    await writer.close({ acknowledgeWithinMs: 20_000 });
    const last = inLog().slice(9);
    expect(new Set(last.slice(0, 2).map(({ tag }) => tag))).toEqual(new Set(['a', 'weight']));
    expect(last.slice(2).map(({ tag }) => tag)).toEqual(['convscope/run_end']);
  });

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

  it('asks for rarer captures near the limit of the log, then drops maps, says so in the log, and never drops scalars', async () => {
    const writer = write({ maxLogMb: 1 });
    const stretches = new Set<number>();
    for (const step of counted(60)) {
      writer.addMaps(maps(step, 64));
      writer.add(loss(step));
      await vi.waitUntil(() => writer.status().written > 0, WAIT);
      // One capture at a time, as training would.
      const before = writer.status();
      await vi.waitUntil(() => {
        const { written, droppedMaps } = writer.status();
        return written > before.written || droppedMaps > before.droppedMaps;
      }, WAIT);
      stretches.add(writer.status().captureStretch);
    }
    const { droppedMaps } = writer.status();
    await writer.close();
    expect([...stretches]).toEqual([1, 2, 4]);
    const log = logged();
    const kept = stepsOf(log, 'conv1/preactivation');
    expect(kept).toEqual(counted(kept.length));
    expect(kept.length + droppedMaps).toBe(60);
    expect(stepsOf(log, 'train/loss')).toEqual(counted(60));
    expect(statSync(eventFile(join(logdir, 'r'))).size).toBeLessThan(1024 * 1024);
    const notes = log.records.filter(({ tag }) => tag === 'convscope/log_limit');
    expect(notes.map(({ record }) => record.kind === 'text' && record.strings[0])).toEqual([
      `No maps are logged from conv1/preactivation of step ${kept.length} on: the run's log has reached its limit (--max-log-mb 1). Scalars are still logged.`,
    ]);
    expect(log.records.findLast(({ tag }) => tag === 'perf/dropped_maps')?.record).toMatchObject({
      value: droppedMaps,
    });
  });

  it('keeps the newest maps when it cannot keep up, counts the dropped ones, and still ends with the end of the run', async () => {
    const writer = write({ mostWaitingBytes: 64 * 1024 });
    for (const step of counted(200)) writer.addMaps(maps(step, 32));
    writer.add({
      kind: 'run-end',
      tag: 'convscope/run_end',
      step: 199,
      wallTime: 1_700_000_199,
      end: { version: 1, reason: 'completed', seconds: 1 },
    });
    await writer.close();
    const log = logged();
    const kept = stepsOf(log, 'conv1/preactivation');
    expect(kept.at(-1)).toBe(199);
    expect(kept.length).toBeLessThan(200);
    expect(kept.length + writer.status().droppedMaps).toBe(200);
    expect(log.records.at(-1)?.record.kind).toBe('run-end');
    expect(log.records.findLast(({ tag }) => tag === 'perf/dropped_maps')?.record).toMatchObject({
      value: writer.status().droppedMaps,
    });
  });

  it('logs the other records when one cannot be written, and names that one', async () => {
    const writer = write();
    writer.add(loss(0));
    writer.addMaps({ ...maps(1), probes: [0] });
    writer.add(loss(2));
    await vi.waitUntil(() => writer.status().warning?.includes('"conv1/preactivation" of step 1'), WAIT);
    await writer.close();
    expect(stepsOf(logged(), 'train/loss')).toEqual([0, 2]);
  });

  it('reports that its directory cannot be created when there is no hub', async () => {
    writeFileSync(logdir, 'a file in the way');
    const heard: string[] = [];
    const writer = write({ onFailure: (sentence) => heard.push(sentence) });
    await expect(writer.ready).rejects.toThrow(/The log writer stopped: .*ENOTDIR/);
    expect(heard).toHaveLength(1);
    writer.add(loss(0));
    expect(await writer.close()).toEqual({ acknowledged: false, failure: heard[0] });
  });

  it('drops records that a thread which does not keep up would have to hold, and counts them', async () => {
    const writer = write({ mostWaitingRecords: 100 });
    for (const step of counted(1000)) {
      writer.add(loss(step));
      // Records of one turn travel together.
      await Promise.resolve();
    }
    const { losses } = await writer.close();
    const steps = stepsOf(logged(), 'train/loss');
    expect(steps.length).toBeLessThan(1000);
    expect(losses).toMatchObject([{ what: 'loss', count: 1000 - steps.length }]);
  });
});
