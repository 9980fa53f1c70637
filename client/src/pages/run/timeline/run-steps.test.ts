import { expect, test } from 'vitest';
import { stepsOf } from './run-steps.js';

test('the axis of a run without curves and maps is that of its steps, as far as they are known', () => {
  expect(stepsOf({ steps: [], scalarTags: [], lastStep: 90 }, undefined)).toEqual({ first: 0, last: 90 });
  expect(stepsOf({ steps: [], scalarTags: [], lastStep: -1 }, undefined)).toBeUndefined();
  expect(stepsOf({ steps: [], scalarTags: ['loss'], lastStep: 90 }, undefined)).toEqual({
    first: 0,
    last: 90,
  });
  expect(stepsOf({ steps: [10, 20], scalarTags: [], lastStep: 25 }, undefined)).toEqual({
    first: 10,
    last: 25,
  });
});
