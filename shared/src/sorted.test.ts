import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countWhile, indexAt } from './sorted.js';

test('the last value that is not above another is found in any ascending values', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -20, max: 20 })),
      fc.integer({ min: -25, max: 25 }),
      (some, value) => {
        const values = [...some].sort((a, b) => a - b);
        expect(indexAt(values, value)).toBe(values.findLastIndex((one) => one <= value));
        expect(countWhile(values.length, (at) => values[at]! < value)).toBe(
          values.filter((one) => one < value).length,
        );
      },
    ),
  );
});
