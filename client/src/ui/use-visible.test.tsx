import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { useVisible } from './use-visible.js';

function Part() {
  const [ref, isVisible] = useVisible<HTMLDivElement>();
  return <div ref={ref}>{isVisible ? 'shown' : 'left out'}</div>;
}

function render(): HTMLElement {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  const host = document.createElement('div');
  document.body.append(host);
  act(() => createRoot(host).render(<Part />));
  return host;
}

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

test('an element is visible from when the browser says so', () => {
  let tell: ((entries: { isIntersecting: boolean }[]) => void) | undefined;
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(callback: typeof tell) {
        tell = callback;
      }
      observe(): void {}
      disconnect(): void {}
    },
  );
  const host = render();
  expect(host.textContent).toBe('left out');
  act(() => tell?.([{ isIntersecting: true }]));
  expect(host.textContent).toBe('shown');
  act(() => tell?.([{ isIntersecting: false }]));
  expect(host.textContent).toBe('left out');
});

test('without that feature, everything counts as visible', () => {
  vi.stubGlobal('IntersectionObserver', undefined);
  expect(render().textContent).toBe('shown');
});
