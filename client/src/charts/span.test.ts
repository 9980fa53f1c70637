import { describe, expect, it } from 'vitest';
import { axisOf, panSpan, SPAN, type Span, union, windowOf, zoomSpan } from './span.js';

const axis = (last: number, first = 0) => ({ first, last });

describe('the axis of steps', () => {
  it('is that of the steps that there are, however far from zero and on whichever side of it', () => {
    expect(axisOf({ first: 1_000_000, last: 1_000_019 }, undefined)).toEqual({
      first: 1_000_000,
      last: 1_000_019,
    });
    expect(axisOf({ first: -15, last: 4 }, { first: 4, last: 4 })).toEqual({ first: -15, last: 4 });
    expect(axisOf({ first: 1.7e12, last: 1.7e12 + 19_000 }, undefined).first).toBe(1.7e12);
    expect(axisOf({ first: -20, last: -5 }, undefined)).toEqual({ first: -20, last: -5 });
  });

  it('includes captures beyond the last point of the curve', () => {
    expect(axisOf({ first: 0, last: 59 }, { first: 0, last: 60 })).toEqual({ first: 0, last: 60 });
    expect(axisOf({ first: 10, last: 200 }, { first: 0, last: 230 })).toEqual({ first: 0, last: 230 });
  });

  it('is that of the points of the chosen curve, if the run is counted in something else', () => {
    expect(axisOf({ first: 0, last: 9 }, { first: 0, last: 9960 })).toEqual({ first: 0, last: 9 });
    expect(axisOf({ first: 1, last: 10 }, { first: 0, last: 100 })).toEqual({ first: 1, last: 10 });
  });

  it('is that of the run for a single point and without a curve, and has a width in any case', () => {
    expect(axisOf({ first: 0, last: 0 }, { first: 0, last: 90 })).toEqual({ first: 0, last: 90 });
    expect(axisOf(undefined, { first: 0, last: 90 })).toEqual({ first: 0, last: 90 });
    expect(axisOf({ first: 7, last: 7 }, undefined)).toEqual({ first: 7, last: 8 });
    expect(axisOf(undefined, undefined)).toEqual({ first: 0, last: 1 });
    expect(union([])).toBeUndefined();
  });
});

describe('the steps that the timeline shows', () => {
  it('are the whole axis before zooming in and after zooming out', () => {
    expect(windowOf(undefined, axis(1000))).toEqual({ first: 0, last: 1000 });
    expect(zoomSpan({ from: 100, to: 900 }, axis(1000), 500, 2)).toBeUndefined();
  });

  it('keep the step under the pointer in place', () => {
    const closer = zoomSpan(undefined, axis(1000), 250, 0.5);
    expect(closer).toEqual({ from: 125, to: 625 });
    // 250 is a quarter of the way along, before and after.
    expect((250 - 125) / (625 - 125)).toBe(0.25);
    expect(zoomSpan(closer, axis(1000), 250, 2)).toBeUndefined();
    // The same, a million steps later and below zero.
    expect(zoomSpan(undefined, axis(1_001_000, 1_000_000), 1_000_250, 0.5)).toEqual({
      from: 1_000_125,
      to: 1_000_625,
    });
    expect(zoomSpan(undefined, axis(0, -1000), -750, 0.5)).toEqual({ from: -875, to: -375 });
  });

  it('follow the newest step if they include it', () => {
    const newest = zoomSpan(undefined, axis(1000), 1000, 0.25);
    expect(newest).toEqual({ from: 750, to: undefined });
    expect(windowOf(newest, axis(1200))).toEqual({ first: 750, last: 1200 });
  });

  it('are never too few for a curve', () => {
    let span: Span | undefined;
    for (let i = 0; i < 50; i++) span = zoomSpan(span, axis(1000), 400, 0.5);
    const { first, last } = windowOf(span, axis(1000));
    expect(last - first).toBe(8);
    expect(first).toBeLessThanOrEqual(400);
    expect(last).toBeGreaterThanOrEqual(400);
    expect(zoomSpan(undefined, axis(3), 1, 0.5)).toBeUndefined();
  });

  it('stop at the ends of the axis', () => {
    expect(panSpan({ from: 100, to: 300 }, axis(1000), -500)).toEqual({ from: 0, to: 200 });
    expect(panSpan({ from: 100, to: 300 }, axis(1000), 5000)).toEqual({ from: 800, to: undefined });
    expect(panSpan({ from: -10, to: -2 }, axis(4, -15), -50)).toEqual({ from: -15, to: -7 });
    expect(panSpan(undefined, axis(1000), 10)).toBeUndefined();
  });

  it('are the whole axis for a span that holds nothing of it', () => {
    expect(windowOf({ from: 2000, to: 4000 }, axis(9))).toEqual({ first: 0, last: 9 });
    expect(windowOf({ from: 2000, to: undefined }, axis(9))).toEqual({ first: 0, last: 9 });
    expect(windowOf({ from: 0, to: 100 }, axis(1_000_019, 1_000_000)).first).toBe(1_000_000);
  });

  it('are kept in the link, and a malformed link shows the whole axis', () => {
    for (const span of [
      { from: 120, to: 480 },
      { from: 7, to: undefined },
      { from: -15, to: -3 },
      { from: -15, to: undefined },
    ] as const) {
      expect(SPAN.read(SPAN.write(span))).toEqual(span);
    }
    for (const text of ['', '5', '9-3', '-4', 'a-b', '1-2-3', '1e3-2e3', '5-5', '--3', '-3--15']) {
      expect(SPAN.read(text)).toBeUndefined();
    }
  });
});
