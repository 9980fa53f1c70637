import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NonFiniteRun, RunEnd, RunRecord, RunStart } from '../run-record.js';
import { runStart as buildRunStart, conv2dDescription } from '../testing/run-start.js';
import { createEventDecoder, decodeEvent, encodeEvent, encodeFileVersion } from './decode-event.js';
import { encodeFrame } from './frame.js';
import { createHparamsEnd, createHparamsStart } from './hparams-proto.js';
import { createTensorRecord, encodeTensor } from './tensor-proto.js';
import { WireWriter } from './wire-writer.js';

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

const records: Record<string, fc.Arbitrary<RunRecord>> = {
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

describe('a decoded record equals the encoded one', () => {
  for (const [kind, arbitrary] of Object.entries(records)) {
    it(kind, () => {
      fc.assert(
        fc.property(arbitrary, (record) => {
          const data = encodeEvent(record);
          for (const event of [decodeEvent(data), createEventDecoder().decodeEvent(data)]) {
            expect(event.values.length).toBe(1);
            const value = event.values[0]!;
            expect([value.kind, value.tag, event.step, event.wallTime]).toEqual([
              record.kind,
              record.tag,
              record.step,
              record.wallTime,
            ]);
            expect(value.toRecord()).toEqual(record);
            if (record.kind === 'scalar') expect(value.scalar).toBe(record.value);
          }
          const told = decodeEvent(data, { kindOf: () => record.kind }).values[0]!;
          expect(told.kind).toBe(record.kind);
        }),
        { numRuns: 150 },
      );
    });
  }

  it('of an unknown plugin, with its bytes unchanged', () => {
    const value = new WireWriter();
    value.string(1, 'sound');
    value.message(9, () => value.message(1, () => value.string(1, 'audio')));
    value.bytes(6, new Uint8Array([1, 2, 3]));
    const record: RunRecord = {
      kind: 'other',
      tag: 'sound',
      step: 3,
      wallTime: 1,
      plugin: 'audio',
      content: value.finish(),
    };
    expect(decodeEvent(encodeEvent(record)).values[0]!.toRecord()).toEqual(record);
  });
});

describe('tensors', () => {
  const numbers: [Parameters<typeof encodeTensor>[0], number[]][] = [
    ['float16', [0, -0, 1, -2.5, 65504, Infinity, -Infinity, NaN, 2 ** -24, 2 ** -14, 0.333251953125]],
    ['bfloat16', [0, 1, -2.5, Infinity, NaN, 3.3895313892515355e38, 0.333984375]],
    ['float64', [0.1, -1e300, NaN, Infinity]],
    ['int8', [-128, 0, 127]],
    ['uint8', [0, 255]],
    ['int16', [-32768, 32767]],
    ['uint16', [0, 65535]],
    ['int32', [-(2 ** 31), 2 ** 31 - 1]],
    ['uint32', [0, 2 ** 32 - 1]],
    ['int64', [-(2 ** 53), 2 ** 53]],
    ['uint64', [0, 2 ** 63]],
    ['bool', [0, 1]],
    ['complex64', [1, -2, NaN, 4]],
    ['complex128', [0.1, 0.2]],
  ];
  it.each(numbers)('of %s decode to the values that were encoded', (dtype, values) => {
    const shape = [values.length / (dtype.startsWith('complex') ? 2 : 1)];
    const single = !['float64', 'int32', 'uint32', 'int64', 'uint64', 'complex128'].includes(dtype);
    const typed = single ? Float32Array.from(values) : Float64Array.from(values);
    const record = createTensorRecord({ tag: 't', step: 1, wallTime: 2, dtype, shape, values: typed });
    const read = decodeEvent(encodeEvent(record)).values[0]!.toRecord();
    expect(read).toEqual(record);
  });

  it('of 16-bit floats round to the nearest, ties to even', () => {
    // 1 + 2^-11 is halfway between 1 and 1 + 2^-10; 2049 and 2051 are between even numbers; 65519 rounds down to 65504.
    const values = Float32Array.from([
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      2049,
      2051,
      65519,
      65520,
      2 ** -25,
      2 ** -25 * 1.5,
    ]);
    const record = createTensorRecord({
      tag: 't',
      step: 1,
      wallTime: 2,
      dtype: 'float16',
      shape: [8],
      values,
    });
    const read = decodeEvent(encodeEvent(record)).values[0]!.toRecord();
    expect(read.kind === 'tensor' && [...read.values!]).toEqual([
      1,
      1 + 2 ** -9,
      2048,
      2052,
      65504,
      Infinity,
      0,
      2 ** -24,
    ]);
  });

  const tensorEvent = (write: (writer: WireWriter) => void): Uint8Array => {
    const writer = new WireWriter();
    writer.message(5, () =>
      writer.message(1, () => {
        writer.string(1, 't');
        writer.message(8, () => write(writer));
      }),
    );
    return writer.finish();
  };
  const valuesOf = (data: Uint8Array) => {
    const record = decodeEvent(data).values[0]!.toRecord();
    return record.kind === 'tensor' && record.values === undefined
      ? undefined
      : [...(record as { values: Float32Array }).values];
  };
  const shapeOf = (writer: WireWriter, ...sizes: number[]) =>
    writer.message(2, () => {
      for (const size of sizes) writer.message(2, () => writer.varint(1, size));
    });

  it('repeat the last value if fewer are stored than the shape holds', () => {
    const data = tensorEvent((writer) => {
      writer.varint(1, 1);
      shapeOf(writer, 2, 3);
      writer.packedFloats(5, Float32Array.from([1, 2]));
    });
    expect(valuesOf(data)).toEqual([1, 2, 2, 2, 2, 2]);
  });

  it('are zeros if no value is stored', () => {
    const data = tensorEvent((writer) => {
      writer.varint(1, 2);
      shapeOf(writer, 3);
    });
    expect(valuesOf(data)).toEqual([0, 0, 0]);
  });

  it('are not expanded to a huge shape that a few bytes claim', () => {
    const data = tensorEvent((writer) => {
      writer.varint(1, 1);
      shapeOf(writer, 1 << 20, 1 << 20);
      writer.packedFloats(5, Float32Array.from([1]));
    });
    expect(valuesOf(data)).toBeUndefined();
  });

  it.each([
    ['more than are repeated', [1 << 12, 1 << 12]],
    ['whose number is not a number', [0, 2 ** 52, 2 ** 52, 2 ** 52, 2 ** 52, 2 ** 52, 2 ** 52, 2 ** 52]],
    ['more than are read at all', [2 ** 26]],
  ])('are not expanded to elements %s', (_, shape) => {
    const data = tensorEvent((writer) => {
      writer.varint(1, 1);
      shapeOf(writer, ...shape);
      writer.packedFloats(5, Float32Array.from([1]));
    });
    expect(valuesOf(data)).toBeUndefined();
  });

  it('keep their bytes if these do not fit the shape', () => {
    const data = tensorEvent((writer) => {
      writer.varint(1, 1);
      shapeOf(writer, 3);
      writer.bytes(4, new Uint8Array(8));
    });
    const record = decodeEvent(data).values[0]!.toRecord();
    expect(record).toMatchObject({ kind: 'tensor', dtype: 'float32', shape: [3] });
    expect(record).not.toHaveProperty('values');
  });
});

describe('encoded frames and events', () => {
  interface Vector {
    name: string;
    wall_time: number;
    step: number;
    values: { tag: string; simple_value?: number | string }[];
    event_hex: string;
    record_hex: string;
  }
  const { records: vectors }: { records: Vector[] } = JSON.parse(
    readFileSync(new URL('./fixtures/writer/records.json', import.meta.url), 'utf8'),
  );
  const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');
  const unhex = (data: string) => new Uint8Array(Buffer.from(data, 'hex'));

  for (const vector of vectors) {
    it(`match the reference library's frame and values: ${vector.name}`, () => {
      expect(hex(encodeFrame(unhex(vector.event_hex)))).toBe(vector.record_hex);
      const event = decodeEvent(unhex(vector.event_hex));
      expect([event.wallTime, event.step]).toEqual([vector.wall_time, vector.step]);
      expect(event.values.map((value) => value.tag)).toEqual(vector.values.map((value) => value.tag));
      for (const [index, { simple_value }] of vector.values.entries()) {
        if (simple_value !== undefined) expect(event.values[index]!.scalar).toBe(Number(simple_value));
      }
    });

    const only = vector.values[0];
    if (vector.values.length === 1 && only?.simple_value !== undefined) {
      it(`match the reference library's event byte for byte: ${vector.name}`, () => {
        const { wall_time: wallTime, step } = vector;
        const record: RunRecord = {
          kind: 'scalar',
          tag: only.tag,
          step,
          wallTime,
          value: Number(only.simple_value),
        };
        expect(hex(encodeEvent(record))).toBe(vector.event_hex);
      });
    }
  }

  it('begin with the file version that TensorBoard expects', () => {
    const vector = vectors.find(({ name }) => name === 'file_version')!;
    expect(hex(encodeFileVersion(vector.wall_time))).toBe(vector.event_hex);
    expect(decodeEvent(encodeFileVersion(3))).toEqual({
      wallTime: 3,
      step: 0,
      fileVersion: 'brain.Event:2',
      values: [],
    });
  });
});

describe('encodeEvent refuses', () => {
  const at = { tag: 'x', step: 1, wallTime: 1 };
  it('a gap', () => {
    const gap: RunRecord = { kind: 'gap', ...at, file: 'f', offset: 0, length: 1, reason: 'why' };
    expect(() => encodeEvent(gap)).toThrow('never written');
  });
  it('a step that is not an int64', () => {
    for (const step of [0.5, NaN, 2 ** 53, 2n ** 63n]) {
      expect(() => encodeEvent({ kind: 'scalar', ...at, step, value: 1 })).toThrow(
        'A step must be a 64-bit integer',
      );
    }
  });
  it('a histogram whose length is not a multiple of three', () => {
    expect(() => encodeEvent({ kind: 'histogram', ...at, buckets: new Float64Array(4) })).toThrow(
      '4 numbers',
    );
  });
  it('a text whose strings do not fit its shape', () => {
    expect(() => encodeEvent({ kind: 'text', ...at, strings: ['a'], shape: [2] })).toThrow(
      'cannot hold 1 strings',
    );
  });
  it('a run end with a number that JSON cannot represent', () => {
    const end: RunEnd = { version: 1, reason: 'completed', seconds: NaN };
    expect(() => encodeEvent({ kind: 'run-end', ...at, end })).toThrow("The run's end cannot be written");
  });
});

describe('damaged events', () => {
  const sample = fc.oneof(...Object.values(records));

  it('throw nothing but MalformedEventError, whatever bytes are changed or cut', () => {
    fc.assert(
      fc.property(
        sample,
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.nat(),
        (record, flips, cut) => {
          const data = encodeEvent(record);
          for (const [place, value] of flips) data[place % data.length] = value;
          const shortened = data.subarray(0, data.length - (cut % 10));
          try {
            for (const value of createEventDecoder().decodeEvent(shortened).values) value.toRecord();
          } catch (error) {
            expect((error as Error).name).toBe('MalformedEventError');
          }
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('say what is wrong', () => {
    expect(() => decodeEvent(new Uint8Array([0x2a, 0x7f, 1]))).toThrow(
      'Field 5 of the event claims 127 bytes and 1 are left.',
    );
    expect(() => decodeEvent(new Uint8Array([9, 1, 2]))).toThrow('The event ends inside a value of 8 bytes');
    expect(() => decodeEvent(new Uint8Array([0x0f]))).toThrow('wire type 7');
  });
});

describe('the tags that a decoder remembers', () => {
  const event = (tag: string, plugin: string | undefined): Uint8Array => {
    const tensor = encodeTensor('float32', [], [1]);
    const writer = new WireWriter();
    writer.message(5, () =>
      writer.message(1, () => {
        writer.string(1, tag);
        if (plugin !== undefined) writer.message(9, () => writer.message(1, () => writer.string(1, plugin)));
        writer.bytes(8, tensor);
      }),
    );
    return writer.finish();
  };

  it('keep the plugin that their first event states', () => {
    const decoder = createEventDecoder();
    expect(decoder.decodeEvent(event('a', 'scalars')).values[0]!.kind).toBe('scalar');
    expect(decoder.decodeEvent(event('a', undefined)).values[0]!.kind).toBe('scalar');
    expect(decoder.decodeEvent(event('b', undefined)).values[0]!.kind).toBe('tensor');
  });

  it('are bounded; the values of further tags are read as plain tensors', () => {
    const decoder = createEventDecoder({ maxTags: 2 });
    for (const tag of ['a', 'b', 'c']) decoder.decodeEvent(event(tag, 'scalars'));
    const kinds = ['a', 'b', 'c'].map((tag) => decoder.decodeEvent(event(tag, undefined)).values[0]!.kind);
    expect(kinds).toEqual(['scalar', 'scalar', 'tensor']);
  });

  it('are not needed if the caller knows the kind of the tag', () => {
    const alone = (kind: 'scalar' | 'other' | 'tensor') =>
      decodeEvent(event('a', undefined), { kindOf: () => kind }).values[0]!.kind;
    expect([alone('scalar'), alone('other'), alone('tensor')]).toEqual(['scalar', 'other', 'tensor']);
  });
});
