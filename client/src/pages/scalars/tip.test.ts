import { expect, test } from 'vitest';
import { Track } from '../../series/track.js';
import type { CurveSource } from './card-drawing.js';
import { placeText, smoothedText, sortedRows, type TipRow } from './tip.js';

function row(label: string, smoothed: number, distance: number): TipRow {
  const source: CurveSource = {
    key: label,
    label,
    colour: '#000000',
    dash: undefined,
    tracks: [],
    isGroup: false,
  };
  const at = { x: 1, step: 1, wallTime: 1 };
  return { source, reading: { ...at, raw: smoothed, smoothed, isSmoothed: false, of: undefined }, distance };
}

const ROWS = [row('run 10', 3, 5), row('run 9', Number.NaN, Number.POSITIVE_INFINITY), row('run 1', 7, 90)];
const order = (by: Parameters<typeof sortedRows>[1]) =>
  sortedRows(ROWS, by).map(({ source }) => source.label);

test('curves are sorted by their distance, value or name, and those without a value come last', () => {
  expect(order('nearest')).toEqual(['run 10', 'run 1', 'run 9']);
  expect(order('value')).toEqual(['run 1', 'run 10', 'run 9']);
  expect(order('lowest')).toEqual(['run 10', 'run 1', 'run 9']);
  expect(order('name')).toEqual(['run 1', 'run 9', 'run 10']);
});

test('a place is named by its axis', () => {
  expect(placeText(1500, { x: 'step', utc: true })).toBe('step 1,500');
  expect(placeText(90, { x: 'relative', utc: true })).toBe('after 1:30');
  expect(placeText(0, { x: 'wall', utc: true })).toBe('1970-01-01 00:00:00 UTC');
});

test('a mean that is computed from pixel columns is said to be approximate', () => {
  const { source, reading } = row('group', 0.25, 0);
  // Nothing is held of this track, and so not all of its points.
  const long = { ...source, isGroup: true, tracks: [new Track('a', 'loss', 0)] };
  expect(smoothedText(long, { ...reading, of: 1 })).toBe('≈ 0.250');
  expect(smoothedText({ ...source, isGroup: true }, { ...reading, of: 1 })).toBe('0.250');
  expect(smoothedText({ ...long, isGroup: false }, reading)).toBe('0.250');
});
