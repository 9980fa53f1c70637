import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** The module as a page that has just been loaded sees it. */
async function freshPage() {
  vi.resetModules();
  return import('./kept-widths.js');
}

beforeEach(() => localStorage.clear());
afterEach(() => vi.restoreAllMocks());

test('a width that was given to a column is there when the page is loaded again, until it is forgotten', async () => {
  const page = await freshPage();
  expect(page.keptWidth('rail')).toBeUndefined();
  page.keepWidth('rail', 240);
  page.keepWidth('inspector', 320);
  const again = await freshPage();
  expect(again.keptWidth('rail')).toBe(240);
  again.forgetWidth('rail');
  const last = await freshPage();
  expect(last.keptWidth('rail')).toBeUndefined();
  expect(last.keptWidth('inspector')).toBe(320);
});

test('what is not a width in the storage is ignored', async () => {
  localStorage.setItem('convscope.widths', '{"rail":"wide","input":-4,"kernels":300}');
  const page = await freshPage();
  expect(['rail', 'input', 'kernels'].map(page.keptWidth)).toEqual([undefined, undefined, 300]);
});

test('without storage widths last as long as the page, and one warning says so', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  vi.stubGlobal('localStorage', {
    getItem: () => {
      throw new Error('denied');
    },
    setItem: () => {
      throw new Error('denied');
    },
    clear: () => undefined,
  });
  try {
    const page = await freshPage();
    page.keepWidth('rail', 200);
    page.keepWidth('rail', 220);
    expect(page.keptWidth('rail')).toBe(220);
    expect(warn).toHaveBeenCalledTimes(1);
  } finally {
    vi.unstubAllGlobals();
  }
});
