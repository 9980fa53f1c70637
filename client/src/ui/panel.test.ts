import { afterEach, expect, test, vi } from 'vitest';
import { createPanel } from './panel.js';

afterEach(() => {
  vi.restoreAllMocks();
});

function panelAt(overlaid: boolean) {
  vi.spyOn(window, 'matchMedia').mockReturnValue({ matches: overlaid } as MediaQueryList);
  return createPanel('(max-width: 999px)');
}

test('a panel that lies open over the page can be dismissed, once', () => {
  const panel = panelAt(true);
  expect(panel.dismiss()).toBe(false);
  panel.toggle();
  expect(panel.get()).toBe(true);
  expect([panel.dismiss(), panel.get(), panel.dismiss()]).toEqual([true, undefined, false]);
});

test('a panel beside the page stays as it is', () => {
  const panel = panelAt(false);
  panel.set(true);
  expect([panel.dismiss(), panel.get()]).toEqual([false, true]);
});
