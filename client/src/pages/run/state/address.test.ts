import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore } from '../../../ui/store.js';
import { createAddress } from './address.js';
import { DEFAULT_VIEW, type ViewState } from './view-state.js';

function setUp(hash: string) {
  history.replaceState(null, '', hash);
  const view = createStore<ViewState>({ ...DEFAULT_VIEW, layer: 'conv2' });
  return { view, address: createAddress(view) };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  history.replaceState(null, '', '#');
});

test('many changes of the view are written once, a moment later', () => {
  const { view, address } = setUp('#run');
  const write = vi.spyOn(history, 'replaceState');
  for (const channel of [1, 2, 3]) {
    view.set({ ...view.get(), channel });
    address.writeSoon();
  }
  expect(location.hash).toBe('#run');
  vi.runAllTimers();
  expect(location.hash).toBe('#run?layer=conv2&ch=3');
  expect(write).toHaveBeenCalledTimes(1);
});

test('a change that is still to be written never overwrites the address of another page', () => {
  const { address } = setUp('#run');
  address.writeSoon();
  history.replaceState(null, '', '#lab?k=3');
  vi.runAllTimers();
  expect(location.hash).toBe('#lab?k=3');
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
