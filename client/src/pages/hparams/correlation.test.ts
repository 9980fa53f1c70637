import { describe, expect, it } from 'vitest';
import type { Column } from './columns.js';
import { correlate, type Measure, measuresOf, ranksOf } from './correlation.js';
import type { Row } from './rows.js';

describe('a correlation', () => {
  const rows = [0.1, 0.01, 0.3, 0.01, 0.05, 0.2, 0.001].map((lr, at): Row => {
    const accuracy = [0.5, 0.71, 0.42, 0.69, 0.66, 0.66, 0.3][at]!;
    const values = new Map<string, number | string>([
      ['lr', lr],
      ['acc', accuracy],
      ['amp', at % 2 === 0 ? 'true' : 'false'],
    ]);
    return { id: `${at}`, name: `${at}`, sessions: [], values, spread: new Map() };
  });
  const column = (id: string, type: 'number' | 'text' = 'number'): Column => ({
    ...{ id, name: id, title: id, type, kind: 'hparam', description: undefined },
    ...{ isLogLike: false, isConstant: false },
  });
  const measure = (id: string, isLog = false): Measure => measuresOf(column(id), rows, isLog)[0]!;

  // Computed with scipy.stats.
  it.each([
    ['pearson', false, -0.20627533077971683],
    ['pearson', true, 0.21966801740133146],
    ['spearman', false, -0.16363636363636364],
    ['spearman', true, -0.16363636363636364],
  ] as const)('is that of scipy: %s, log %s', (method, isLog, expected) => {
    const { value, n } = correlate(rows, measure('lr', isLog), measure('acc'), method);
    expect(value).toBeCloseTo(expected, 12);
    expect(n).toBe(7);
  });

  it('is not known of two rows, nor where nothing differs', () => {
    expect(correlate(rows.slice(0, 2), measure('lr'), measure('acc'), 'pearson')).toEqual({
      value: undefined,
      n: 2,
    });
    const same = { ...measure('lr'), of: () => 1 };
    expect(correlate(rows, same, measure('acc'), 'spearman').value).toBeUndefined();
  });

  it('counts a text as 1 where it holds', () => {
    const [only, ...others] = measuresOf(column('amp', 'text'), rows, false);
    expect([only?.title, others]).toEqual(['amp = true', []]);
    expect(only?.of(rows[0]!)).toBe(1);
    expect(only?.of(rows[1]!)).toBe(0);
  });

  it('gives equal numbers the mean of their ranks', () => {
    expect(ranksOf([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
  });
});
