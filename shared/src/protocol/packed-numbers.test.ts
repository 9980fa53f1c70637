import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PackedNumbersReader, packNumbers, packValues } from './packed-numbers.js';

/** Without the head of 24 bytes. */
function dataBytes(bytes: Uint8Array): number {
  return bytes.length - 24;
}

const step = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double(),
  fc.constantFrom(0, 1e300, 2 ** 53, NaN),
);

describe('numbers', () => {
  it('come back exactly, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(step), (numbers) => {
        const sent = Float64Array.from(numbers, (number) => number + 0);
        expect(new PackedNumbersReader(packNumbers(sent)).nextDouble()).toEqual(sent);
      }),
    );
  });

  it('come back exactly as differences, or as they are where these are not exact', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, step)), (pairs) => {
        const other = Float64Array.from(pairs, ([number]) => number);
        const sent = Float64Array.from(pairs, ([, number]) => number + 0);
        expect(new PackedNumbersReader(packNumbers(sent, other)).nextDouble(other)).toEqual(sent);
      }),
    );
  });

  it('that grow evenly take no bytes, however many they are', () => {
    const steps = Float64Array.from({ length: 100_000 }, (_, at) => 1000 + at * 50);
    expect(dataBytes(packNumbers(steps))).toBe(0);
    expect(dataBytes(packNumbers(steps, steps))).toBe(0);
  });

  it('that grow in small steps take one byte each, and present wall times at most four', () => {
    const steps = Float64Array.from({ length: 1000 }, (_, at) => at * 100 + (at % 7));
    expect(dataBytes(packNumbers(steps))).toBe(1000);
    const times = Float64Array.from({ length: 1000 }, (_, at) => 1_790_000_000.123456 + at * 0.37);
    expect(dataBytes(packNumbers(times))).toBe(4000);
  });
});

describe('values', () => {
  it('come back exactly: float32 if all of them are, else float64', () => {
    fc.assert(
      fc.property(fc.array(fc.double()), (values) => {
        const wide = Float64Array.from(values);
        expect(new PackedNumbersReader(packValues(wide)).nextDouble()).toEqual(wide);
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.float()), (values) => {
        const narrow = Float32Array.from(values);
        expect(new PackedNumbersReader(packValues(narrow)).next()).toEqual(narrow);
        expect(new PackedNumbersReader(packValues(Float64Array.from(narrow))).next()).toEqual(narrow);
      }),
    );
    expect(new PackedNumbersReader(packValues(Float64Array.of(1e60, -0))).next()).toEqual(
      Float64Array.of(1e60, -0),
    );
  });

  it('are read wherever they begin', () => {
    const packed = packValues(Float32Array.of(1, 2, 3));
    for (const shift of [0, 1, 4, 8]) {
      const bytes = new Uint8Array(packed.length + shift);
      bytes.set(packed, shift);
      expect(new PackedNumbersReader(bytes, shift).next()).toEqual(Float32Array.of(1, 2, 3));
      expect(new PackedNumbersReader(bytes.subarray(shift)).next()).toEqual(Float32Array.of(1, 2, 3));
    }
  });
});

it('arrays are read one after the other', () => {
  const steps = Float64Array.of(1, 2, 4);
  const bytes = Buffer.concat([
    packNumbers(steps),
    packValues(Float32Array.of(7, 8, 9)),
    packNumbers(steps, steps),
  ]);
  const reader = new PackedNumbersReader(new Uint8Array(bytes));
  expect([reader.next(), reader.next(), reader.next(steps)]).toEqual([
    steps,
    Float32Array.of(7, 8, 9),
    steps,
  ]);
  expect(() => reader.next()).toThrow(RangeError);
});

it('any bytes are an array or refused, and no more is allocated than they allow', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 24, maxLength: 64 }), (bytes) => {
      bytes[0]! %= 10;
      // Longer arrays of the form that takes no bytes are allowed, and only slow here.
      if (bytes[0] === 0) bytes[7] = bytes[6] = 0;
      try {
        new PackedNumbersReader(bytes).next();
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
  );
  const bomb = packNumbers(Float64Array.of(1, 2, 3));
  new DataView(bomb.buffer).setUint32(4, 0xffffffff, true);
  expect(() => new PackedNumbersReader(bomb).next()).toThrow('longer than any');
});
