import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCALAR_ROW_BYTES } from '../protocol/rows.js';
import { IndexRoom } from './index-room.js';
import { IndexedScalars } from './indexed-scalars.js';
import { RowMemory } from './row-memory.js';
import { BLOCK_ROWS, blockBytes, MOST_BLOCK_BYTES, readLine, readValues } from './scalar-blocks.js';

interface Row {
  readonly step: number;
  readonly wallTime: number;
  readonly value: number;
}

function columnOf(rows: readonly Row[], room = new IndexRoom()): IndexedScalars {
  const column = new IndexedScalars('t', new RowMemory(room));
  for (const { step, wallTime, value } of rows) column.append(step, wallTime, value);
  return column;
}

/** Arrays are compared with Object.is, which tells −0 from 0 and takes NaN for itself. */
function expectRows(column: IndexedScalars, rows: readonly Row[], from: number, to: number): void {
  const { steps, wallTimes, values } = column.read(from, to);
  const wanted = rows.slice(from, to);
  expect([...steps]).toEqual(wanted.map(({ step }) => step));
  expect([...wallTimes]).toEqual(wanted.map(({ wallTime }) => wallTime));
  expect([...values]).toEqual(wanted.map(({ value }) => value));
}

/** What lies where the column says that its whole blocks are. */
function expectBlocks(rows: readonly Row[]): void {
  const column = columnOf(rows);
  const whole = Math.floor(rows.length / BLOCK_ROWS) * BLOCK_ROWS;
  const offsets = new Uint32Array(3);
  const most = 2 * MOST_BLOCK_BYTES;
  expect(column.blocks(1, most, offsets) ?? column.blocks(whole, most, offsets)).toBe(null);
  for (let at = 0; at < whole; ) {
    const { bytes, count } = column.blocks(at, most, offsets)!;
    expect(bytes.length).toBeLessThanOrEqual(most);
    expect(count).toBeGreaterThan(0);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (const offset of offsets.subarray(0, count)) {
      const block = rows.slice(at, at + BLOCK_ROWS);
      expect(offset + blockBytes(view, offset)).toBeLessThanOrEqual(bytes.length);
      const numbers = new Float64Array(BLOCK_ROWS);
      for (const part of ['step', 'wallTime'] as const) {
        readLine(view, offset, part, 0, BLOCK_ROWS, numbers, 0);
        expect([...numbers]).toEqual(block.map((row) => row[part]));
      }
      readValues(view, offset, 0, BLOCK_ROWS, numbers, 0);
      expect([...numbers]).toEqual(block.map((row) => row.value));
      at += BLOCK_ROWS;
    }
  }
}

/** Numbers that grow evenly, with whatever befalls such numbers: noise, jumps, and any double in between. */
const numbers = (start: fc.Arbitrary<number>, pace: fc.Arbitrary<number>) =>
  fc
    .record({
      start,
      pace,
      noise: fc.constantFrom(0, 0, 2 ** -22, 1, 300, 1e6, 1e12),
      odd: fc.array(fc.tuple(fc.nat(300), fc.double()), { maxLength: 3 }),
      seed: fc.integer(),
    })
    .map(({ start: first, pace: each, noise, odd, seed }) => {
      const all = Array.from({ length: 300 }, (_, row) => {
        const random = (Math.imul(row + seed, 2_654_435_761) >>> 0) / 2 ** 32;
        return first + row * each + Math.round(noise * random);
      });
      for (const [row, value] of odd) all[row] = value;
      return all;
    });

describe('any numbers', () => {
  const steps = numbers(fc.maxSafeInteger(), fc.constantFrom(0, 1, 10, -1, 0.5, 1e9));
  const wallTimes = numbers(
    fc.double({ min: 0, max: 4e9, noNaN: true }),
    fc.double({ min: 0, max: 100, noNaN: true }),
  );
  const values = numbers(fc.float({ noNaN: true }), fc.constantFrom(0, 0.5, 1 / 3));

  it('are read as they were added, and every part of them alike', () => {
    fc.assert(
      fc.property(
        steps,
        wallTimes,
        values,
        fc.nat(300),
        fc.nat(300),
        fc.nat(300),
        (s, w, v, count, from, to) => {
          const rows = Array.from({ length: count }, (_, row) => ({
            step: s[row]!,
            wallTime: w[row]!,
            value: v[row]!,
          }));
          const column = columnOf(rows);
          expectRows(column, rows, 0, count);
          expectRows(column, rows, from, to);
          for (let row = 0; row < count; row += 7) {
            expect(column.step(row)).toBe(rows[row]!.step);
            expect(column.value(row)).toBe(rows[row]!.value);
          }
          expect(column.wide).toBe(
            rows.some(({ value }) => !Number.isNaN(value) && Math.fround(value) !== value),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('may be any doubles in any order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ step: fc.double(), wallTime: fc.double(), value: fc.double() }), {
          minLength: 64,
          maxLength: 200,
        }),
        (rows) => {
          expectRows(columnOf(rows), rows, 0, rows.length);
          expectBlocks(rows);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are the same one by one, and their lowest and highest are found in any part of a block', () => {
    // Of few values many are equal.
    const fewValues = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 300, maxLength: 300 });
    fc.assert(
      fc.property(steps, wallTimes, fc.oneof(values, fewValues), (s, w, v) => {
        expectBlocks(s.map((step, row) => ({ step, wallTime: w[row]!, value: v[row]! })));
      }),
      { numRuns: 100 },
    );
  });
});

const evenly = (count: number): Row[] =>
  Array.from({ length: count }, (_, step) => ({
    step,
    wallTime: 1.7e9 + step / 100,
    value: Math.fround(Math.sin(step)),
  }));

it('float64 values are kept from the first one on, and make the column wide', () => {
  const rows = evenly(200);
  const column = columnOf(rows);
  expect(column.wide).toBe(false);
  column.append(200, 1.7e9, 1e60);
  expect(column.wide).toBe(true);
  expect(column.value(200)).toBe(1e60);
  expectRows(column, rows, 0, 200);
});

it('the bytes of the protocol are those of the rows', () => {
  const rows = evenly(100);
  const bytes = columnOf(rows).bytes(60, 70);
  expect(bytes).toHaveLength(10 * SCALAR_ROW_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  expect(view.getFloat64(0, true)).toBe(60);
  expect(view.getFloat64(8, true)).toBe(rows[60]!.wallTime);
  expect(view.getFloat64(16, true)).toBe(rows[60]!.value);
  expect(columnOf(rows).bytes(100)).toHaveLength(0);
  const wide = columnOf([{ ...rows[0]!, value: 1e60 }]).bytes(0);
  expect(new DataView(wide.buffer, wide.byteOffset).getFloat64(16, true)).toBe(1e60);
});

describe('memory', () => {
  const bytesOf = (columns: number, rows: readonly Row[]): number => {
    const room = new IndexRoom();
    const memory = new RowMemory(room);
    for (let at = 0; at < columns; at++) {
      const column = new IndexedScalars(`t${at}`, memory);
      for (const { step, wallTime, value } of rows) column.append(step, wallTime, value);
    }
    return room.rowBytes;
  };

  it('steps and wall times that grow evenly take little more than their values', () => {
    expect(bytesOf(1, evenly(100_000)) / 100_000).toBeLessThan(6);
  });

  it('short columns take little', () => {
    expect(bytesOf(1000, evenly(3)) / 1000).toBeLessThan(140);
    expect(bytesOf(100, evenly(200)) / 100).toBeLessThan(4000);
  });

  it('rows without any order take what they have as doubles', () => {
    const wild = evenly(100_000).map((_, at) => ({
      step: at ** 7 * 1.5,
      wallTime: at ** 5 / 3,
      value: at / 3,
    }));
    expect(bytesOf(1, wild) / 100_000).toBeLessThan(26);
  });
});
