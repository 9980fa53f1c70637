import { afterEach, expect, test } from 'vitest';
import type { DrawnOthers } from '../../../runs/drawn-runs.js';
import { createPanel, RAIL_OVERLAID } from '../../../ui/panel.js';
import { createStore } from '../../../ui/store.js';
import { INSPECTOR_OVERLAID } from './panels.js';
import { createPlayback } from './playback.js';
import { keepInView } from './view-mirrors.js';
import { viewFromHash } from './view-state.js';

afterEach(() => {
  location.hash = '';
});

/** What was chosen on another page before the run page is opened. */
function openAt(hash: string) {
  location.hash = hash;
  const runs = {
    filter: createStore('lr>1e-3'),
    others: createStore<DrawnOthers>('all'),
    shown: createStore<ReadonlySet<string>>(new Set(['a'])),
    hidden: createStore<ReadonlySet<string>>(new Set(['b'])),
  };
  const view = createStore(viewFromHash(hash));
  const rail = createPanel(RAIL_OVERLAID);
  rail.set(false);
  const inspector = createPanel(INSPECTOR_OVERLAID);
  keepInView(view, (change) => view.set({ ...view.get(), ...change }), {
    ...{ runs, playback: createPlayback(), rail, inspector },
  });
  return { view: view.get(), runs, rail };
}

test('an address that says nothing keeps which runs were chosen on another page', () => {
  const { view, runs, rail } = openAt('#run');
  expect(view).toMatchObject({
    filter: 'lr>1e-3',
    others: 'all',
    drawn: ['a'],
    hidden: ['b'],
    closed: ['rail'],
  });
  expect(runs.filter.get()).toBe('lr>1e-3');
  expect(rail.get()).toBe(false);
});

test('an address that says something is followed', () => {
  const { runs } = openAt('#run?filter=adam');
  expect(runs.filter.get()).toBe('adam');
  expect(runs.others.get()).toBe('newest');
  expect([...runs.hidden.get()]).toEqual([]);
});
