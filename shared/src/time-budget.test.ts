import { expect, it } from 'vitest';
import { TimeBudget } from './time-budget.js';

declare const setImmediate: (done: () => void) => unknown;

it('other work waits for one turn at most, however many long works there are', async () => {
  let turns = 0;
  let most = 0;
  let running = 30;
  function* work(): Generator<void, void> {
    for (let turn = 0; turn < 3; turn++) {
      turns++;
      const until = performance.now() + 9;
      while (performance.now() < until);
      yield;
    }
  }
  const works = Array.from({ length: running }, async () => {
    await new TimeBudget().do(work());
    running--;
  });
  let seen = turns;
  await new Promise<void>((done) => {
    const other = () => {
      most = Math.max(most, turns - seen);
      seen = turns;
      if (running > 0) setImmediate(other);
      else done();
    };
    setImmediate(other);
  });
  await Promise.all(works);
  expect(turns).toBe(90);
  expect(most).toBeLessThanOrEqual(2);
});
