import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { assign } from './assignment.js';

const { assignments } = JSON.parse(
  readFileSync(new URL('./fixtures/changes.json', import.meta.url), 'utf8'),
) as {
  readonly assignments: readonly {
    readonly shape: readonly [number, number];
    readonly costs: readonly number[];
    readonly total: number;
  }[];
};

describe('an assignment', () => {
  it.each(assignments)(
    'costs as little as that of scipy: $shape',
    ({ shape: [rows, columns], costs, total }) => {
      const columnOf = assign(Float64Array.from(costs), rows, columns);
      expect(new Set(columnOf).size).toBe(rows);
      const cost = columnOf.reduce((sum, column, row) => sum + costs[row * columns + column]!, 0);
      expect(cost).toBeCloseTo(total, 9);
    },
  );

  it('refuses more rows than columns', () => {
    expect(() => assign(new Float64Array(6), 3, 2)).toThrow('6 costs do not assign 3 rows to 2 columns');
  });

  it('finds a permutation of 512 channels', () => {
    const size = 512;
    const costs = Float64Array.from({ length: size * size }, (_, at) => Math.sin(at * 12.9898) ** 2);
    const permutation = Array.from({ length: size }, (_, row) => (row * 171 + 5) % size);
    for (const [row, column] of permutation.entries()) costs[row * size + column] = -1;
    expect([...assign(costs, size, size)]).toEqual(permutation);
  });
});
