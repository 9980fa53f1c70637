import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TryAgainError } from '../sources/source.js';
import { waitAfter, withRetries } from './retries.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const failing = (times: number, error: Error) => {
  const ask = vi.fn(async () => 'bytes');
  for (let time = 0; time < times; time++) ask.mockRejectedValueOnce(error);
  return ask;
};

test('the waits double, and end', () => {
  expect([1, 2, 3, 4, 5].map(waitAfter)).toEqual([500, 1000, 2000, 4000, undefined]);
});

test('what fails for a while is there in the end', async () => {
  const ask = failing(4, new TryAgainError('The hub is busy.'));
  const answer = withRetries(ask, new AbortController().signal);
  await vi.advanceTimersByTimeAsync(7500);
  expect(await answer).toBe('bytes');
  expect(ask).toHaveBeenCalledTimes(5);
});

test('what keeps failing is given up, and what will not change is asked for once', async () => {
  const ask = failing(9, new TryAgainError('The hub is busy.'));
  const answer = expect(withRetries(ask, new AbortController().signal)).rejects.toThrow('The hub is busy.');
  await vi.advanceTimersByTimeAsync(7500);
  await answer;
  expect(ask).toHaveBeenCalledTimes(5);

  const unknown = failing(9, new Error('There is no such event.'));
  await expect(withRetries(unknown, new AbortController().signal)).rejects.toThrow('no such event');
  expect(unknown).toHaveBeenCalledTimes(1);
});

test('nobody is asked for what is not wanted any more', async () => {
  const abort = new AbortController();
  const ask = failing(9, new TryAgainError('The hub is busy.'));
  const answer = expect(withRetries(ask, abort.signal)).rejects.toThrow('The hub is busy.');
  await vi.advanceTimersByTimeAsync(100);
  abort.abort();
  await vi.advanceTimersByTimeAsync(9000);
  await answer;
  expect(ask).toHaveBeenCalledTimes(1);
});
