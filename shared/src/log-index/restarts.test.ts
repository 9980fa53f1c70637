import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Restarts } from './restarts.js';

it('the lowest step of the restarts since one is that of a search through all', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 40 }), (steps) => {
      const restarts = new Restarts();
      for (const step of steps) restarts.add(step);
      expect(restarts.count).toBe(steps.length);
      for (let from = 0; from <= steps.length; from++) {
        const since = steps.slice(from);
        expect(restarts.lowestFrom(from)).toBe(since.length > 0 ? Math.min(...since) : undefined);
      }
    }),
  );
});
