import { expect, test } from 'vitest';
import { IndexRoom } from './index-room.js';
import { IndexedScalars } from './indexed-scalars.js';
import { loggedPause } from './logged-pause.js';
import { RowMemory } from './row-memory.js';

function pauseOf(wallTimes: readonly number[]): number {
  const column = new IndexedScalars('loss', new RowMemory(new IndexRoom()));
  for (const [step, wallTime] of wallTimes.entries()) column.append(step, wallTime, 1);
  return loggedPause([column]);
}

test('the pause of a writer is its longest but one, as training may have been interrupted', () => {
  expect(pauseOf([100])).toBe(0);
  expect(pauseOf([100, 160])).toBe(60);
  expect(pauseOf([100, 160, 250, 5000, 5070])).toBe(90);
});

test('wall times that are wrong say nothing of it', () => {
  const now = 1.7e9;
  expect(pauseOf([now, 0, now + 60, -100, now + 130, now + 190])).toBe(0);
  expect(pauseOf([now, now + 10, 0, now + 80, now + 90, Number.NaN, now + 100])).toBe(10);
});
