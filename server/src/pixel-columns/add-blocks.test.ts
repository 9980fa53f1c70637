import { readSeries, type Shown } from '@convscope/shared/answers/series/read-series.js';
import { type Scalars, scalarsOf } from '@convscope/shared/answers/series/scalars.js';
import { IndexRoom } from '@convscope/shared/log-index/index-room.js';
import { IndexedScalars } from '@convscope/shared/log-index/indexed-scalars.js';
import { RowMemory } from '@convscope/shared/log-index/row-memory.js';
import type { Run } from '@convscope/shared/log-index/run.js';
import type { Series, XAxis } from '@convscope/shared/protocol/series.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addBlocks } from './add-blocks.js';

interface Row {
  readonly step: number;
  readonly wallTime: number;
  readonly value: number;
}

/** What a value of a row may be: like most, far from float32, or not finite. */
const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e60, -1e60, 0.1, -0, Number.MIN_VALUE);

/** Rows in order of both axes, whose distances take 0, 1, 2 or 4 bytes, or cannot be shortened. Many values are equal. */
const rows = fc
  .record({
    count: fc.integer({ min: 60, max: 900 }),
    seed: fc.nat(),
    stride: fc.constantFrom(1, 3, 200, 40_000, 3e9),
    pause: fc.constantFrom(0, 0.25, 1 / 3, 60),
    begin: fc.constantFrom(-50, 0, 2 ** 40),
    values: fc.integer({ min: 1, max: 40 }),
    odd: fc.array(fc.tuple(fc.nat(899), odd), { maxLength: 6 }),
  })
  .map(({ count, seed, stride, pause, begin, values, odd: odds }) => {
    const random = (row: number, salt: number) =>
      (Math.imul((row + 1) ^ seed, 2_654_435_761 + 2 * salt) >>> 0) / 2 ** 32;
    let [step, wallTime] = [begin, 1.7e9];
    const all = Array.from({ length: count }, (_, row): Row => {
      step += 1 + Math.floor(stride * random(row, 1));
      wallTime += pause * (stride === 1 ? 1 : random(row, 2));
      return { step, wallTime, value: Math.floor(values * random(row, 3)) };
    });
    return all.map((row, at) => ({ ...row, value: odds.find(([place]) => place === at)?.[1] ?? row.value }));
  });

/** The scalars of a column that shares its memory with another, as those of a live log do, or has it for itself. */
function columnOf(all: readonly Row[], isShared: boolean): Scalars {
  const memory = new RowMemory(new IndexRoom());
  const column = new IndexedScalars('t', memory);
  const other = new IndexedScalars('u', memory);
  for (const { step, wallTime, value } of all) {
    column.append(step, wallTime, value);
    if (isShared) other.append(step, 0, value);
  }
  return scalarsOf({ scalars: () => column } as unknown as Run, 't')!;
}

function done<T>(work: Generator<void, T>): T {
  for (;;) {
    const piece = work.next();
    if (piece.done) return piece.value;
  }
}

it('finds the same of blocks as if each was decoded, in any range and on any axis', () => {
  let found = 0;
  fc.assert(
    fc.property(
      rows,
      fc.boolean(),
      fc.tuple(fc.nat(1000), fc.nat(1000)),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom<XAxis>('step', 'wall', 'relative'),
      (all, isShared, [a, b], width, x) => {
        const scalars = columnOf(all, isShared);
        const places = all.map((row) => (x === 'step' ? row.step : row.wallTime));
        const origin = x === 'relative' ? 1.7e9 - 5 : 0;
        const [first, last] = [places[0]! - origin, places.at(-1)! - origin];
        const at = (thousandth: number) => first + ((last - first) * (thousandth - 100)) / 800;
        const shown: Shown = {
          ...{ x, from: at(Math.min(a, b)), to: at(Math.max(a, b)), width, points: 0 },
          ...{ smoothing: undefined, replaced: false },
        };
        const read = (...how: [] | [typeof addBlocks]): Series =>
          done(readSeries({ run: 0, tag: 0, scalars, origin }, shown, { from: 0, to: 0 }, 0, ...how));
        let blocks = 0;
        const fast = read((...given) => {
          const added = addBlocks(...given);
          blocks += added / 64;
          return added;
        });
        expect(fast).toEqual(read());
        found += blocks;
      },
    ),
    { numRuns: 300 },
  );
  // Not everything was left to the other way.
  expect(found).toBeGreaterThan(300);
});

it('leaves rows that are not whole blocks, and blocks with values that are not finite', () => {
  const all = Array.from({ length: 200 }, (_, step) => ({ step, wallTime: step, value: 1 }));
  all[70] = { step: 70, wallTime: 70, value: Number.NaN };
  const scalars = columnOf(all, false);
  const added: number[] = [];
  const shown: Shown = {
    ...{ x: 'step', from: undefined, to: undefined, width: 10, points: 0 },
    ...{ smoothing: undefined, replaced: false },
  };
  done(
    readSeries({ run: 0, tag: 0, scalars, origin: 0 }, shown, { from: 0, to: 199 }, 0, (...given) => {
      const count = addBlocks(...given);
      added.push(given[3], count);
      return count;
    }),
  );
  // Up to the second block, and from the one after it to where the rest is no block.
  expect(added).toEqual([0, 64, 128, 64]);
});
