import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { afterEach, expect, test, vi } from 'vitest';
import { createStore } from '../ui/store.js';
import { createAlertCenter } from './alert-center.js';
import { askToNotify } from './desktop-notices.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function summary(loss: string): RunSummary {
  const now = Date.now() / 1000;
  return runSummary('a', { state: 'live', lastStep: 10, loss, firstWallTime: now, lastWallTime: now });
}

function setUp(first: string) {
  const list = createStore<{ runs: RunSummary[] } | undefined>({ runs: [summary(first)] });
  const said: string[] = [];
  const center = createAlertCenter(list, (sentence) => said.push(sentence));
  const stop = center.follow();
  return { list, said, center, stop };
}

test('what is so when the page opens is listed but not announced, and what arises is', () => {
  const { list, said, center, stop } = setUp('NaN');
  expect(center.holding.get().map(({ kind }) => kind)).toEqual(['not-finite']);
  expect(said).toEqual([]);
  list.set({ runs: [summary('1')] });
  expect(center.holding.get()).toEqual([]);
  list.set({ runs: [summary('Infinity')] });
  expect(said).toEqual(['The loss of a is Infinity at step 10.']);
  expect(center.arisen.get()).toHaveLength(1);
  stop();
  list.set({ runs: [summary('1')] });
  expect(center.holding.get()).toHaveLength(1);
});

test('the desktop is told after the user has allowed it, and a refusal of the browser changes nothing else', async () => {
  const shown: string[] = [];
  class FakeNotification {
    static permission = 'default';
    static requestPermission = async () => {
      FakeNotification.permission = 'granted';
      return 'granted';
    };
    constructor(title: string) {
      shown.push(title);
      throw new TypeError('Illegal constructor');
    }
  }
  vi.stubGlobal('Notification', FakeNotification);
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { list, said, center, stop } = setUp('1');
  list.set({ runs: [summary('NaN')] });
  expect([said.length, shown]).toEqual([1, []]);
  center.isNotifying.set(await askToNotify());
  list.set({ runs: [summary('1')] });
  list.set({ runs: [summary('NaN')] });
  expect([said.length, shown]).toEqual([2, ['convscope: a']]);
  expect(warn).toHaveBeenCalledTimes(1);
  stop();
});

test('without that feature, the page alone tells', async () => {
  vi.stubGlobal('Notification', undefined);
  const { list, said, center, stop } = setUp('1');
  expect(await askToNotify()).toBe(false);
  expect(center.isNotifying.get()).toBe(false);
  list.set({ runs: [summary('NaN')] });
  expect(said).toHaveLength(1);
  stop();
});
