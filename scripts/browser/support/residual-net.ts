/** A finished run of a small residual net, written as the trainer writes it, with the values that it had. */
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { encodePng } from '@convscope/shared/channels/png.js';
import { channelStatistics } from '@convscope/shared/channels/statistics.js';
import { plainConv2d } from '@convscope/shared/convolution/plain-conv2d.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import { computeMaps } from '@convscope/shared/layers/compute-maps.js';
import { exactMaps, type Maps } from '@convscope/shared/layers/maps.js';
import type { LayerDescription } from '@convscope/shared/run-description.js';
import { RUN_END_TAG, type RunRecord } from '@convscope/shared/run-record.js';
import { conv2dDescription, runStartRecord } from '@convscope/shared/testing/run-start.js';
import { writeLog } from './logs.js';

const deflate = (bytes: Uint8Array) => deflateSync(bytes, { level: 1 });
const WALL_TIME = 1_700_000_000;
const STEP = 10;
const SIZE = 8;
const CHANNELS = 4;
const CLASSES = 3;

function values(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const maps = [CHANNELS, SIZE, SIZE] as const;
const pooled = [CHANNELS, SIZE / 2, SIZE / 2] as const;
const conv = (name: string, from: string, inChannels: number, activation: 'relu' | 'none') =>
  conv2dDescription({
    ...{ name, inputs: [from], inChannels, outChannels: CHANNELS, activation },
    ...{ inputShape: [inChannels, SIZE, SIZE], outputShape: maps },
    ...(from === 'input'
      ? {}
      : { input: { from: 'record', tag: `${from}/preactivation`, operations: [{ op: 'relu' }] } as const }),
  });
const join = {
  type: 'add',
  name: 'join',
  inputs: ['stem', 'body'],
  activation: 'relu',
  outputShape: maps,
} as const;
const pool = {
  type: 'maxPool2d',
  name: 'pool',
  inputs: ['join'],
  kernel: [2, 2],
  stride: [2, 2],
  padding: [0, 0],
  dilation: [1, 1],
  ceilMode: false,
  outputShape: pooled,
} as const;
const average = {
  type: 'adaptiveAvgPool2d',
  name: 'average',
  inputs: ['pool'],
  outputShape: [CHANNELS, 1, 1],
} as const;
const dense = {
  type: 'dense',
  name: 'fc',
  inputs: ['average'],
  inFeatures: CHANNELS,
  outFeatures: CLASSES,
  bias: true,
  activation: 'none',
  outputShape: [CLASSES, 1, 1],
} as const;
const layers: readonly LayerDescription[] = [
  conv('stem', 'input', 3, 'relu'),
  conv('body', 'stem', CHANNELS, 'none'),
  join,
  pool,
  average,
  dense,
  { type: 'other', kind: 'Softmax', name: 'softmax', inputs: ['fc'], outputShape: [CLASSES, 1, 1] },
];

export interface ResidualNet {
  readonly join: Maps;
  readonly pool: Maps;
  readonly fc: Maps;
}

/** Writes the run; only the maps of its convolutions are logged, as our own trainer does. Returns what they lead to. */
export function writeResidualNet(logdir: string, run: string): ResidualNet {
  const start = { step: 0, wallTime: WALL_TIME };
  const at = { step: STEP, wallTime: WALL_TIME + STEP };
  const picture = values(3 * SIZE * SIZE, 1);
  const float = (tag: string, shape: readonly number[], data: Float32Array, place = at): RunRecord =>
    createTensorRecord({ tag, ...place, dtype: 'float32', shape, values: data });
  const records: RunRecord[] = [
    runStartRecord({
      name: run,
      data: { name: 'test', classes: ['horse', 'cat', 'ship'] },
      model: { name: 'residual', inputShape: [3, SIZE, SIZE], layers },
      probes: [{ index: 13, label: 0 }],
      statisticsPictures: 1,
      plan: { stepsPerEpoch: 10, totalSteps: 10 },
    }),
    float('probes/input', [1, 3, SIZE, SIZE], picture, start),
    {
      ...{ kind: 'image', tag: 'probes/pictures', ...start, width: SIZE, height: SIZE },
      images: [
        encodePng(
          Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, index) => (index * 5) % 256),
          SIZE,
          SIZE,
          3,
          deflate,
        ),
      ],
    },
    { kind: 'scalar', tag: 'train/loss', ...at, value: 1 },
  ];
  const convolved = (name: string, input: ArrayLike<number>, inputs: number, seed: number): Float64Array => {
    const weight = values(CHANNELS * inputs * 9, seed);
    const bias = values(CHANNELS, seed + 1);
    const { data } = plainConv2d(
      { data: Float64Array.from(input), shape: [1, inputs, SIZE, SIZE] },
      { data: weight, shape: [CHANNELS, inputs, 3, 3] },
      { data: bias, shape: [CHANNELS] },
      { padding: 1 },
    );
    const shape = { pictures: 1, channels: CHANNELS, height: SIZE, width: SIZE };
    const logged = Float32Array.from(data);
    const statistics = channelStatistics(logged, shape, 'NCHW', 'preactivation');
    records.push(
      encodeChannels(
        {
          ...{ tag: `${name}/preactivation`, ...at, layer: name, role: 'preactivation', probes: [0] },
          ...{ values: logged, shape, layout: 'NCHW', statistics },
        },
        deflate,
      ),
      float(`${name}/weight`, [CHANNELS, inputs, 3, 3], weight),
      float(`${name}/bias`, [CHANNELS], bias),
    );
    return data;
  };
  const stem = convolved('stem', picture, 3, 2).map((value) => Math.max(0, value));
  const body = convolved('body', stem, CHANNELS, 4);
  const weight = values(CLASSES * CHANNELS, 6);
  const bias = values(CLASSES, 7);
  records.push(float('fc/weight', [CLASSES, CHANNELS], weight), float('fc/bias', [CLASSES], bias));
  records.push({
    ...{ kind: 'run-end', tag: RUN_END_TAG, step: STEP, wallTime: WALL_TIME + 11 },
    end: { version: 1, reason: 'completed', seconds: 11 },
  });
  writeLog(logdir, run, records);
  const joined = computeMaps(join, [exactMaps(stem, maps), exactMaps(body, maps)], {})!;
  const pooledMaps = computeMaps(pool, [joined], {})!;
  const vector = computeMaps(average, [pooledMaps], {})!;
  return { join: joined, pool: pooledMaps, fc: computeMaps(dense, [vector], { weight, bias })! };
}

/** A run with the layers of a ResNet-18, of which only the outputs of convolutions are logged, as tensors. */
export function writeLongNet(logdir: string, run: string): void {
  const at = { step: 1, wallTime: WALL_TIME };
  const shape = [1, 4, 4] as const;
  const described: LayerDescription[] = [];
  const records: RunRecord[] = [];
  let last = 'input';
  const add = (name: string, layer: (name: string, from: string) => LayerDescription) => {
    described.push(layer(name, last));
    last = name;
  };
  const logged = (name: string, from: string): LayerDescription => {
    const tag = `${name}/output`;
    records.push(
      createTensorRecord({
        tag,
        ...at,
        dtype: 'float32',
        shape: [1, ...shape],
        values: values(16, described.length),
      }),
    );
    return conv2dDescription({
      name,
      inputs: [from],
      inputShape: shape,
      outputShape: shape,
      activation: 'none',
    });
  };
  const relu = (name: string, from: string): LayerDescription => ({
    ...{ type: 'activation', kind: 'relu', name, inputs: [from], outputShape: shape },
  });
  add('conv1', logged);
  for (const stage of [1, 2, 3, 4]) {
    for (const block of [0, 1]) {
      const before = last;
      const name = (part: string) => `layer${stage}.${block}.${part}`;
      add(name('conv1'), logged);
      add(name('relu'), relu);
      add(name('conv2'), logged);
      add(name('add'), (own, from) => ({
        ...{ type: 'add', name: own, inputs: [before, from], activation: 'none', outputShape: shape },
      }));
    }
  }
  const model = { name: 'long', inputShape: shape, layers: described };
  writeLog(logdir, run, [runStartRecord({ name: run, model, probes: [{ index: 0, label: 0 }] }), ...records]);
}
