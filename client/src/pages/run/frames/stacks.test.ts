import { expect, test } from 'vitest';
import type { DecodedChannels, DecodedTensor } from '../../../decode/decoded.js';
import { valueAt } from '../../../drawing/map-stack.js';
import { picturesOf, stackOf } from './stacks.js';

const RANGE = { min: 0, max: 4, absolute: 4, positive: 4 };

/** Two pictures of 1×1, of the probes 4 and 2, with the values 40 and 20. */
const channels: DecodedChannels = {
  ...{
    kind: 'channels',
    step: 0,
    layer: 'conv1',
    role: 'preactivation',
    shape: [1, 1, 1],
    pictures: 2,
    probes: [4, 2],
  },
  ...{ codes: Uint8Array.of(40, 20), lo: Float32Array.of(0), hi: Float32Array.of(255) },
  ...{ marks: undefined, statistics: undefined, range: RANGE },
};

function tensor(shape: readonly number[]): DecodedTensor {
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i);
  return { kind: 'tensor', step: 0, shape, values, range: RANGE };
}

test('the maps of a probe are found by its number, and not those of another one in their place', () => {
  expect(valueAt(stackOf(channels, 2)!, 0, 0, 0)).toBe(20);
  expect(valueAt(stackOf(channels, 4)!, 0, 0, 0)).toBe(40);
  for (const probe of [0, 1, 50]) expect(stackOf(channels, probe)).toBeUndefined();
});

test('a batch has a picture for each of its entries, and a single tensor belongs to any probe', () => {
  expect(picturesOf(tensor([3, 1, 1, 1]))).toBe(3);
  expect(valueAt(stackOf(tensor([3, 1, 1, 1]), 2)!, 0, 0, 0)).toBe(2);
  expect(stackOf(tensor([3, 1, 1, 1]), 50)).toBeUndefined();
  expect(stackOf(tensor([1, 1, 1]), 50)).toBeDefined();
});
