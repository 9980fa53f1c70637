import { dequantise } from '@convscope/shared/channels/quantise.js';
import { expect, test } from 'vitest';
import { MARK } from '../decode/decoded.js';
import { colourIndex, type Limits } from './lut.js';
import { type MapStack, valueStack } from './map-stack.js';
import { type Canvas2D, paintTiles } from './painter.js';
import { tileAt, tileCorner, tileLayout } from './tile-layout.js';

/** A table whose pixels are their index, so that tests can compare indices. */
const lut = Uint32Array.from({ length: 256 }, (_, index) => index + 1000);
const colouring = {
  lut,
  limits: (): Limits => ({ lo: 0, hi: 4 }),
  nonFinite: [0, 7, 17, 27] as const,
  well: 8,
};

function canvasFor(layout: { width: number; height: number; unit: number }): Canvas2D {
  const width = layout.width / layout.unit;
  const height = layout.height / layout.unit;
  return { width, height, pixels: new Uint32Array(width * height) };
}

function grid(count: number, zoom: number) {
  return tileLayout({
    count,
    mapHeight: 2,
    mapWidth: 2,
    availableWidth: 1000,
    availableHeight: 1000,
    zoom,
    label: 'none',
  });
}

test('exact values and their codes are painted the same', () => {
  const values = Float32Array.of(0, 1, 2, 4, 4, 2, 1, 0);
  const exact = valueStack(values, [2, 2, 2]);
  const coded: MapStack = {
    kind: 'codes',
    shape: [2, 2, 2],
    codes: Uint8Array.from(values, (value) => Math.round((value / 4) * 255)),
    lo: Float32Array.of(0, 0),
    hi: Float32Array.of(4, 4),
    marks: undefined,
    rectified: false,
  };
  const layout = grid(2, 1);
  const [a, b] = [exact, coded].map((stack) => {
    const canvas = canvasFor(layout);
    paintTiles(canvas, layout, [0, 1], stack, colouring);
    return canvas.pixels;
  });
  expect(a).toEqual(b);
});

test('codes of many channels have the colours of the values they stand for, faded or not', () => {
  const [count, size] = [7, 4];
  const codes = Uint8Array.from({ length: count * size }, (_, place) => (place * 37) % 11);
  const marks = Uint8Array.from(codes, (code) => (code === 5 ? MARK.nan : MARK.finite));
  const lo = Float32Array.from({ length: count }, (_, channel) => -channel);
  const hi = Float32Array.from({ length: count }, (_, channel) => 0.1 + channel / 3);
  const values = Float64Array.from(codes, (code, place) => {
    const channel = Math.floor(place / size);
    return dequantise(code, lo[channel]!, hi[channel]!);
  });
  const limits = (channel: number): Limits => ({ lo: lo[channel]! / 2, hi: hi[channel]! });
  const order = [6, 0, 1, 5, 3, 2, 4];
  for (const known of [undefined, marks]) {
    for (const dim of [undefined, (channel: number) => channel % 2 === 0]) {
      for (const rectified of [false, true]) {
        const shape = [count, 2, 2] as const;
        const base = { shape, marks: known, rectified };
        const layout = grid(count, 6);
        const [a, b] = [
          { ...base, kind: 'codes' as const, codes, lo, hi },
          { ...base, kind: 'values' as const, values },
        ].map((stack) => {
          const canvas = canvasFor(layout);
          paintTiles(canvas, layout, order, stack, { ...colouring, limits, dim });
          return canvas.pixels;
        });
        expect(a).toEqual(b);
      }
    }
  }
});

test('every pixel of a tile has the colour of its value, at any zoom', () => {
  const values = Float32Array.of(0, 1, 3, 4);
  for (const zoom of [1, 2, 3, 4, 6, 8]) {
    const layout = grid(1, zoom);
    const canvas = canvasFor(layout);
    paintTiles(canvas, layout, [0], valueStack(values, [1, 2, 2]), colouring);
    const corner = tileCorner(layout, 0);
    for (let y = 0; y < 2; y++) {
      for (let x = 0; x < 2; x++) {
        // The centre of the map pixel, in canvas pixels.
        const px = Math.floor((corner.x + (x + 0.5) * zoom) / layout.unit);
        const py = Math.floor((corner.y + (y + 0.5) * zoom) / layout.unit);
        const expected = Math.round((values[y * 2 + x]! / 4) * 255) + 1000;
        expect(canvas.pixels[py * canvas.width + px]).toBe(expected);
      }
    }
  }
});

test('after ReLU values below zero have the colour of zero', () => {
  const stack: MapStack = { ...valueStack(Float32Array.of(-3, -0.1, 0, 2), [1, 2, 2]), rectified: true };
  const canvas = canvasFor(grid(1, 1));
  paintTiles(canvas, grid(1, 1), [0], stack, colouring);
  expect([...canvas.pixels]).toEqual([1000, 1000, 1000, 1000 + colourIndex(2, { lo: 0, hi: 4 })]);
});

test('NaN, +∞ and −∞ have colours of their own', () => {
  const values = Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  const canvas = canvasFor(grid(1, 1));
  paintTiles(canvas, grid(1, 1), [0], valueStack(values, [1, 2, 2]), colouring);
  expect([...canvas.pixels].slice(1)).toEqual([7, 17, 27]);
});

test('after ReLU −∞ has the colour of zero, for exact values as for codes that have none for it', () => {
  const marks = Uint8Array.of(MARK.negativeInfinity, MARK.infinity, MARK.finite, MARK.nan);
  const exact: MapStack = {
    ...valueStack(
      Float32Array.of(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 4, Number.NaN),
      [1, 2, 2],
    ),
    rectified: true,
  };
  const coded: MapStack = {
    kind: 'codes',
    shape: [1, 2, 2],
    codes: Uint8Array.of(0, 0, 255, 0),
    lo: Float32Array.of(3),
    hi: Float32Array.of(4),
    marks,
    rectified: true,
  };
  for (const stack of [exact, coded]) {
    const canvas = canvasFor(grid(1, 1));
    paintTiles(canvas, grid(1, 1), [0], stack, colouring);
    expect([...canvas.pixels]).toEqual([1000, 17, 1255, 7]);
  }
});

test('marks take precedence over codes', () => {
  const stack: MapStack = {
    kind: 'codes',
    shape: [1, 2, 2],
    codes: Uint8Array.of(0, 255, 0, 0),
    lo: Float32Array.of(0),
    hi: Float32Array.of(4),
    marks: Uint8Array.of(MARK.nan, MARK.finite, MARK.finite, MARK.infinity),
    rectified: false,
  };
  const canvas = canvasFor(grid(1, 1));
  paintTiles(canvas, grid(1, 1), [0], stack, colouring);
  expect([...canvas.pixels]).toEqual([7, 1255, 1000, 17]);
});

test('without data all tiles have the empty colour, and gaps are transparent', () => {
  const layout = grid(2, 1);
  const canvas = canvasFor(layout);
  paintTiles(canvas, layout, [0, 1], undefined, colouring);
  const row = [...canvas.pixels.subarray(0, canvas.width)];
  expect(row.slice(0, 2)).toEqual([8, 8]);
  expect(row.slice(2, 6)).toEqual([0, 0, 0, 0]);
  expect(row.slice(6, 8)).toEqual([8, 8]);
});

test('tiles are in the given order, each with the limits of its channel', () => {
  const layout = grid(2, 1);
  const canvas = canvasFor(layout);
  const stack = valueStack(Float32Array.of(1, 1, 1, 1, 2, 2, 2, 2), [2, 2, 2]);
  paintTiles(canvas, layout, [1, 0], stack, {
    ...colouring,
    limits: (channel) => ({ lo: 0, hi: channel === 1 ? 2 : 4 }),
  });
  expect(canvas.pixels[0]).toBe(1255);
  expect(canvas.pixels[layout.pitchX]).toBe(1000 + Math.round(255 / 4));
});

test('the pixel found under a point is the one that was painted there', () => {
  const layout = tileLayout({
    count: 40,
    mapHeight: 16,
    mapWidth: 16,
    availableWidth: 404,
    availableHeight: 500,
    label: 'above',
  });
  for (const index of [0, 7, 39]) {
    const corner = tileCorner(layout, index);
    const at = tileAt(layout, corner.x + 5.5 * layout.zoom, corner.y + 11.2 * layout.zoom);
    expect(at).toEqual({ index, x: 5, y: 11 });
  }
  expect(tileAt(layout, layout.width + 50, 10)).toBeUndefined();
});

test('gaps and label rows are whole canvas pixels', () => {
  for (const size of [1, 7, 8, 16, 30, 32, 64]) {
    const layout = tileLayout({
      count: 33,
      mapHeight: size,
      mapWidth: size,
      availableWidth: 404,
      availableHeight: 500,
      label: 'above',
    });
    for (const length of [
      layout.pitchX,
      layout.pitchY,
      layout.insetY,
      layout.width,
      layout.height,
      layout.zoom,
    ]) {
      expect(length % layout.unit).toBe(0);
    }
  }
});
