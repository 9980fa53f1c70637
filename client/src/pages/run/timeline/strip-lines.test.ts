import { expect, test } from 'vitest';
import { ScalarPoints } from '../../../series/scalar-points.js';
import { Series } from '../../../series/series.js';
import type { Tokens } from '../../../ui/tokens.js';
import { lineEnds } from './strip-lines.js';

const tokens = new Proxy({}, { get: (_, name) => String(name) }) as Tokens;

/** A run beside the chosen one, whose value is its last step. */
function other(steps: readonly number[]) {
  const series = new Series({ run: `to ${steps.at(-1)}`, generation: 1, tag: 'loss' }, () => undefined);
  const points = new ScalarPoints();
  for (const step of steps) points.push(step, 0, step);
  series.takeWhole(points, steps.length);
  return { main: series.curve(0), place: 0 };
}

test('the values beside the strip are those with which curves leave it, and not the last of runs that ended before', () => {
  const others = [other([0, 50, 100]), other([0, 10]), other([0, 100, 200]), other([0, 49, 99])];
  const ends = (last: number) => lineEnds(others, { first: 0, last }, tokens).map(({ value }) => value);
  // The last point of a run that is captured at the same pace is a step earlier.
  expect(ends(100)).toEqual([100, 100, 99]);
  expect(ends(200)).toEqual([200]);
  expect(ends(10)).toEqual([0, 10, 0, 0]);
});
