import { describe, expect, it } from 'vitest';
import { decodeEvent, encodeEvent } from './decode-event.js';
import { createTensorRecord, type encodeTensor } from './tensor-proto.js';
import { WireWriter } from './wire-writer.js';

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
