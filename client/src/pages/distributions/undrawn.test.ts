import { describe, expect, it } from 'vitest';
import { histogramAt } from './histogram-at.js';
import { numberText } from './layers.js';
import { layOutPercentiles } from './percentile-plot.js';
import { leftOutText, undrawnText } from './undrawn.js';

const at = (...buckets: number[]) =>
  histogramAt({ kind: 'histogram', step: 0, buckets: Float64Array.from(buckets) }, 0);
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const [empty, zeros, drawn] = [at(), at(0, 0, 0), at(0, 1, 5)];
const [ofNan, ofInfinity, open] = [
  at(nan, 1, 2, 1, nan, 3),
  at(-infinity, infinity, 4),
  at(-infinity, 1, 2, 1, 2, 3),
];

describe('in the place of a plot', () => {
  it('a sentence says what the histograms are that cannot be drawn', () => {
    expect(undrawnText([empty])).toBe('This histogram holds no values.');
    expect(undrawnText([empty, zeros])).toBe('These histograms hold no values.');
    expect(undrawnText([ofNan])).toBe('The limits of this histogram are NaN.');
    expect(undrawnText([ofInfinity, ofInfinity])).toBe('The limits of these histograms are infinite.');
    expect(undrawnText([empty, ofNan])).toBe('These histograms hold no values, or their limits are NaN.');
  });

  it('is none while nothing has come, or where something is drawn, which says what is left out', () => {
    expect([undrawnText([]), leftOutText([])]).toEqual([undefined, undefined]);
    expect([undrawnText([drawn]), leftOutText([drawn])]).toEqual([undefined, undefined]);
    expect(undrawnText([drawn, empty])).toBeUndefined();
    expect(undrawnText([open])).toBeUndefined();
    expect(leftOutText([empty])).toBeUndefined();
    expect(leftOutText([empty, drawn, ofNan, zeros, ofInfinity])).toBe(
      'Not drawn: 2 without values, 1 with NaN as limits, 1 with infinite limits.',
    );
  });
});

it('a histogram without values has no numbers', () => {
  expect([numberText(empty, 0), numberText(zeros, 0), numberText(drawn, 0)]).toEqual(['–', '–', '0']);
});

it('an infinite least value reaches to the end of the plot of percentiles', () => {
  const extent = { lo: 1, hi: 2 };
  const places: number[][] = [];
  const context = new Proxy(
    { lineTo: (...place: number[]) => places.push(place) },
    { get: (own, name) => Reflect.get(own, name) ?? (() => ({ width: 10 })), set: () => true },
  ) as unknown as CanvasRenderingContext2D;
  const data = {
    histograms: [open],
    axis: 'step',
    start: 0,
    along: { lo: 0, hi: 1 },
    values: extent,
    bins: 4,
  } as const;
  const plot = layOutPercentiles(data, { width: 200, height: 100 }, true);
  plot.draw(context, { tokens: {}, colour: '' } as unknown as Parameters<typeof plot.draw>[1]);
  expect(places.length).toBeGreaterThan(0);
  for (const [, y] of places) expect(y! >= 3 && y! <= 97).toBe(true);
});
