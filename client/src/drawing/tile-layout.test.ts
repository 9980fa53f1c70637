import { expect, test } from 'vitest';
import { type LayoutRequest, layoutOfRows, reductionFor, rowsToPaint, tileLayout } from './tile-layout.js';

const ASKED: LayoutRequest = {
  count: 16,
  mapHeight: 32,
  mapWidth: 32,
  availableWidth: 420,
  availableHeight: 500,
  label: 'above',
};

test('without a chosen zoom all tiles fit, with numbers while they are readable', () => {
  const layout = tileLayout(ASKED);
  expect(layout).toMatchObject({ zoom: 3, columns: 4, rows: 4, label: 'above' });
  expect(layout.height).toBeLessThanOrEqual(500);
});

test('beside a tile there is room for all digits of its number', () => {
  const insetOf = (count: number) => tileLayout({ ...ASKED, count, label: 'left', zoom: 3 }).insetX;
  expect(insetOf(16)).toBe(insetOf(1000));
  // Digits are 6.5 pixels wide at most, and 5 pixels from the tile.
  expect(insetOf(1001)).toBeGreaterThanOrEqual(4 * 6.5 + 5);
  expect(insetOf(100_000)).toBeGreaterThanOrEqual(5 * 6.5 + 5);
});

test('many tiles fit without their numbers', () => {
  const layout = tileLayout({ ...ASKED, count: 512, mapHeight: 8, mapWidth: 8 });
  expect(layout).toMatchObject({ label: 'none', zoom: 2 });
  expect(layout.width).toBeLessThanOrEqual(420);
  expect(layout.height).toBeLessThanOrEqual(500);
});

test('tiles that do not fit at all keep their numbers and a readable size', () => {
  const layout = tileLayout({ ...ASKED, mapHeight: 200, mapWidth: 600 });
  expect(layout).toMatchObject({ zoom: 1, columns: 1, rows: 16, width: 600, label: 'above' });
});

test('a huge tile is painted with one canvas pixel per map pixel', () => {
  expect(tileLayout({ ...ASKED, mapHeight: 200, mapWidth: 300, zoom: 23 }).unit).toBe(23);
});

test('of a large grid only the rows near the view are painted', () => {
  const layout = tileLayout({ ...ASKED, count: 512, mapHeight: 224, mapWidth: 224 });
  expect(layout.columns).toBe(1);
  const rows = rowsToPaint(layout, 100 * layout.pitchY, 500);
  expect(rows.first).toBeLessThanOrEqual(98);
  expect(rows.last).toBeGreaterThanOrEqual(104);
  expect(rows.last - rows.first).toBeLessThan(20);
  const part = layoutOfRows(layout, rows);
  expect(part.count).toBe(rows.last - rows.first + 1);
  expect(part.height).toBe(part.count * layout.pitchY);
  expect(rowsToPaint(layout, 511 * layout.pitchY, 500).last).toBe(511);
});

test('a small grid is painted as a whole', () => {
  const layout = tileLayout(ASKED);
  expect(rowsToPaint(layout, 0, 100)).toEqual({ first: 0, last: layout.rows - 1 });
  expect(layoutOfRows(layout, { first: 0, last: layout.rows - 1 })).toEqual(layout);
});

test('large maps are reduced until all of them fit, but not below a readable size', () => {
  expect(reductionFor(ASKED)).toBe(1);
  expect(reductionFor({ ...ASKED, mapHeight: 224, mapWidth: 224 })).toBe(4);
  expect(reductionFor({ ...ASKED, count: 4096, mapHeight: 512, mapWidth: 512 })).toBe(16);
  expect(reductionFor({ ...ASKED, count: 4096, mapHeight: 32, mapWidth: 32 })).toBe(1);
  expect(reductionFor({ ...ASKED, mapHeight: 512, mapWidth: 512, zoom: 1 })).toBe(1);
});
