import { expect, test } from 'vitest';
import { boxHeight, kernelsToPaint, matrixAt, partOf, weightAt, zoomToFit } from './kernel-matrix-layout.js';

test('a matrix of few rows is high enough to be read, and wider than the pane', () => {
  for (const [shape, zoom] of [
    [[96, 1, 3, 3], 8],
    [[512, 3, 3, 3], 3],
    [[64, 1, 7, 7], 4],
    [[64, 64, 3, 3], 1],
  ] as const)
    expect([shape, zoomToFit(shape, 330)]).toEqual([shape, zoom]);
});

test('the matrix fills the width of its pane and is not taller than its box', () => {
  expect(zoomToFit([16, 3, 3, 3], 336)).toBe(6);
  expect(zoomToFit([32, 32, 3, 3], 336)).toBe(2);
  expect(zoomToFit([512, 512, 3, 3], 336)).toBe(1);
  const layout = matrixAt([512, 512, 3, 3], 1);
  expect(boxHeight(layout, 336)).toBeLessThan(300);
});

test('the numbers of hundreds of input channels have room', () => {
  expect(matrixAt([8, 512, 3, 3], 1).side).toBeGreaterThan(matrixAt([8, 8, 3, 3], 1).side);
});

test('of a large matrix only the part near the view is painted', () => {
  const layout = matrixAt([512, 512, 3, 3], 8);
  const view = { width: 336, height: 200 };
  const { rows, columns } = kernelsToPaint(layout, { left: 300 * layout.pitchX, top: 0 }, view);
  expect(columns.first).toBeLessThanOrEqual(300);
  expect(columns.last).toBeGreaterThanOrEqual(312);
  expect(columns.last - columns.first).toBeLessThan(80);
  const part = partOf(layout, rows, columns);
  expect(part.width * part.height).toBeLessThan(2_000_000);
});

test('a small matrix is painted as a whole', () => {
  const layout = matrixAt([16, 3, 3, 3], 6);
  const { rows, columns } = kernelsToPaint(layout, { left: 0, top: 0 }, { width: 10, height: 10 });
  expect(partOf(layout, rows, columns)).toMatchObject({
    count: 48,
    width: layout.width,
    height: layout.height,
  });
});

test('a place in the matrix is a weight, and a gap is none', () => {
  const layout = matrixAt([4, 2, 3, 3], 4);
  expect(weightAt(layout, layout.pitchX * 2 + 5, layout.pitchY + 9)).toEqual({
    column: 2,
    row: 1,
    ky: 2,
    kx: 1,
  });
  expect(weightAt(layout, layout.pitchX - 0.5, 3)).toBeUndefined();
  expect(weightAt(layout, layout.pitchX * 4 + 1, 3)).toBeUndefined();
});
