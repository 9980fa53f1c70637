import { describe, expect, it } from 'vitest';
import type { DecodedTensor } from '../../decode/decoded.js';
import { valueAt } from '../../drawing/map-stack.js';
import { kernelPlaceAt, kernelTiles } from './kernel-tiles.js';

function weights(...shape: readonly number[]): DecodedTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length }, (_, at) => at);
  return { kind: 'tensor', step: 0, shape, values, range: { min: 0, max: 1, absolute: 1, positive: 1 } };
}

describe('the tiles of kernels', () => {
  it.each([
    [
      [2, 3, 3, 3],
      [2, 9, 3],
    ],
    [
      [4, 16, 3, 3],
      [4, 12, 12],
    ],
    [
      [1, 6, 1, 1],
      [1, 3, 2],
    ],
    [
      [2, 6, 5, 3],
      [2, 10, 9],
    ],
    [
      [1, 1, 7, 7],
      [1, 7, 7],
    ],
  ])('hold every weight of %j once', (shape, tile) => {
    const weight = weights(...shape);
    const tiles = kernelTiles(weight)!;
    expect(tiles.stack.shape).toEqual(tile);
    const [out, , height, width] = shape as [number, number, number, number];
    const [, inputs] = shape as [number, number];
    for (let channel = 0; channel < out; channel++) {
      for (let y = 0; y < tiles.stack.shape[1]; y++) {
        for (let x = 0; x < tiles.stack.shape[2]; x++) {
          const { input, ky, kx } = kernelPlaceAt(tiles, y, x);
          expect(valueAt(tiles.stack, channel, y, x)).toBe(
            ((channel * inputs + input) * height + ky) * width + kx,
          );
        }
      }
    }
    expect(kernelTiles(weight)).toBe(tiles);
  });

  it('are made of kernels only', () => {
    expect(kernelTiles(weights(10, 64))).toBeUndefined();
    expect(kernelTiles(weights(0, 3, 3, 3))).toBeUndefined();
  });
});
