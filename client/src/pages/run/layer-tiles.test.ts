import { expect, test } from 'vitest';
import { otherText } from './layer-tiles.js';

test('a layer that only cuts off rows and columns is called a crop', () => {
  const pad = { type: 'pad', name: 'pad', inputs: ['conv'], outputShape: [4, 6, 6], mode: 'zeros' } as const;
  expect(otherText({ ...pad, sides: [-1, -1, 0, -2] })).toEqual(['crop', '6²']);
  expect(otherText({ ...pad, sides: [1, 1, 1, 1] })).toEqual(['pad', '6²']);
  expect(otherText({ ...pad, sides: [1, 1, -1, -1] })).toEqual(['pad', '6²']);
});
