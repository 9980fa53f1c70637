/** A log with every kind of record that convscope writes, for TensorBoard to read. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { encodePng } from '@convscope/shared/channels/png.js';
import { channelStatistics } from '@convscope/shared/channels/statistics.js';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { histogramOf } from '@convscope/shared/event-log/histogram.js';
import { createHparamsEnd, createHparamsStart } from '@convscope/shared/event-log/hparams-proto.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import { RUN_END_TAG, RUN_START_TAG, type RunRecord } from '@convscope/shared/run-record.js';
import { runStart } from '@convscope/shared/testing/run-start.js';

const deflate = (bytes: Uint8Array) => deflateSync(bytes, { level: 1 });
const FIRST = 1_700_000_000;

/** Writes two runs below `logdir`, which is made. */
export async function writeSampleLog(logdir: string): Promise<void> {
  for (const [run, seed] of [
    ['first', 1],
    ['nested/second', 2],
  ] as const) {
    const folder = join(logdir, run);
    await mkdir(folder, { recursive: true });
    const events = [encodeFileVersion(FIRST), ...sampleRecords(run, seed).map(encodeEvent)];
    await writeFile(
      join(folder, `events.out.tfevents.${FIRST}.host.1.0`),
      Buffer.concat(events.map(encodeFrame)),
    );
  }
}

function sampleRecords(name: string, seed: number): RunRecord[] {
  const start = runStart({
    runUid: String(seed).repeat(32),
    name,
    config: { lr: 0.05, optimizer: 'sgd', 'capture|gradients': false },
    environment: { backend: 'wasm', node: process.version },
    data: {
      name: 'synthetic',
      classes: ['square', 'круг'],
      trainPictures: 10,
      testPictures: 2,
      mean: [0.5],
      std: [0.25],
    },
    model: { inputShape: [1, 8, 8] },
    probes: [{ index: 0, label: 1 }],
    statisticsPictures: 2,
    plan: { stepsPerEpoch: 60, totalSteps: 60 },
  });
  const records: RunRecord[] = [
    { kind: 'run-start', tag: RUN_START_TAG, step: 0, wallTime: FIRST, start },
    ...createHparamsStart(start.config, ['train/loss'], name, FIRST),
  ];
  for (let step = 0; step <= 60; step++) records.push(...recordsOfStep(step, seed));
  records.push(
    createHparamsEnd('success', FIRST + 60),
    {
      kind: 'run-end',
      tag: RUN_END_TAG,
      step: 60,
      wallTime: FIRST + 60,
      end: { version: 1, reason: 'completed', seconds: 60 },
    },
    // Beyond 2^32, where a reader that keeps 32 bits fails.
    { kind: 'scalar', tag: 'far', step: 2 ** 40, wallTime: FIRST + 61, value: 1 },
  );
  return records;
}

function recordsOfStep(step: number, seed: number): RunRecord[] {
  const at = { step, wallTime: FIRST + step + 0.125 };
  const loss =
    step === 30
      ? Number.NaN
      : step === 31
        ? Number.POSITIVE_INFINITY
        : 2.3 * Math.exp(-step / 20) + 0.1 * seed;
  const records: RunRecord[] = [
    { kind: 'scalar', tag: 'train/loss', ...at, value: Math.fround(loss) },
    { kind: 'scalar', tag: 'потери/🎯', ...at, value: Math.fround(-step / 3) },
  ];
  if (step % 20 !== 0) return records;
  const wave = (length: number) =>
    Float32Array.from({ length }, (_, index) => Math.sin(index * 0.37 + step + seed) * (1 + (index % 5)));
  const shape = { pictures: 3, height: 8, width: 8, channels: 6 };
  const values = wave(3 * 8 * 8 * 6);
  values[11] = Number.NaN;
  const statistics = channelStatistics(values, shape, 'NHWC', 'preactivation');
  const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, (_, index) => (index * 7 + step) % 256);
  const picture = encodePng(pixels, 8, 8, 3, deflate);
  return [
    ...records,
    encodeChannels(
      {
        ...{
          tag: 'conv1/preactivation',
          ...at,
          layer: 'conv1',
          role: 'preactivation' as const,
          probes: [0, 1, 2],
        },
        ...{ values, shape, layout: 'NHWC' as const, statistics },
      },
      deflate,
    ),
    { kind: 'image', tag: 'probes/pictures', ...at, width: 8, height: 8, images: [picture, picture] },
    { kind: 'histogram', tag: 'conv1/weight', ...at, buckets: histogramOf(wave(500)) },
    { kind: 'histogram', tag: 'empty', ...at, buckets: new Float64Array(0) },
    createTensorRecord({
      tag: 'conv1/kernel',
      ...at,
      dtype: 'float32',
      shape: [2, 3, 2, 2],
      values: wave(24),
    }),
    { kind: 'text', tag: 'note', ...at, shape: [2], strings: [`step ${step}`, '**bold** | “quoted”'] },
  ];
}
