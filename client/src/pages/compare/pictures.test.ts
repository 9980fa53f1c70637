import { expect, test } from 'vitest';
import type { DecodedTensor } from '../../decode/decoded.js';
import { type PictureSide, pairPictures, picturesText } from './pictures.js';
import { NO_PROBES } from './side.js';

/** A log of another framework, whose probes are known by their numbers only. @param numbers of each picture */
function foreign(run: string, shape: readonly number[], ...numbers: readonly number[]): PictureSide {
  const size = shape.reduce((product, side) => product * side, 1);
  const input: DecodedTensor = {
    ...{ kind: 'tensor', step: 0, shape: [numbers.length, ...shape] },
    values: Float32Array.from(numbers.flatMap((value) => Array.from({ length: size }, () => value))),
    range: { min: 0, max: 1, absolute: 1, positive: 1 },
  };
  const probes = { ...NO_PROBES, row: 0, input };
  return { run, start: undefined, maps: { probes: numbers.map((_, probe) => probe) }, probes };
}

const says = (a: PictureSide, b: PictureSide, shown = { a: 0, b: 0 }) =>
  picturesText(pairPictures(a, b), shown);

test('pictures of logs that do not name them are compared by the numbers that went into the nets', () => {
  const a = foreign('a', [3, 2, 2], 1, 2, Number.NaN);
  expect(pairPictures(a, foreign('b', [3, 2, 2], 2, 5, 1, Number.NaN)).pairs).toEqual([
    { a: 0, b: 2 },
    { a: 1, b: 0 },
    { a: 2, b: 3 },
  ]);
  expect(says(a, foreign('b', [3, 2, 2], 1, 2))).toBe(
    'A and B show the same picture: its numbers are the same.',
  );
  expect(says(a, foreign('b', [3, 2, 2], 4, 5))).toBe(
    'A and B show different pictures, or normalise them differently: their numbers are not the same.',
  );
  expect(says(a, foreign('b', [1, 4, 3], 1, 2))).toBe(
    'A and B show different pictures: those of A are 3 × 2 × 2 and those of B 1 × 4 × 3.',
  );
});

test('nobody knows which pictures are the same where a log has neither names nor numbers of them', () => {
  const without = { ...foreign('b', [3, 2, 2], 1, 2), probes: NO_PROBES };
  const pairs = pairPictures(foreign('a', [3, 2, 2], 1, 2), without);
  expect(pairs).toMatchObject({
    by: undefined,
    pairs: [
      { a: 0, b: 0 },
      { a: 1, b: 1 },
    ],
  });
  expect(picturesText(pairs, { a: 1, b: 1 })).toContain('The logs do not say whether');
});

test('nothing is said of the same probes of one run', () => {
  const a = foreign('a', [3, 2, 2], 1, 1);
  expect(pairPictures(a, a).pairs).toHaveLength(2);
  expect(says(a, a)).toBeUndefined();
  expect(says(a, a, { a: 0, b: 1 })).toBe('A and B show different pictures.');
});
