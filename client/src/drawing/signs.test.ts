import { expect, test } from 'vitest';
import { valueStack } from './map-stack.js';
import { drawSigns } from './signs.js';

type Stroke = readonly [fromX: number, fromY: number, toX: number, toY: number];

/** Draws the only channel of a map at (0, 0), and returns the strokes. */
function strokesOf(values: readonly number[], zoom: number): Stroke[] {
  const strokes: Stroke[] = [];
  let from: readonly [number, number] = [0, 0];
  const context = {
    save: () => undefined,
    restore: () => undefined,
    beginPath: () => undefined,
    stroke: () => undefined,
    moveTo(x: number, y: number) {
      from = [x, y];
    },
    lineTo(x: number, y: number) {
      strokes.push([...from, x, y]);
    },
  };
  const stack = valueStack(Float32Array.from(values), [1, 1, values.length]);
  drawSigns(context as unknown as CanvasRenderingContext2D, stack, 0, 0, 0, zoom);
  return strokes;
}

test('NaN is a cross, +∞ a plus and −∞ a minus, each within its own pixel', () => {
  const { NaN: nan, POSITIVE_INFINITY: plus, NEGATIVE_INFINITY: minus } = Number;
  const isUpright = ([x0, , x1]: Stroke) => x0 === x1;
  const isLevel = ([, y0, , y1]: Stroke) => y0 === y1;
  const kindsOf = (values: readonly number[]) =>
    strokesOf(values, 10).map((stroke) => (isUpright(stroke) ? '|' : isLevel(stroke) ? '–' : '/'));
  expect(kindsOf([nan])).toEqual(['/', '/']);
  expect(kindsOf([plus]).toSorted()).toEqual(['|', '–'].toSorted());
  expect(kindsOf([minus])).toEqual(['–']);
  expect(kindsOf([0, 1e30])).toEqual([]);
  for (const [x0, y0, x1, y1] of strokesOf([0, minus], 10)) {
    expect(Math.min(x0, x1)).toBeGreaterThan(10);
    expect(Math.max(x0, x1)).toBeLessThan(20);
    expect([y0, y1]).toEqual([5, 5]);
  }
});

test('a pixel without room for a sign has none', () => {
  expect(strokesOf([Number.NaN], 5)).toEqual([]);
});
