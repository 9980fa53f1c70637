import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StandInResizeObserver, standInMatchMedia } from './stand-ins.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('the stand-in for ResizeObserver reports the first size and each other one, until it is told to stop', async () => {
  const element = document.createElement('div');
  let width = 100;
  element.getBoundingClientRect = () => new DOMRect(0, 0, width, 50);
  const seen: number[] = [];
  const observer = new StandInResizeObserver((entries) =>
    seen.push(...entries.map(({ contentRect }) => contentRect.width)),
  );
  observer.observe(element);
  await vi.advanceTimersByTimeAsync(300);
  width = 200;
  await vi.advanceTimersByTimeAsync(300);
  observer.disconnect();
  width = 300;
  await vi.advanceTimersByTimeAsync(300);
  expect(seen).toEqual([100, 200]);
});

test('the stand-in for matchMedia answers for widths, and tells when they change', () => {
  vi.stubGlobal('innerWidth', 500);
  const narrow = standInMatchMedia('(max-width: 599px)');
  expect(narrow.matches).toBe(true);
  expect(standInMatchMedia('(min-width: 600px) and (max-width: 999px)').matches).toBe(false);
  expect(standInMatchMedia('(prefers-color-scheme: dark)').matches).toBe(false);
  let told = 0;
  narrow.addEventListener('change', () => told++);
  vi.stubGlobal('innerWidth', 700);
  dispatchEvent(new Event('resize'));
  expect([narrow.matches, told]).toEqual([false, 1]);
});
