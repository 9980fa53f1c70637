import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { useTextWidth } from './text-width.js';

const FONT = '500 13px Inter';

/**
 * Fonts as WebKit has them: `ready` has been resolved, and no event says when a font has been loaded. A character is 10 pixels
 * wide, and 7 in the font.
 */
const fonts = {
  status: 'loading',
  ready: Promise.resolve(),
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  asked: [] as string[],
  load: (font: string, text: string) =>
    new Promise<void>((done, failed) => {
      fonts.asked.push(`${font}: ${text}`);
      fonts.loaded = done;
      fonts.failed = failed;
    }),
  loaded: (): void => undefined,
  failed: (_error: Error): void => undefined,
};

let width = 0;
let root: Root;

function Text() {
  width = useTextWidth(FONT)('abba');
  return null;
}

beforeEach(() => {
  Object.assign(fonts, { status: 'loading', asked: [] });
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  Object.defineProperty(document, 'fonts', { value: fonts, configurable: true });
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockImplementation((() => ({
    measureText: (text: string) => ({ width: (fonts.status === 'loaded' ? 7 : 10) * text.length }),
  })) as never);
  root = createRoot(document.createElement('div'));
});

afterEach(() => {
  act(() => root.unmount());
  Reflect.deleteProperty(document, 'fonts');
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('a text is measured anew when its font has been loaded', async () => {
  act(() => root.render(<Text />));
  expect([width, fonts.asked]).toEqual([40, [`${FONT}: ab`]]);
  fonts.status = 'loaded';
  await act(async () => fonts.loaded());
  expect([width, fonts.asked.length]).toEqual([28, 1]);
});

test('a text keeps its width in a font of the system when its own cannot be loaded', async () => {
  act(() => root.render(<Text />));
  await act(async () => fonts.failed(new Error('A network error occurred.')));
  expect(width).toBe(40);
});

test('a text whose font was there is not measured again', () => {
  fonts.status = 'loaded';
  act(() => root.render(<Text />));
  expect([width, fonts.asked]).toEqual([28, []]);
});
