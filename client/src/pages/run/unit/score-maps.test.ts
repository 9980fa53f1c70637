import { describe, expect, it } from 'vitest';
import { fallsOf, firstOfProbes, gradientMap, largestSize } from './score-maps.js';

describe('the falls of a probability', () => {
  const facts = { patch: 2, stride: 1, base: [0.75, 0.25] };
  const values = [0.5, 0.75, 0.25, 1, 0.5, 0.25, 0.75, 0];

  it('are what is left without each patch, taken from the whole', () => {
    const { values: falls, grid } = fallsOf(values, [2, 2, 2], facts, 3, 0);
    expect([...falls]).toEqual([0.25, 0, 0.5, -0.25]);
    expect(grid).toEqual({ patch: 2, stride: 1, rows: 2, offset: 0 });
    expect([...fallsOf(values, [2, 2, 2], facts, 3, 1).values]).toEqual([-0.25, 0, -0.5, 0.25]);
  });

  it('are refused where the record does not fit', () => {
    expect(() => fallsOf(values, [2, 2, 2], facts, 4, 0)).toThrow('does not fit');
    expect(() => fallsOf(values, [2, 2, 2], { ...facts, patch: 5 }, 3, 0)).toThrow('from 1 to 3');
    expect(() => fallsOf(values, [2, 2, 2], facts, 3, 2)).toThrow('no class 2');
  });
});

describe('the map of a gradient', () => {
  const values = [1, -2, 0.5, 0, -3, 1, -0.5, 0, 2, 1, 0, Number.NaN];

  it('has the largest of the channels, with or without its sign', () => {
    expect([...gradientMap(values, [3, 2, 2], true).values]).toEqual([-3, -2, 0.5, Number.NaN]);
    expect([...gradientMap(values, [3, 2, 2], false).values]).toEqual([3, 2, 0.5, Number.NaN]);
  });

  it('is refused if it is not a picture', () => {
    expect(() => gradientMap(values, [12], true)).toThrow('not a picture');
  });

  it('has a scale even if all is 0', () => {
    expect(largestSize([0, -4, Number.NaN, 3])).toBe(4);
    expect(largestSize([0, 0])).toBe(1);
  });
});

describe('the first map of the shown probes', () => {
  /** Other pictures became the probes at steps 10 and 20. */
  const probes = { rowAt: (step: number) => (step < 0 ? undefined : Math.floor(step / 10)) };

  it('is not one of the pictures that were probes before or after them', () => {
    const steps = [3, 8, 14, 27];
    expect(firstOfProbes(steps, probes, 0)).toBe(3);
    expect(firstOfProbes(steps, probes, 19)).toBe(14);
    expect(firstOfProbes(steps, probes, 20)).toBe(27);
    expect(firstOfProbes([14], probes, 5)).toBeUndefined();
    expect(firstOfProbes([14], probes, 25)).toBeUndefined();
  });

  it('is of the first probes before these were logged', () => {
    expect(firstOfProbes([3], probes, -1)).toBe(3);
  });
});
