import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { runSummary } from '@convscope/shared/testing/run-summary.js';
import { afterEach, expect, test, vi } from 'vitest';
import type { RunList } from '../sources/source.js';
import { createStore } from '../ui/store.js';
import { createAlertCenter } from './alert-center.js';
import { askToNotify } from './desktop-notices.js';

afterEach(() => {
  localStorage.clear();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function summary(loss: string, change: Partial<RunSummary> = {}): RunSummary {
  const now = Date.now() / 1000;
  return runSummary('a', {
    state: 'live',
    lastStep: 10,
    loss,
    firstWallTime: now,
    lastWallTime: now,
    ...change,
  });
}

const listOf = (loss: string, change?: Partial<RunSummary>): RunList => ({
  logdir: './runs',
  runs: [summary(loss, change)],
});

function setUp(first: string, change?: Partial<RunSummary>) {
  const list = createStore<RunList | undefined>(listOf(first, change));
  const said: string[] = [];
  const center = createAlertCenter(list, (sentence) => said.push(sentence));
  const stop = center.follow();
  return { list, said, center, stop };
}

test('what is so when the page opens is listed but not announced, and what arises is', () => {
  const { list, said, center, stop } = setUp('NaN');
  expect(center.holding.get().map(({ kind }) => kind)).toEqual(['not-finite']);
  expect(said).toEqual([]);
  list.set(listOf('1'));
  expect(center.holding.get()).toEqual([]);
  list.set(listOf('Infinity'));
  expect(said).toEqual(['The loss of a is Infinity: it has not been finite since step 10.']);
  expect(center.arisen.get()).toHaveLength(1);
  stop();
  list.set(listOf('1'));
  expect(center.holding.get()).toHaveLength(1);
});

test('what is listed follows what it says: a label, and how long a run has been silent', () => {
  vi.useFakeTimers({ now: 1_764_000_000_000 });
  const silent = {
    totalSteps: 1000,
    lastStep: 100,
    firstWallTime: 1_763_999_000,
    lastWallTime: 1_763_999_800,
  };
  const { list, center, stop } = setUp('1', silent);
  const sentences = () => center.holding.get().map(({ sentence }) => sentence);
  expect(sentences()).toEqual(['a has logged nothing for 3 min, since step 100.']);
  list.set(listOf('1', { ...silent, label: 'the best' }));
  expect(sentences()).toEqual(['the best has logged nothing for 3 min, since step 100.']);
  vi.advanceTimersByTime(3_600_000);
  expect(sentences()).toEqual(['the best has logged nothing for 1 h, since step 100.']);
  stop();
});

test('of logs that do not state their end, those are listed that have fallen silent while the page was open', () => {
  const now = Date.now() / 1000;
  const silentBefore = setUp('1', {
    state: 'idle',
    lastStep: 100,
    firstWallTime: now - 900,
    lastWallTime: now - 200,
  });
  expect(silentBefore.center.holding.get()).toEqual([]);
  silentBefore.stop();
  const { list, said, center, stop } = setUp('1');
  list.set(listOf('1', { state: 'idle', lastStep: 100, firstWallTime: now - 900, lastWallTime: now - 200 }));
  expect(said).toEqual(['a has logged nothing for 3 min, since step 100.']);
  expect(center.holding.get().map(({ kind }) => kind)).toEqual(['no-progress']);
  list.set(listOf('1'));
  expect(center.holding.get()).toEqual([]);
  stop();
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
  list.set(listOf('NaN'));
  expect([said.length, shown]).toEqual([1, []]);
  center.isNotifying.set(await askToNotify());
  list.set(listOf('1'));
  list.set(listOf('NaN', { label: 'the best' }));
  expect([said.length, shown]).toEqual([2, ['convscope: the best']]);
  expect(warn).toHaveBeenCalledTimes(1);
  stop();
});

test('whether the desktop is told is kept, and is not so before somebody has asked for it', () => {
  vi.stubGlobal('Notification', { permission: 'granted' });
  // Another page of this address may have asked for the permission.
  expect(setUp('1').center.isNotifying.get()).toBe(false);
  setUp('1').center.isNotifying.set(true);
  expect(setUp('1').center.isNotifying.get()).toBe(true);
  setUp('1').center.isNotifying.set(false);
  expect(setUp('1').center.isNotifying.get()).toBe(false);
});

test('without that feature, the page alone tells', async () => {
  vi.stubGlobal('Notification', undefined);
  const { list, said, center, stop } = setUp('1');
  expect(await askToNotify()).toBe(false);
  expect(center.isNotifying.get()).toBe(false);
  list.set(listOf('NaN'));
  expect(said).toHaveLength(1);
  stop();
});
