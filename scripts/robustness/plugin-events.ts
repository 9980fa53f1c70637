/** Events of TensorBoard's plugins and of sessions that no writer makes, and steps that never go on. */
import { type AmidGoodPoints, amidGoodPoints, type FileKind } from './file-kind.js';
import {
  bytes,
  event,
  fileVersion,
  frame,
  metadata,
  runRecord,
  scalars,
  scalarValue,
  summary,
  tensor,
  value,
  whole,
} from './hostile-events.js';

const MB = 1024 * 1024;

function repeat(part: Uint8Array, megabytes: number): Buffer {
  const count = Math.max(1, Math.floor((megabytes * MB) / part.length));
  return Buffer.alloc(count * part.length, part);
}

function doubles(...numbers: readonly number[]): Buffer {
  const content = Buffer.alloc(8 * numbers.length);
  for (const [at, number] of numbers.entries()) content.writeDoubleLE(number, at * 8);
  return content;
}

function floats(...numbers: readonly number[]): Buffer {
  const content = Buffer.alloc(4 * numbers.length);
  for (const [at, number] of numbers.entries()) content.writeFloatLE(number, at * 4);
  return content;
}

function plugin(name: string, tag: string, step: number, ...content: readonly Uint8Array[]): Buffer {
  return frame(
    event(step, summary(value(bytes(1, tag), metadata(name, Buffer.from([0x08, 1])), ...content))),
  );
}

/** Histograms whose edges go back, overlap or are none, whose counts are negative or no numbers, of both formats. */
function histogramEvent(step: number, buckets: number): Buffer {
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 1e308, -1e308, 0, 5e-324];
  const some = (count: number, from: number) =>
    doubles(...Array.from({ length: count }, (_, at) => odd[(from + at + step) % odd.length]!));
  if (step % 3 === 0) {
    // HistogramProto, with more buckets than limits, or fewer.
    const limits = bytes(6, some(buckets, 1));
    const counts = bytes(7, some(Math.max(0, buckets - 3 + (step % 7)), 4));
    const ends = Buffer.concat([Buffer.of(0x09), some(1, 2), Buffer.of(0x11), some(1, 3)]);
    return frame(
      event(step, summary(value(bytes(1, 'old'), bytes(5, Buffer.concat([ends, limits, counts]))))),
    );
  }
  const shape = step % 3 === 1 ? [buckets, 3] : [3, buckets];
  return plugin('histograms', 'histogram', step, tensor(2, shape, bytes(4, some(buckets * 3, step))));
}

/** Curves of precision and recall with too few rows, with no numbers, and with a threshold for each byte. */
function prCurveEvent(step: number, thresholds: number): Buffer {
  const rows = [6, 1, 0, 7][step % 4]!;
  const numbers = Array.from({ length: rows * thresholds }, (_, at) =>
    at % 5 === 0 ? Number.NaN : at % 7 === 0 ? -1e38 : at,
  );
  return plugin(
    'pr_curves',
    'curve',
    step,
    tensor(1, [rows, thresholds], bytes(4, Buffer.from(Float32Array.from(numbers).buffer))),
  );
}

/** Sounds whose header claims 4 GB, no samples a second, and 65,535 channels; and no sound at all. */
function audioEvent(step: number): Buffer {
  const wav = Buffer.from(
    '52494646ffffffff57415645666d742010000000010001000000000000000000ffff100064617461ffffffff0000',
    'hex',
  );
  if (step % 2 === 1) wav.writeUInt16LE(0xffff, 22);
  const sounds = step % 3 === 0 ? [bytes(8, 'no sound')] : [bytes(8, wav), bytes(8, ''), bytes(8, wav)];
  if (step % 4 === 3)
    return frame(
      event(
        step,
        summary(
          value(
            bytes(1, 'old sound'),
            bytes(6, Buffer.concat([Buffer.of(0x0d), floats(Number.NaN), whole(2, 2 ** 40), bytes(4, wav)])),
          ),
        ),
      ),
    );
  return plugin('audio', 'sound', step, tensor(7, [sounds.length, 2], ...sounds));
}

/** A graph whose nodes read themselves and each other, have the same name, or the name of the whole. */
function cyclicGraph(nodes: number): Buffer {
  const all = Array.from({ length: nodes }, (_, at) => {
    const name = ['a/b', 'a', '', '/', 'a/b/c'][at % 5]!;
    const inputs = [name, `${name}:9999999999`, `^${name}`, '^', ':'].map((input) => bytes(3, input));
    return bytes(1, Buffer.concat([bytes(1, name), bytes(2, 'Add'), ...inputs]));
  });
  return frame(event(1, bytes(4, Buffer.concat(all))));
}

/** A net whose layers read themselves, each other in a circle, and what is not there. */
function cyclicNet(layers: number): Buffer {
  const all = Array.from({ length: layers }, (_, at) => ({
    type: 'add',
    name: `layer${at}`,
    inputs: [`layer${(at + 1) % layers}`, `layer${at}`, 'gone'],
    activation: 'relu',
    outputShape: [4, 8, 8],
  }));
  return runRecord(
    'start',
    JSON.stringify({ version: 1, model: { name: 'circle', inputShape: [3, 8, 8], layers: all } }),
  );
}

/** The domains of an experiment's hyperparameters: values of all kinds, far too many of them. */
function hugeExperiment(megabytes: number): Buffer {
  const entry = Buffer.from([0x1a, 0x02, 0x61, 0x62]);
  const domain = bytes(5, bytes(1, repeat(entry, megabytes)));
  const info = bytes(5, Buffer.concat([bytes(1, 'lr'), domain]));
  return plugin('hparams', '_hparams_/experiment', 0, bytes(2, info), tensor(1, [0]));
}

const AMID_GOOD_POINTS: readonly AmidGoodPoints[] = [
  {
    name: 'odd-histograms',
    small: 30,
    full: 20_000,
    records: (count) =>
      Array.from({ length: count }, (_, step) => histogramEvent(step, step % 11 === 0 ? 3_000 : step % 40)),
  },
  {
    name: 'odd-pr-curves',
    small: 12,
    full: 200,
    records: (count) => Array.from({ length: count }, (_, step) => prCurveEvent(step, 20_000)),
  },
  {
    name: 'odd-sounds',
    small: 24,
    full: 20_000,
    records: (count) => Array.from({ length: count }, (_, step) => audioEvent(step)),
  },
  {
    name: 'cyclic-graph',
    small: 5_000,
    full: 500_000,
    records: (nodes) => [cyclicGraph(nodes)],
  },
  {
    name: 'cyclic-net',
    small: 500,
    full: 4_000,
    records: (layers) => [cyclicNet(layers)],
  },
  {
    name: 'huge-experiment',
    small: 1,
    full: 60,
    records: (size) => [hugeExperiment(size)],
  },
  {
    // Each session of a trainer that is started again and again takes back what the one before has logged.
    name: 'restarted-sessions',
    small: 2_000,
    full: 300_000,
    records: function* (count) {
      for (let at = 0; at < count; at++) {
        yield frame(event(at % 7, bytes(7, whole(1, 1))));
        yield frame(event(1_000 - (at % 1_000), summary(scalarValue('loss', at))));
      }
    },
  },
  {
    // Every step is below all before it: each point is a branch of its own.
    name: 'falling-steps',
    small: 5_000,
    full: 500_000,
    records: function* (count) {
      for (let at = 0; at < count; at++) yield frame(event(count - at, summary(scalarValue('loss', at))));
    },
  },
  {
    name: 'nested-tags',
    small: 100,
    full: 20_000,
    records: function* (count) {
      for (let at = 0; at < count; at++)
        yield frame(event(1, summary(scalarValue(`${'a/'.repeat(1_900)}${at}`, at))));
    },
  },
  {
    // Dimensions whose product is beyond what a number can hold, negative ones, and a rank of thousands.
    name: 'odd-shapes',
    small: 60,
    full: 20_000,
    records: (count) =>
      Array.from({ length: count }, (_, step) => {
        const shapes = [
          [2 ** 32, 2 ** 32],
          [2 ** 52, 2 ** 52, 0],
          Array<number>(3_000).fill(1),
          Array<number>(3_000).fill(2),
          [1, 1, 1, 2 ** 25 + 1],
        ];
        // Half precision, bfloat16, complex, quantised and references, of which not all are read.
        const dtype = [1, 2, 19, 14, 8, 18, 11, 101, 0, 255][step % 10]!;
        const shape = shapes[step % shapes.length]!;
        const odd = tensor(dtype, shape, bytes(4, Buffer.alloc(64, 0x7f)));
        return frame(event(step, summary(value(bytes(1, `shape ${step % 10}`), odd))));
      }),
  },
];

export const PLUGIN_EVENTS: readonly FileKind[] = [
  ...AMID_GOOD_POINTS.map(amidGoodPoints),
  {
    // A file of zeros, as a disk leaves it that lost what was written last.
    name: 'sparse-zeros',
    small: 64,
    full: 16_000,
    parts: () => [fileVersion(), scalars('loss', 0, 10)],
    sparseBytes: 64 * MB,
    expect: { points: { tag: 'loss', rows: 10 } },
  },
];
