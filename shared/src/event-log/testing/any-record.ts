/** Records of every kind, with whatever their formats allow, for property tests. */
import fc from 'fast-check';
import type { NonFiniteRun, RunEnd, RunRecord, RunStart } from '../../run-record.js';
import { runStart as buildRunStart, conv2dDescription } from '../../testing/run-start.js';
import { createHparamsEnd, createHparamsStart } from '../hparams-proto.js';
import { createTensorRecord } from '../tensor-proto.js';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constant('\ufeffmark'),
);
const bytes = fc.uint8Array({ maxLength: 300 });
const base = fc.record({
  tag: text,
  step: fc.oneof(
    fc.maxSafeNat(),
    fc.maxSafeInteger(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
  ),
  wallTime: fc.double(),
});
const count = fc.nat(70_000);
const floats = (length: number) =>
  fc.array(fc.float(), { minLength: length, maxLength: length }).map((values) => Float32Array.from(values));

const runs: fc.Arbitrary<NonFiniteRun[]> = fc
  .array(
    fc.record({
      skip: fc.integer({ min: 0, max: 1_000_000 }),
      length: fc.integer({ min: 1, max: 1000 }),
      value: fc.constantFrom('NaN' as const, 'Infinity' as const, '-Infinity' as const),
    }),
    { maxLength: 5 },
  )
  .map((list) => {
    let end = 0;
    return list.map(({ skip, length, value }) => {
      const start = end + skip;
      end = start + length;
      return { start, length, value };
    });
  });

const channels = fc.integer({ min: 1, max: 40 }).chain((size) =>
  fc.record({
    kind: fc.constant('channels' as const),
    base,
    layer: text,
    role: fc.constantFrom(
      'input' as const,
      'preactivation' as const,
      'output' as const,
      'weight' as const,
      'gradient' as const,
    ),
    height: fc.integer({ min: 1, max: 5000 }),
    width: fc.integer({ min: 1, max: 5000 }),
    channels: fc.constant(size),
    columns: fc.integer({ min: 1, max: 64 }),
    pictures: fc.array(fc.record({ probe: count, atlas: bytes }), { maxLength: 4 }),
    lo: floats(size),
    hi: floats(size),
    nonFinite: runs,
    statistics: fc.option(
      fc.record({
        pictures: count,
        min: floats(size),
        max: floats(size),
        mean: floats(size),
        std: floats(size),
        zeroFraction: floats(size),
        nonFinite: fc
          .array(fc.nat(0xffffffff), { minLength: size, maxLength: size })
          .map((values) => Uint32Array.from(values)),
      }),
      { nil: undefined },
    ),
  }),
);

const shaped = <T>(of: fc.Arbitrary<T>) =>
  fc.array(fc.nat(4), { maxLength: 3 }).chain((shape) => {
    const length = shape.reduce((a, b) => a * b, 1);
    return fc.record({
      shape: fc.constant(shape),
      values: fc.array(of, { minLength: length, maxLength: length }),
    });
  });

const probe = fc.record({ index: count, label: count });
// zod drops a `__proto__` key.
const key = text.filter((name) => name !== '__proto__');
const config = fc.dictionary(
  key,
  fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
);
const layers: RunStart['model']['layers'] = [
  conv2dDescription({
    inChannels: 3,
    outChannels: 16,
    inputShape: [3, 32, 32],
    outputShape: [16, 32, 32],
    input: {
      from: 'record',
      tag: 'conv0/preactivation',
      operations: [{ op: 'relu' }, { op: 'maxPool2d', kernel: [2, 2], stride: [2, 2] }],
    },
  }),
  { type: 'adaptiveAvgPool2d', name: 'pool', inputs: ['conv1'], outputShape: [16, 1, 1] },
  {
    type: 'dense',
    name: 'dense',
    inputs: ['pool'],
    inFeatures: 16,
    outFeatures: 10,
    bias: true,
    activation: 'none',
    outputShape: [10, 1, 1],
  },
];
/** JSON cannot represent −0. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const runStart: fc.Arbitrary<RunStart> = fc
  .record({
    runUid: text,
    branch: fc.option(text, { nil: undefined }),
    name: text,
    config,
    environment: fc.dictionary(key, text),
    probes: fc.array(probe),
  })
  .map(({ branch, ...start }) =>
    plain(
      buildRunStart({
        ...start,
        ...(branch === undefined ? {} : { branch }),
        data: {
          name: 'cifar10',
          synthetic: false,
          classes: ['cat', 'd|og'],
          trainPictures: 50_000,
          testPictures: 10_000,
          mean: [0.4914, 0.4822, 0.4465],
          std: [0.247, 0.2435, 0.2616],
        },
        model: { name: 'convnet', parameters: 43_082, inputShape: [3, 32, 32], layers },
        statisticsPictures: 64,
        plan: { epochs: 10, stepsPerEpoch: 782, totalSteps: 7820 },
      }),
    ),
  );
const runEnd: fc.Arbitrary<RunEnd> = fc
  .record({
    reason: fc.constantFrom('completed' as const, 'interrupted' as const, 'failed' as const),
    seconds: fc.double({ noNaN: true, noDefaultInfinity: true }),
    error: fc.option(text, { nil: undefined }),
  })
  .map(({ error, ...end }) =>
    plain({ version: 1 as const, ...end, ...(error === undefined ? {} : { error }) }),
  );

export const records: Record<string, fc.Arbitrary<RunRecord>> = {
  scalar: fc
    .record({ base, value: fc.float() })
    .map(({ base, value }) => ({ kind: 'scalar', ...base, value })),
  channels: channels.map(({ base, pictures, statistics, ...rest }) => ({
    ...base,
    ...rest,
    probes: pictures.map((picture) => picture.probe),
    atlases: pictures.map((picture) => picture.atlas),
    ...(statistics === undefined ? {} : { statistics }),
  })),
  image: fc
    .record({ base, width: count, height: count, images: fc.array(bytes, { maxLength: 4 }) })
    .map(({ base, ...image }) => ({ kind: 'image', ...base, ...image })),
  histogram: fc
    .record({ base, rows: fc.array(fc.tuple(fc.double(), fc.double(), fc.double()), { maxLength: 40 }) })
    .map(({ base, rows }) => ({ kind: 'histogram', ...base, buckets: Float64Array.from(rows.flat()) })),
  text: fc
    .record({ base, text: shaped(text) })
    .map(({ base, text }) => ({ kind: 'text', ...base, shape: text.shape, strings: text.values })),
  tensor: fc
    .record({
      base,
      float: shaped(fc.float()),
      plugin: fc.constantFrom('tensor', '', 'pr_curves'),
    })
    .map(({ base, float, plugin }) =>
      createTensorRecord({
        ...base,
        dtype: 'float32',
        shape: float.shape,
        values: Float32Array.from(float.values),
        plugin,
      }),
    ),
  'run-start': fc
    .record({ base, start: runStart })
    .map(({ base, start }) => ({ kind: 'run-start', ...base, start })),
  'run-end': fc.record({ base, end: runEnd }).map(({ base, end }) => ({ kind: 'run-end', ...base, end })),
  hparams: fc
    .record({ wallTime: fc.double(), config, group: text, part: fc.constantFrom(0, 1, 2) })
    .map(({ wallTime, config, group, part }) =>
      part === 2
        ? createHparamsEnd('success', wallTime)
        : createHparamsStart(config, ['train/loss'], group, wallTime)[part as 0 | 1],
    ),
  other: fc
    .record({ base, plugin: fc.constantFrom('graph_def', 'meta_graph_def', 'log_message'), content: bytes })
    .map(({ base, plugin, content }) => ({
      kind: 'other',
      ...base,
      tag: { graph_def: '__run_graph__', meta_graph_def: '__meta_graph__', log_message: '__log_message__' }[
        plugin
      ]!,
      plugin,
      content,
    })),
};
