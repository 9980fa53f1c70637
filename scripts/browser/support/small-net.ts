/** Runs of a net of two small convolutions, written as the trainer writes them, with the values that they had. */
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { encodePng } from '@convscope/shared/channels/png.js';
import { channelStatistics } from '@convscope/shared/channels/statistics.js';
import { plainConv2d } from '@convscope/shared/convolution/plain-conv2d.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import { RUN_END_TAG, type RunRecord } from '@convscope/shared/run-record.js';
import { conv2dDescription, runStartRecord } from '@convscope/shared/testing/run-start.js';
import { writeLog } from './logs.js';

const WALL_TIME = 1_700_000_000;
const deflate = (bytes: Uint8Array) => deflateSync(bytes, { level: 1 });

/** [3, 8, 8] → conv1 → [4, 8, 8] → ReLU → conv2 → [3, 8, 8] → ReLU, for two probes. */
export const SMALL_NET = { probes: 2, size: 8, conv1: 4, conv2: 3 } as const;
const STEPS = [0, 10] as const;

export interface SmallNet {
  /**
   * The exact value of conv2 before ReLU at the last step: float64 arithmetic on the values that were there before maps
   * were rounded to 8 bits.
   */
  conv2(probe: number, channel: number, y: number, x: number): number;
}

export interface SmallNetChange {
  /** Changes what is logged as conv2's output, but not its truth. [probe, channel, y, x] */
  readonly log?: (value: number, index: number) => number;
}

/** Values that look random and are always the same, between −1 and 1. */
function values(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Writes a finished run into `logdir`. */
export function writeSmallNet(logdir: string, run: string, change: SmallNetChange = {}): SmallNet {
  const { probes, size, conv1, conv2 } = SMALL_NET;
  const place = { step: 0, wallTime: WALL_TIME };
  const pictures = values(probes * 3 * size * size, 1);
  const shapeOf = (channels: number) => [probes, channels, size, size] as const;
  const records: RunRecord[] = [
    runStartRecord({
      name: run,
      data: { name: 'test', classes: ['horse', 'cat'] },
      model: {
        name: 'small',
        inputShape: [3, size, size],
        layers: [
          conv2dDescription({
            ...{ name: 'conv1', inChannels: 3, outChannels: conv1 },
            ...{ inputShape: [3, size, size], outputShape: [conv1, size, size] },
          }),
          conv2dDescription({
            ...{ name: 'conv2', inChannels: conv1, outChannels: conv2 },
            ...{ inputShape: [conv1, size, size], outputShape: [conv2, size, size] },
            input: { from: 'record', tag: 'conv1/preactivation', operations: [{ op: 'relu' }] },
          }),
        ],
      },
      probes: [
        { index: 13, label: 0 },
        { index: 8, label: 1 },
      ],
      statisticsPictures: probes,
      plan: { stepsPerEpoch: 10, totalSteps: 10 },
    }),
    createTensorRecord({
      ...{ tag: 'probes/input', ...place, dtype: 'float32', shape: shapeOf(3), values: pictures },
    }),
    {
      ...{ kind: 'image', tag: 'probes/pictures', ...place, width: size, height: size },
      images: [0, 1].map((probe) => {
        const pixels = Uint8Array.from({ length: size * size * 3 }, (_, i) => (i * 3 + probe * 128) % 256);
        return encodePng(pixels, size, size, 3, deflate);
      }),
    },
  ];
  let truth: ArrayLike<number> = [];
  for (const step of STEPS) {
    const at = { step, wallTime: WALL_TIME + step };
    const layer = (name: 'conv1' | 'conv2', input: ArrayLike<number>, inputs: number, outputs: number) => {
      const seed = step + inputs;
      const weight = values(outputs * inputs * 9, seed + 2);
      const bias = values(outputs, seed + 3);
      const exact = plainConv2d(
        { data: Float64Array.from(input), shape: shapeOf(inputs) },
        { data: weight, shape: [outputs, inputs, 3, 3] },
        { data: bias, shape: [outputs] },
        { padding: 1 },
      ).data;
      const shape = { pictures: probes, channels: outputs, height: size, width: size };
      const logged = Float32Array.from(exact, (value, index) =>
        name === 'conv2' && change.log !== undefined ? change.log(value, index) : value,
      );
      const statistics = channelStatistics(logged, shape, 'NCHW', 'preactivation');
      records.push(
        encodeChannels(
          {
            ...{ tag: `${name}/preactivation`, ...at, layer: name, role: 'preactivation', probes: [0, 1] },
            ...{ values: logged, shape, layout: 'NCHW', statistics },
          },
          deflate,
        ),
        createTensorRecord({
          ...{
            tag: `${name}/weight`,
            ...at,
            dtype: 'float32',
            shape: [outputs, inputs, 3, 3],
            values: weight,
          },
        }),
        createTensorRecord({
          ...{ tag: `${name}/bias`, ...at, dtype: 'float32', shape: [outputs], values: bias },
        }),
      );
      return exact;
    };
    records.push({ kind: 'scalar', tag: 'train/loss', ...at, value: Math.fround(2 / (1 + step)) });
    const first = layer('conv1', pictures, 3, conv1);
    // The net has float32 values, and rounds them to 8 bits only to log them.
    const rectified = Float32Array.from(first, (value) => Math.max(0, value));
    truth = layer('conv2', rectified, conv1, conv2);
  }
  records.push({
    ...{ kind: 'run-end', tag: RUN_END_TAG, step: 10, wallTime: WALL_TIME + 11 },
    end: { version: 1, reason: 'completed', seconds: 11 },
  });
  writeLog(logdir, run, records);
  return {
    conv2: (probe, channel, y, x) => truth[((probe * conv2 + channel) * size + y) * size + x]!,
  };
}

/** Writes a run of one tensor [4, 6, 6] that holds NaN, +∞ and −∞. */
export function writeNonFiniteRun(logdir: string, run: string): void {
  const maps = values(4 * 36, 9);
  maps.set([Number.NaN, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 36);
  const at = { step: 0, wallTime: WALL_TIME };
  writeLog(logdir, run, [
    { kind: 'scalar', tag: 'loss', ...at, value: 1 },
    createTensorRecord({
      ...{ tag: 'conv1/output', ...at, dtype: 'float32', shape: [4, 6, 6], values: maps },
    }),
  ]);
}
