import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { pushHash, replaceHash } from './address-bar.js';

beforeEach(() => {
  vi.useFakeTimers();
  history.replaceState(null, '', '#run');
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('an entry is added or replaced, and none is added for the address that is shown', () => {
  const before = history.length;
  replaceHash('#run?step=1');
  expect([location.hash, history.length]).toEqual(['#run?step=1', before]);
  pushHash('#run?step=1');
  expect(history.length).toBe(before);
  pushHash('#run?step=2');
  expect([location.hash, history.length]).toEqual(['#run?step=2', before + 1]);
});

test('a write that the browser refuses throws nothing, and the last one is made later', () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const refuse = vi.spyOn(history, 'replaceState').mockImplementation(() => {
    throw new DOMException('Attempt to use history.replaceState() more than 100 times', 'SecurityError');
  });
  replaceHash('#run?step=1');
  replaceHash('#run?step=2');
  expect(location.hash).toBe('#run');
  refuse.mockRestore();
  vi.runAllTimers();
  expect(location.hash).toBe('#run?step=2');
});
