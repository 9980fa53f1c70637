import { expect, test } from 'vitest';
import { valueStack } from './map-stack.js';
import { paintThumbnail } from './thumbnail.js';

const lut = Uint32Array.from({ length: 256 }, (_, index) => index + 1000);
const colours = { lut, limits: { lo: 0, hi: 255 }, nonFinite: [0, 7, 17, 27] as const };

function painted(
  values: readonly number[],
  shape: readonly [number, number, number],
  cell: number,
  gap: number,
): number[] {
  const layout = { columns: 2, rows: 1, cell, gap };
  const canvas = { width: 2 * cell, height: cell, pixels: new Uint32Array(2 * cell * cell) };
  paintThumbnail(canvas, layout, valueStack(Float32Array.from(values), shape), colours);
  return [...canvas.pixels];
}

test('a pixel of a thumbnail is the mean of the pixels it represents', () => {
  // Two channels of 2×2, one pixel each.
  expect(painted([10, 20, 30, 40, 0, 0, 0, 100], [2, 2, 2], 1, 0)).toEqual([1025, 1025]);
});

test('maps that fit are shown unchanged, with gaps', () => {
  expect(painted([1, 2, 3, 4], [1, 2, 2], 3, 1)).toEqual([
    ...[1001, 1002, 0, 0, 0, 0],
    ...[1003, 1004, 0, 0, 0, 0],
    ...[0, 0, 0, 0, 0, 0],
  ]);
});

test('a single NaN is not averaged away', () => {
  expect(painted([1, 1, 1, Number.NaN], [1, 2, 2], 1, 0)).toEqual([7, 0]);
});
