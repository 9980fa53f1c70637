import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { afterEach, expect, test, vi } from 'vitest';
import { ComesByItselfError, ErrorBoundary } from './error-boundary.js';

afterEach(() => {
  vi.restoreAllMocks();
});

function shownFor(error: Error): string {
  vi.spyOn(console, 'error').mockReturnValue();
  const Failing = () => {
    throw error;
  };
  const box = document.createElement('div');
  const root = createRoot(box, { onCaughtError: () => undefined });
  flushSync(() =>
    root.render(
      <ErrorBoundary>
        <Failing />
      </ErrorBoundary>,
    ),
  );
  const text = box.textContent ?? '';
  flushSync(() => root.unmount());
  return text;
}

test('a page that cannot be drawn says what to do, and nothing where it comes by itself', () => {
  expect(shownFor(new Error('out of luck'))).toMatch(/out of luck.*Reload the page/);
  expect(shownFor(new ComesByItselfError('it opens later.'))).toBe(
    'This page cannot be drawn: it opens later.',
  );
});
