import { act, useRef } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { useNearScreen } from './use-near-screen.js';

function Place() {
  const ref = useRef<HTMLDivElement>(null);
  return <div ref={ref}>{useNearScreen(ref, 100) ? 'near' : 'far'}</div>;
}

async function shown(): Promise<HTMLElement> {
  const box = document.createElement('div');
  document.body.append(box);
  await act(async () => createRoot(box).render(<Place />));
  return box;
}

afterEach(() => vi.unstubAllGlobals());

test('an element is near while the browser says that it is', async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  let tell: (entries: readonly { readonly isIntersecting: boolean }[]) => void = () => undefined;
  const observe = vi.fn();
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(callback: typeof tell) {
        tell = callback;
      }
      observe = observe;
      disconnect() {}
    },
  );
  const box = await shown();
  expect(box.textContent).toBe('far');
  await act(async () => tell([{ isIntersecting: true }]));
  expect(box.textContent).toBe('near');
  await act(async () => tell([{ isIntersecting: false }]));
  expect(box.textContent).toBe('far');
});

test('where the browser cannot say it, every element is near', async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal('IntersectionObserver', undefined);
  expect((await shown()).textContent).toBe('near');
});
