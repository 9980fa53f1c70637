import { describe, expect, it } from 'vitest';
import { atlasLayout, packAtlas, unpackAtlas } from './atlas.js';

describe('the layout of an atlas', () => {
  it.each([
    [16, 32, 32, { columns: 4, rows: 4, width: 128, height: 128 }],
    [32, 16, 16, { columns: 6, rows: 6, width: 96, height: 96 }],
    [64, 8, 8, { columns: 8, rows: 8, width: 64, height: 64 }],
    [1, 5, 7, { columns: 1, rows: 1, width: 7, height: 5 }],
    [6, 30, 30, { columns: 3, rows: 2, width: 90, height: 60 }],
  ])('is near to a square for %i maps of %i×%i', (channels, height, width, layout) => {
    expect(atlasLayout(channels, height, width)).toEqual(layout);
  });

  it('holds all maps and wastes less than a row, for any size', () => {
    for (let channels = 1; channels <= 130; channels++) {
      for (const [height, width] of [
        [8, 8],
        [3, 40],
        [40, 3],
      ] as const) {
        const layout = atlasLayout(channels, height, width);
        expect(layout.columns * layout.rows).toBeGreaterThanOrEqual(channels);
        expect(layout.columns * (layout.rows - 1)).toBeLessThan(channels);
        expect([layout.width, layout.height]).toEqual([layout.columns * width, layout.rows * height]);
        const side = Math.sqrt(channels * height * width);
        expect(Math.max(layout.width, layout.height)).toBeLessThanOrEqual(side + 2 * Math.max(width, height));
      }
    }
  });
});

describe('packing', () => {
  it('packs tiles row by row and leaves the rest 0', () => {
    const codes = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect([...packAtlas(codes, 3, 2, 2, 2)]).toEqual([1, 2, 5, 6, 3, 4, 7, 8, 9, 10, 0, 0, 11, 12, 0, 0]);
  });

  it('is undone by unpacking', () => {
    const codes = Uint8Array.from({ length: 7 * 3 * 5 }, (_, index) => (index * 37) % 256);
    for (const columns of [1, 2, 3, 7]) {
      expect(unpackAtlas(packAtlas(codes, 7, 3, 5, columns), 7, 3, 5, columns)).toEqual(codes);
    }
  });

  it('refuses pixels of another size', () => {
    expect(() => unpackAtlas(new Uint8Array(15), 3, 2, 2, 2)).toThrow('has 16 pixels; this one has 15');
  });
});
