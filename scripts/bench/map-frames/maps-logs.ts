/** Logs for measuring how maps are drawn, written without training. */
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { encodePng } from '@convscope/shared/channels/png.js';
import { channelStatistics } from '@convscope/shared/channels/statistics.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import { RUN_END_TAG, type RunRecord } from '@convscope/shared/run-record.js';
import { conv2dDescription, runStartRecord } from '@convscope/shared/testing/run-start.js';
import { writeLog } from '../../browser/support/logs.js';

const WALL_TIME = 1_700_000_000;
/** How many different captures take turns. */
const WAVES = 8;
const deflate = (bytes: Uint8Array) => deflateSync(bytes, { level: 1 });

export interface LoggedLayer {
  readonly name: string;
  readonly channels: number;
  readonly side: number;
}

export interface MapsLog {
  readonly run: string;
  readonly captures: number;
  /** Steps from one capture to the next. */
  readonly every: number;
  readonly probes: number;
  /** The first has the probe pictures as its input, and each of the others the layer before it. */
  readonly layers: readonly LoggedLayer[];
}

/** Writes a finished run. Its maps are waves with noise, which compress about as well as those of a net in training. */
export function writeMapsLog(logdir: string, { run, captures, every, probes, layers }: MapsLog): void {
  const side = layers[0]?.side ?? 1;
  const records: RunRecord[] = [startOf(run, probes, layers)];
  const at = (step: number) => ({ step, wallTime: WALL_TIME + step });
  const pictures = noise(probes * 3 * side * side, 1);
  records.push(
    createTensorRecord({
      ...{
        tag: 'probes/input',
        ...at(0),
        dtype: 'float32',
        shape: [probes, 3, side, side],
        values: pictures,
      },
    }),
    {
      ...{ kind: 'image', tag: 'probes/pictures', ...at(0), width: side, height: side },
      images: Array.from({ length: probes }, (_, probe) =>
        encodePng(new Uint8Array(side * side * 3).fill(60 + probe * 20), side, side, 3, deflate),
      ),
    },
  );
  const waves = Array.from({ length: Math.min(WAVES, captures) }, (_, phase) =>
    layers.flatMap((layer, index) => capturesOf(layer, layers[index - 1]?.channels ?? 3, probes, phase)),
  );
  for (let capture = 0; capture < captures; capture++) {
    const step = capture * every;
    records.push({ kind: 'scalar', tag: 'train/loss', ...at(step), value: Math.fround(2 / (1 + capture)) });
    for (const record of waves[capture % waves.length]!) records.push({ ...record, ...at(step) });
  }
  const last = (captures - 1) * every;
  records.push({
    ...{ kind: 'run-end', tag: RUN_END_TAG, ...at(last) },
    end: { version: 1, reason: 'completed', seconds: last },
  });
  writeLog(logdir, run, records);
}

function startOf(run: string, probes: number, layers: readonly LoggedLayer[]): RunRecord {
  const side = layers[0]?.side ?? 1;
  return runStartRecord({
    name: run,
    data: { name: 'waves' },
    model: {
      name: 'waves',
      inputShape: [3, side, side],
      layers: layers.map(({ name, channels, side: outSide }, index) => {
        const before = layers[index - 1];
        const inChannels = before?.channels ?? 3;
        return conv2dDescription({
          ...{ name, inChannels, outChannels: channels },
          stride: [(before?.side ?? side) / outSide, (before?.side ?? side) / outSide],
          inputShape: [inChannels, before?.side ?? side, before?.side ?? side],
          outputShape: [channels, outSide, outSide],
          ...(before === undefined
            ? {}
            : {
                input: { from: 'record', tag: `${before.name}/preactivation`, operations: [{ op: 'relu' }] },
              }),
        });
      }),
    },
    probes: Array.from({ length: probes }, (_, index) => ({ index, label: 0 })),
    statisticsPictures: probes,
    plan: { stepsPerEpoch: 100, totalSteps: 1 },
  });
}

/** The records of a layer at step 0. */
function capturesOf(
  { name, channels, side }: LoggedLayer,
  inChannels: number,
  probes: number,
  phase: number,
) {
  const at = { step: 0, wallTime: 0 };
  const grain = noise(channels * side * side * probes, phase + 2);
  const values = grain.map(
    (one, i) => Math.sin(i * 0.05 + phase) * (1 + (i % channels) / channels) + one * 0.2,
  );
  const shape = { pictures: probes, channels, height: side, width: side };
  return [
    encodeChannels(
      {
        ...{ tag: `${name}/preactivation`, ...at, layer: name, role: 'preactivation' as const },
        probes: Array.from({ length: probes }, (_, probe) => probe),
        ...{ values, shape, layout: 'NCHW' as const },
        statistics: channelStatistics(values, shape, 'NCHW', 'preactivation'),
      },
      deflate,
    ),
    createTensorRecord({
      ...{ tag: `${name}/weight`, ...at, dtype: 'float32' as const, shape: [channels, inChannels, 3, 3] },
      values: noise(channels * inChannels * 9, phase + 3),
    }),
    createTensorRecord({
      ...{ tag: `${name}/bias`, ...at, dtype: 'float32' as const, shape: [channels] },
      values: noise(channels, phase + 4),
    }),
  ];
}

/** Numbers between −1 and 1 that are the same for the same seed. */
function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
