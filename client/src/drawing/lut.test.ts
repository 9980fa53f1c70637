import { expect, test } from 'vitest';
import type { Tokens } from '../ui/tokens.js';
import { colourIndex, colourOf, cssOf, lutsOf, parseHex, pixelOf } from './lut.js';

const TEST_TOKENS = {
  'map-neg-end': '#0b2f5c',
  'map-neg': '#1b5fa8',
  'map-neg-mid': '#7fb0da',
  'map-zero': '#f1eeea',
  'map-pos-mid': '#e79a86',
  'map-pos': '#b3202c',
  'map-pos-end': '#5f0a1a',
} as Tokens;
const luts = lutsOf(TEST_TOKENS);

// matplotlib's viridis(0), viridis(128) and viridis(255) with bytes=True, rounded.
test('viridis equals matplotlib’s', () => {
  expect([0, 128, 255].map((index) => cssOf(luts.viridis[index]!))).toEqual([
    'rgb(68 1 84)',
    'rgb(33 145 140)',
    'rgb(253 231 37)',
  ]);
});

test('RdBu has the theme’s neutral colour at zero and the theme’s end colours at its ends', () => {
  const zero = pixelOf(parseHex(TEST_TOKENS['map-zero']));
  expect(luts.RdBu[colourIndex(0, { lo: -2, hi: 2 })]).toBe(zero);
  expect(luts.RdBu[0]).toBe(pixelOf(parseHex(TEST_TOKENS['map-neg-end'])));
  expect(luts.RdBu[255]).toBe(pixelOf(parseHex(TEST_TOKENS['map-pos-end'])));
});

test('grey goes from black to white', () => {
  expect(luts.grey[0]).toBe(0xff000000);
  expect(luts.grey[255]).toBe(0xffffffff);
});

test('values beyond the limits have the colours of the limits', () => {
  const limits = { lo: -1, hi: 3 };
  expect([-9, -1, 1, 3, 9].map((value) => colourIndex(value, limits))).toEqual([0, 0, 128, 255, 255]);
});

test('limits without width still distinguish above from below', () => {
  expect([0, 1].map((value) => colourIndex(value, { lo: 0, hi: 0 }))).toEqual([0, 255]);
});

test('a token that is not a colour is refused', () => {
  expect(() => parseHex('rebeccapurple')).toThrow('must be written as #rrggbb');
});

test('a value has the CSS colour of its place between the limits; NaN, +∞ and −∞ have their own', () => {
  const nonFinite = [0, pixelOf([255, 0, 212]), pixelOf([255, 150, 0]), pixelOf([0, 220, 255])] as const;
  const colour = colourOf(luts.grey, { lo: 0, hi: 255 }, nonFinite);
  const values = [0, 128, 255, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  expect(values.map(colour)).toEqual([
    'rgb(0 0 0)',
    'rgb(128 128 128)',
    'rgb(255 255 255)',
    'rgb(255 0 212)',
    'rgb(255 150 0)',
    'rgb(0 220 255)',
  ]);
});
