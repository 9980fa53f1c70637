import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLabAddress } from './lab-address.js';
import { DEFAULT_STATE } from './lab-state.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  history.replaceState(null, '', '#');
});

test('a preset adds an entry to go back to, and a slider adds none', () => {
  history.replaceState(null, '', '#lab');
  const before = history.length;
  const lab = createLabAddress();
  for (let seed = 2; seed < 30; seed++) lab.set({ ...DEFAULT_STATE, seed }, 'replace');
  vi.advanceTimersByTime(200);
  expect([history.length, location.hash]).toEqual([before, '#lab?seed=29']);
  lab.set({ ...DEFAULT_STATE, strideHeight: 2 }, 'push');
  expect([history.length, location.hash]).toEqual([before + 1, '#lab?sh=2']);
});

test('the state is kept while another page is shown, and its hash leads back to it', () => {
  history.replaceState(null, '', '#lab?sh=2');
  const lab = createLabAddress();
  lab.set({ ...lab.state.get(), strideWidth: 3 }, 'replace');
  history.replaceState(null, '', '#run?layer=conv1');
  lab.read();
  vi.advanceTimersByTime(200);
  expect(location.hash).toBe('#run?layer=conv1');
  expect(lab.hash.get()).toBe('#lab?sh=2&sw=3');
  history.replaceState(null, '', '#lab?sh=4');
  lab.read();
  expect(lab.state.get()).toEqual({ ...DEFAULT_STATE, strideHeight: 4 });
});
