import { expect, it } from 'vitest';
import { cellSize } from './cell-size.js';

it('shows numbers in the cells of small kernels, and makes those of large ones fit', () => {
  expect(cellSize(1, 1)).toBe(28);
  expect(cellSize(3, 3)).toBe(28);
  expect(cellSize(5, 5)).toBe(16);
  expect(cellSize(7, 7)).toBe(12);
  for (const [rows, columns] of [
    [11, 11],
    [16, 16],
    [1, 31],
    [31, 1],
    [32, 32],
  ] as const) {
    expect(cellSize(rows, columns) * columns).toBeLessThanOrEqual(88);
    expect(cellSize(rows, columns) * rows).toBeLessThanOrEqual(196);
    expect(cellSize(rows, columns)).toBeGreaterThanOrEqual(2);
  }
});
