import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import type { PageAddress } from '../ui/page-address.js';
import { createStore } from '../ui/store.js';
import { createViewFormat, field } from '../ui/view-format.js';
import { text } from '../ui/view-kinds.js';
import type { DrawnOthers } from './drawn-runs.js';
import {
  type ChosenRuns,
  createRunsAddress,
  RUN_CHOICE,
  runChoiceOf,
  type ViewOfRuns,
} from './run-choice.js';

interface View extends ViewOfRuns {
  readonly tags: string;
}

const FORMAT = createViewFormat<View>({ tags: field('tags', text(), '', 'all are shown'), runs: RUN_CHOICE });

function chosen(): ChosenRuns {
  return {
    filter: createStore(''),
    others: createStore<DrawnOthers>('newest'),
    shown: createStore<ReadonlySet<string>>(new Set()),
    hidden: createStore<ReadonlySet<string>>(new Set()),
  };
}

function opened(runs: ChosenRuns): PageAddress<View> {
  return createRunsAddress(runs, { id: 'text', format: FORMAT });
}

function goTo(address: PageAddress<View>, hash: string): void {
  location.hash = hash;
  address.read();
}

beforeEach(() => {
  location.hash = '#text';
});

it('an address lists and draws the runs that it names', () => {
  location.hash = '#text?filter=lr>0.1&hide=a&hide=b&draw=c&others=none';
  const runs = chosen();
  const address = opened(runs);
  const choice = { filter: 'lr>0.1', hidden: ['a', 'b'], drawn: ['c'], others: 'none' };
  expect(runChoiceOf(runs)).toEqual(choice);
  expect(address.problems.get()).toEqual([]);
  goTo(address, '#text?filter=adam&tags=x');
  expect(runChoiceOf(runs)).toEqual({ filter: 'adam', hidden: [], drawn: [], others: 'newest' });
  expect(address.state.get()).toMatchObject({ tags: 'x', runs: runChoiceOf(runs) });
});

it('what is chosen is in the link, and in the address a moment later', async () => {
  const runs = chosen();
  const address = opened(runs);
  runs.filter.set('adam');
  runs.hidden.set(new Set(['run 1', 'b']));
  const query = new URLSearchParams(address.hash.get().split('?')[1]);
  expect([query.get('filter'), query.getAll('hide')]).toEqual(['adam', ['run 1', 'b']]);
  await vi.waitFor(() => expect(location.hash).toBe(address.hash.get()));
});

it('an address that says nothing of runs keeps what was chosen on another page, and then says it', async () => {
  const runs = chosen();
  const address = opened(runs);
  runs.filter.set('adam');
  goTo(address, '#text?tags=x');
  expect(runs.filter.get()).toBe('adam');
  await vi.waitFor(() => expect(location.hash).toBe('#text?tags=x&filter=adam'));
  location.hash = '#text';
  opened(runs);
  await vi.waitFor(() => expect(location.hash).toBe('#text?filter=adam'));
});

it('a page that is not shown leaves the address alone', () => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const runs = chosen();
  const address = opened(runs);
  goTo(address, '#images');
  runs.filter.set('adam');
  expect(address.hash.get()).toBe('#text?filter=adam');
  vi.runAllTimers();
  expect(location.hash).toBe('#images');
});

it('what cannot be read is named, and the address stays', () => {
  location.hash = '#text?others=some&filter=adam';
  const runs = chosen();
  const address = opened(runs);
  expect(address.problems.get()).toEqual([
    'others=some in the address is not one of newest, all, none: the newest are drawn.',
  ]);
  expect(runs.filter.get()).toBe('adam');
  expect(location.hash).toBe('#text?others=some&filter=adam');
});
