import { describe, expect, it } from 'vitest';
import { panSpan, type Span, spanFrom, spanText, windowOf, zoomSpan } from './span.js';

describe('the steps that the timeline shows', () => {
  it('are the whole run before zooming in and after zooming out', () => {
    expect(windowOf(undefined, 1000)).toEqual({ first: 0, last: 1000 });
    expect(zoomSpan({ from: 100, to: 900 }, 1000, 500, 2)).toBeUndefined();
  });

  it('keep the step under the pointer in place', () => {
    const closer = zoomSpan(undefined, 1000, 250, 0.5);
    expect(closer).toEqual({ from: 125, to: 625 });
    // 250 is a quarter of the way along, before and after.
    expect((250 - 125) / (625 - 125)).toBe(0.25);
    expect(zoomSpan(closer, 1000, 250, 2)).toBeUndefined();
  });

  it('follow the newest step if they include it', () => {
    const newest = zoomSpan(undefined, 1000, 1000, 0.25);
    expect(newest).toEqual({ from: 750, to: undefined });
    expect(windowOf(newest, 1200)).toEqual({ first: 750, last: 1200 });
  });

  it('are never too few for a curve', () => {
    let span: Span | undefined;
    for (let i = 0; i < 50; i++) span = zoomSpan(span, 1000, 400, 0.5);
    const { first, last } = windowOf(span, 1000);
    expect(last - first).toBe(8);
    expect(first).toBeLessThanOrEqual(400);
    expect(last).toBeGreaterThanOrEqual(400);
    expect(zoomSpan(undefined, 3, 1, 0.5)).toBeUndefined();
  });

  it('stop at the ends of the run', () => {
    expect(panSpan({ from: 100, to: 300 }, 1000, -500)).toEqual({ from: 0, to: 200 });
    expect(panSpan({ from: 100, to: 300 }, 1000, 5000)).toEqual({ from: 800, to: undefined });
    expect(panSpan(undefined, 1000, 10)).toBeUndefined();
  });

  it('are kept in the link, and a malformed link shows the whole run', () => {
    for (const span of [
      { from: 120, to: 480 },
      { from: 7, to: undefined },
    ] as const) {
      expect(spanFrom(spanText(span))).toEqual(span);
    }
    for (const text of [null, '', '5', '9-3', '-4', 'a-b', '1-2-3', '1e3-2e3', '5-5']) {
      expect(spanFrom(text)).toBeUndefined();
    }
  });
});
