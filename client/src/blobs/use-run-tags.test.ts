import { expect, it } from 'vitest';
import { problemsOfRuns } from './use-run-tags.js';

it('a problem of several runs is said once, with their number', () => {
  expect(
    problemsOfRuns([
      ['a', 'The hub does not answer.'],
      ['b', 'The file is gone.'],
      ['c', 'The hub does not answer.'],
      ['d', 'The hub does not answer.'],
    ]),
  ).toEqual(['3 runs, such as a: The hub does not answer.', 'b: The file is gone.']);
  expect(problemsOfRuns([])).toEqual([]);
});
