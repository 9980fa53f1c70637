import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore } from '../../../ui/store.js';
import { createAddress } from './address.js';
import { DEFAULT_VIEW, type ViewState } from './view-state.js';

function setUp(hash: string) {
  history.replaceState(null, '', hash);
  const view = createStore<ViewState>({ ...DEFAULT_VIEW, layer: 'conv2' });
  const address = createAddress(view);
  /** Changes the view as the page does. */
  const show = (change: Partial<ViewState>, effect: 'replace' | 'push' | 'move') => {
    address.prepare(effect, view.get());
    view.set({ ...view.get(), ...change });
    address.changed();
  };
  return { view, address, show };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  history.replaceState(null, '', '#');
});

test('many changes of the view are written once, a moment later', () => {
  const { show } = setUp('#run');
  const write = vi.spyOn(history, 'replaceState');
  for (const step of [1, 2, 3]) show({ step }, 'replace');
  expect(location.hash).toBe('#run');
  vi.runAllTimers();
  expect(location.hash).toBe('#run?layer=conv2&step=3');
  expect(write).toHaveBeenCalledTimes(1);
});

test('links to the page lead to the newest of many changes, and change once, a moment later', () => {
  const { address, show } = setUp('#run');
  const changed = vi.fn();
  address.hash.subscribe(changed);
  for (const step of [1, 2, 3]) show({ step }, 'replace');
  vi.runAllTimers();
  expect(address.hash.get()).toBe('#run?layer=conv2&step=3');
  expect(changed).toHaveBeenCalledTimes(1);
});

test('a change that is still to be written never overwrites another address', () => {
  for (const other of ['#lab?k=3', '#run?layer=conv1']) {
    const { show } = setUp('#run');
    show({ step: 1 }, 'replace');
    history.replaceState(null, '', other);
    vi.runAllTimers();
    expect(location.hash).toBe(other);
  }
});

test('going elsewhere adds an entry, and the entry before holds all that was shown until then', () => {
  const { show } = setUp('#run');
  const before = history.length;
  const replaced = vi.spyOn(history, 'replaceState');
  show({ step: 40 }, 'replace');
  show({ layer: 'conv3' }, 'push');
  expect(replaced.mock.calls.at(-1)?.[2]).toBe('#run?layer=conv2&step=40');
  expect([location.hash, history.length]).toEqual(['#run?layer=conv3&step=40', before + 1]);
});

test('a pixel that is moved by a held key adds one entry, with other changes in between', () => {
  const { show } = setUp('#run');
  const before = history.length;
  for (let x = 0; x < 50; x++) {
    show({ x }, 'move');
    vi.advanceTimersByTime(30);
    show({ zoom: x + 1 }, 'replace');
  }
  vi.advanceTimersByTime(500);
  expect([history.length, location.hash]).toEqual([before + 1, '#run?layer=conv2&x=49&zoom=50']);
  vi.advanceTimersByTime(3000);
  show({ x: 50 }, 'move');
  expect(history.length).toBe(before + 2);
  show({ layer: 'conv1' }, 'push');
  show({ x: 51 }, 'move');
  expect(history.length).toBe(before + 4);
});

test('an address is read; a bare one keeps the view, and the address of another page changes nothing', () => {
  const { view, address } = setUp('#run?layer=conv1&step=40');
  address.read();
  expect(view.get()).toMatchObject({ layer: 'conv1', step: 40 });
  history.replaceState(null, '', '#run');
  address.read();
  expect(view.get()).toMatchObject({ layer: 'conv1', step: 40 });
  expect(location.hash).toBe('#run?layer=conv1&step=40');
  history.replaceState(null, '', '#lab');
  address.read();
  expect(view.get()).toMatchObject({ layer: 'conv1', step: 40 });
});
