import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Scrubbing } from './scrubbing.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Moves by `by` captures every `ms` milliseconds. Returns where the playhead is. */
function move(scrubbing: Scrubbing, from: number, moves: number, by = 1, ms = 16): number {
  for (let k = 1; k <= moves; k++) {
    vi.advanceTimersByTime(ms);
    scrubbing.moveTo(from + k * by);
  }
  return from + moves * by;
}

function startedAt(index: number): Scrubbing {
  const scrubbing = new Scrubbing(() => undefined);
  scrubbing.moveTo(index);
  return scrubbing;
}

test('around a playhead that rests, captures of both sides are loaded', () => {
  const scrubbing = startedAt(10);
  expect(scrubbing.soon(10, 100)).toEqual([11, 9, 12, 8, 13, 14]);
  expect(scrubbing.soon(0, 3)).toEqual([1, 2]);
  // A single step back: the next ones are loaded in its direction.
  scrubbing.moveTo(9);
  expect(scrubbing.isMoving).toBe(false);
  expect(scrubbing.soon(9, 100)).toEqual([8, 10, 7, 11, 6, 5]);
});

test('a playhead that moves gets the captures ahead of it, in its direction', () => {
  const scrubbing = startedAt(50);
  move(scrubbing, 50, 4);
  expect(scrubbing.isMoving).toBe(true);
  expect(scrubbing.soon(54, 500).slice(0, 3)).toEqual([55, 56, 57]);
  expect(scrubbing.passed(54, 500).slice(0, 2)).toEqual([53, 52]);
  expect(scrubbing.passed(1, 500)).toEqual([0]);
  move(scrubbing, 54, 4, -1);
  expect(scrubbing.soon(50, 500).slice(0, 3)).toEqual([49, 48, 47]);
});

test('captures that pass faster than the screen is drawn are left out', () => {
  const scrubbing = startedAt(0);
  const at = move(scrubbing, 0, 12, 5);
  expect(scrubbing.stride).toBe(4);
  expect(scrubbing.shownFor(at + 3, 500)).toBe(60);
  expect(scrubbing.soon(at + 3, 500).slice(0, 3)).toEqual([64, 68, 72]);
});

test('captures that come too late make the stride wider, and others in time make it narrower', () => {
  const scrubbing = startedAt(0);
  let at = move(scrubbing, 0, 3);
  for (let k = 0; k < 3; k++) scrubbing.found(false);
  expect(scrubbing.stride).toBe(2);
  at = move(scrubbing, at, 2);
  expect(scrubbing.shownFor(at, 500)).toBe(4);
  for (let k = 0; k < 8; k++) scrubbing.found(true);
  expect(scrubbing.stride).toBe(1);
});

test('what was loaded at a narrower stride is still shown at a wider one', () => {
  const scrubbing = startedAt(0);
  const at = move(scrubbing, 0, 23);
  for (let k = 0; k < 12; k++) scrubbing.found(false);
  expect([scrubbing.stride, scrubbing.shownFor(at, 500)]).toEqual([16, 16]);
  expect(scrubbing.passed(at, 500)).toEqual([23, 22, 21, 20, 19, 18, 17, 15, 14, 13, 12, 11, 10, 9, 8, 0]);
  const back = move(scrubbing, at, 3, -1);
  expect(scrubbing.shownFor(back, 500)).toBe(32);
  expect(scrubbing.passed(back, 500).slice(0, 3)).toEqual([20, 21, 22]);
});

test('where the playhead rests, exactly its capture is loaded, and that is told', () => {
  const rested = vi.fn();
  const scrubbing = new Scrubbing(rested);
  scrubbing.moveTo(0);
  const at = move(scrubbing, 0, 11, 5);
  expect(scrubbing.shownFor(at, 500)).not.toBe(at);
  expect(rested).not.toHaveBeenCalled();
  vi.advanceTimersByTime(80);
  expect(rested).toHaveBeenCalledTimes(1);
  expect([scrubbing.isMoving, scrubbing.shownFor(at, 500)]).toEqual([false, at]);
});

test('going backwards, the last captures of the run are reached', () => {
  const scrubbing = startedAt(99);
  move(scrubbing, 99, 3, -1);
  for (let k = 0; k < 6; k++) scrubbing.found(false);
  expect(scrubbing.stride).toBe(4);
  expect(scrubbing.shownFor(97, 98)).toBe(97);
  expect(scrubbing.shownFor(93, 98)).toBe(96);
});
