import { expect, test } from 'vitest';
import { capturesLayout, offsetFor, tileCornerOf, tilesInView, tileUnder } from './captures-layout.js';

const layout = capturesLayout(500, [8, 8], 272);

test('tiles of small maps are enlarged by a whole number, and those of large maps are reduced', () => {
  expect(layout).toMatchObject({ zoom: 5, width: 40, columns: 6, total: 84 * layout.pitchY });
  expect(capturesLayout(9, [512, 256], 272)).toMatchObject({ width: 20, height: 40 });
  expect(capturesLayout(9, [1, 1], 10)).toMatchObject({ columns: 1, zoom: 40 });
});

test('only the rows in view are drawn', () => {
  expect(tilesInView(layout, 500, 0, 200)).toEqual({ first: 0, end: 24 });
  expect(tilesInView(layout, 500, 10.5 * layout.pitchY, layout.pitchY)).toEqual({ first: 60, end: 72 });
  expect(tilesInView(layout, 500, 83 * layout.pitchY, 200)).toEqual({ first: 498, end: 500 });
});

test('a tile is found where it is drawn', () => {
  for (const index of [0, 5, 6, 499]) {
    const { x, y } = tileCornerOf(layout, index);
    expect(tileUnder(layout, 500, x + 1, y + 1)).toBe(index);
  }
  expect(tileUnder(layout, 500, 6 * layout.pitchX, 5)).toBeUndefined();
  expect(tileUnder(layout, 3, 3 * layout.pitchX + 1, 5)).toBeUndefined();
});

test('the strip scrolls no further than the tile needs', () => {
  const row = (index: number) => tileCornerOf(layout, index).y;
  expect(offsetFor(layout, 0, 300, 200)).toBe(0);
  expect(offsetFor(layout, 60, row(60) - 20, 200)).toBe(row(60) - 20);
  expect(offsetFor(layout, 60, 0, 200)).toBe(row(60) + layout.pitchY - 200);
});
