import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPlayback } from './playback.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('each capture is shown for its time, and twice the speed halves it', () => {
  const playback = createPlayback();
  playback.start();
  vi.advanceTimersByTime(80);
  expect(playback.next(0, 3)).toBeUndefined();
  vi.advanceTimersByTime(20);
  expect(playback.next(0, 3)).toBe(1);
  expect(playback.next(1, 3)).toBeUndefined();
  playback.set({ ...playback.get(), speed: 2 });
  vi.advanceTimersByTime(50);
  expect(playback.next(1, 3)).toBe(2);
});

test('at the end it pauses, or starts again when it loops', () => {
  const playback = createPlayback();
  playback.set({ ...playback.get(), loop: true });
  playback.start();
  vi.advanceTimersByTime(100);
  expect(playback.next(2, 3)).toBe(0);
  playback.set({ ...playback.get(), loop: false });
  vi.advanceTimersByTime(100);
  expect(playback.next(2, 3)).toBeUndefined();
  expect(playback.get().playing).toBe(false);
});
