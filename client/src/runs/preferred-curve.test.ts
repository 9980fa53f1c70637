import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** The module as a page that has just been loaded sees it. */
async function freshPage() {
  vi.resetModules();
  return import('./preferred-curve.js');
}

beforeEach(() => localStorage.clear());
afterEach(() => vi.restoreAllMocks());

test('the scalar that was chosen last is there when the page is loaded again', async () => {
  const page = await freshPage();
  expect(page.preferredCurve()).toBeUndefined();
  page.preferCurve('lr');
  page.preferCurve('val/loss');
  expect((await freshPage()).preferredCurve()).toBe('val/loss');
});

test('without storage the choice lasts as long as the page, and one warning says so', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const denied = () => {
    throw new Error('denied');
  };
  vi.stubGlobal('localStorage', { getItem: denied, setItem: denied, clear: () => undefined });
  try {
    const page = await freshPage();
    expect(page.preferredCurve()).toBeUndefined();
    page.preferCurve('lr');
    expect(page.preferredCurve()).toBe('lr');
    expect(warn).toHaveBeenCalledTimes(1);
  } finally {
    vi.unstubAllGlobals();
  }
});
