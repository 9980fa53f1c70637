import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PartBoundary } from './part-boundary.js';

let root: Root;
let broken: string | undefined;

function Pane() {
  if (broken !== undefined) throw new Error(broken);
  return <p>sixteen maps</p>;
}

const show = (of: string) =>
  act(async () =>
    root.render(
      <main>
        <PartBoundary name="The output" of={of}>
          <Pane />
        </PartBoundary>
        <p>the rest of the page</p>
      </main>,
    ),
  );
const text = () => document.body.textContent;

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  // React reports what a boundary has caught.
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const box = document.createElement('div');
  document.body.append(box);
  root = createRoot(box);
  broken = undefined;
});
afterEach(async () => {
  await act(async () => root.unmount());
  document.body.replaceChildren();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('a part that cannot be drawn says why, and the rest of the page stays', async () => {
  broken = 'The source height is zero.';
  await show('conv1');
  expect(document.querySelector('[role=alert]')?.textContent).toContain(
    'The output cannot be drawn: The source height is zero.',
  );
  expect(text()).toContain('the rest of the page');
});

test('a part that failed is drawn again when it is asked for', async () => {
  broken = 'Not yet.';
  await show('conv1');
  const tryAgain = () => act(async () => document.querySelector('button')?.click());
  await tryAgain();
  expect(text()).toContain('Not yet.');
  broken = undefined;
  await tryAgain();
  expect(text()).toContain('sixteen maps');
});

test('a part that failed is drawn again when it is to show something else', async () => {
  broken = 'Not this one.';
  await show('conv1');
  broken = undefined;
  await show('conv1');
  expect(text()).toContain('Not this one.');
  await show('conv2');
  expect(text()).toContain('sixteen maps');
});
