import { describe, expect, it } from 'vitest';
import { playheadAt, playheads } from './playheads.js';

const at = (a: number, b: number) =>
  playheads(
    [
      { side: 'a', step: a, x: a },
      { side: 'b', step: b, x: b },
    ],
    200,
    () => 30,
  );

describe('the names of two playheads', () => {
  it.each([
    [100, 101],
    [101, 100],
    [100, 100],
    [0, 0],
    [0, 1],
    [3, 2],
    [200, 200],
    [199, 200],
    [200, 190],
    [0, 200],
  ])('of steps %i and %i do not cover each other, and stay within the curve', (a, b) => {
    const [first, second] = at(a, b);
    expect(first!.to).toBeLessThanOrEqual(second!.from);
    expect(first!.from).toBeGreaterThanOrEqual(0);
    expect(second!.to).toBeLessThanOrEqual(200);
  });

  it('touch their lines where there is room', () => {
    expect(at(80, 120)).toMatchObject([
      { side: 'a', from: 50, to: 80 },
      { side: 'b', from: 120, to: 150 },
    ]);
    expect(at(120, 80)).toMatchObject([
      { side: 'b', from: 50, to: 80 },
      { side: 'a', from: 120, to: 150 },
    ]);
  });
});

describe('the playhead that a pointer takes', () => {
  it('is the nearer one, and of two at one place the one on whose side the pointer is', () => {
    expect(playheadAt(at(80, 120), 95)).toBe('a');
    expect(playheadAt(at(80, 120), 105)).toBe('b');
    expect(playheadAt(at(120, 80), 95)).toBe('b');
    expect(playheadAt(at(100, 100), 90)).toBe('a');
    expect(playheadAt(at(100, 100), 110)).toBe('b');
    expect(playheadAt([], 5)).toBeUndefined();
  });
});
