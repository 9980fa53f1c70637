import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forEachKept, ReplacedRows } from './replaced-rows.js';

/** Adds rows with these steps as a column does; `purge` marks rows without adding one. */
function replay(entries: readonly (number | { readonly purge: number })[]) {
  const steps: number[] = [];
  let bytes = 0;
  const replaced = new ReplacedRows((more) => {
    bytes += more;
  });
  const stepOf = (row: number) => steps[row]!;
  for (const entry of entries) {
    if (typeof entry === 'number') {
      replaced.replaceFrom(entry, steps.length, stepOf);
      steps.push(entry);
    } else {
      replaced.replaceFrom(entry.purge, steps.length, stepOf);
    }
  }
  const kept: number[] = [];
  forEachKept(replaced.bounds, steps.length, (from, to) => {
    for (let row = from; row < to; row++) kept.push(row);
  });
  return { steps, kept, replaced, bytes };
}

const keptSteps = (entries: Parameters<typeof replay>[0]) => {
  const { steps, kept } = replay(entries);
  return kept.map((row) => steps[row]);
};

describe('rows that later rows replaced', () => {
  it('are those at and beyond a step that is logged again', () => {
    const { replaced } = replay([0, 1, 2, 3, 4, 2, 3]);
    expect([...replaced.bounds]).toEqual([2, 5]);
    expect(replaced.rows).toBe(3);
  });

  it('are none while steps ascend', () => {
    expect(replay([-3, 0, 1, 7]).replaced.bounds).toHaveLength(0);
  });

  it('are all but the last of rows with the same step', () => {
    expect([...replay([5, 5, 5, 5]).replaced.bounds]).toEqual([0, 3]);
  });

  it('are one range when a restart goes back behind an earlier one', () => {
    expect([...replay([0, 1, 2, 3, 2, 3, 1, 2]).replaced.bounds]).toEqual([1, 6]);
  });

  it('are replaced by a restart that logs nothing', () => {
    expect(keptSteps([0, 1, 2, 3, { purge: 2 }])).toEqual([0, 1]);
    expect(keptSteps([0, 1, 2, 3, { purge: 2 }, 2])).toEqual([0, 1, 2]);
    expect(keptSteps([0, 1, { purge: -1 }])).toEqual([]);
  });

  it('leave what a stack leaves from which each row first takes the steps that are not lower', () => {
    const entry = fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: -5, max: 30 }) },
      fc.record({ purge: fc.integer({ min: -6, max: 31 }) }),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
        const stack: { row: number; step: number }[] = [];
        let row = 0;
        for (const next of entries) {
          const step = typeof next === 'number' ? next : next.purge;
          while (stack.length > 0 && stack.at(-1)!.step >= step) stack.pop();
          if (typeof next === 'number') stack.push({ row: row++, step });
        }
        const { kept, replaced, steps } = replay(entries);
        expect(kept).toEqual(stack.map((left) => left.row));
        expect(replaced.rows).toBe(steps.length - kept.length);
        const bounds = [...replaced.bounds];
        // Neighbouring ranges neither overlap nor touch.
        expect(bounds).toEqual([...new Set(bounds)].sort((a, b) => a - b));
      }),
      { numRuns: 2000 },
    );
  });

  it('take at most 8 bytes a row and constant time when every other row steps back', () => {
    const rows = 200_000;
    let looks = 0;
    let bytes = 0;
    const steps = new Float64Array(rows);
    const replaced = new ReplacedRows((more) => {
      bytes += more;
    });
    const stepOf = (row: number) => {
      looks++;
      return steps[row]!;
    };
    for (let row = 0; row < rows; row++) {
      // 10, 5, 20, 15, 30, 25, …: each second row replaces one, and each stretch that is left is one row long.
      const step = row % 2 === 0 ? 5 * row + 10 : 5 * row;
      replaced.replaceFrom(step, row, stepOf);
      steps[row] = step;
    }
    expect(replaced.rows).toBe(rows / 2);
    expect(bytes).toBeLessThanOrEqual(8 * rows);
    expect(looks).toBeLessThan(6 * rows);
  });
});
