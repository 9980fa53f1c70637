import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { describe, expect, it, vi } from 'vitest';
import { acknowledged, eventFile, WAIT } from './testing/writer-log.js';
import {
  counted,
  logdir,
  logged,
  loss,
  maps,
  startHub,
  stepsOf,
  useWriters,
  write,
} from './testing/written-runs.js';

useWriters();

describe('a run writer', () => {
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
