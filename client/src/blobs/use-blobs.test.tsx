import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { expect, test, vi } from 'vitest';
import type { Runs } from '../runs/runs.js';
import { RunsContext } from '../runs/runs-context.js';
import { createStore } from '../ui/store.js';
import { useHeldRuns } from './use-blobs.js';

function Page({ runs }: { runs: readonly string[] }) {
  useHeldRuns('images', runs);
  return null;
}

test('a page holds its runs by their names, whatever characters these have', () => {
  const held: (readonly string[])[] = [];
  const runs = {
    source: {},
    data: createStore(new Map()),
    connection: createStore({ status: 'connected' }),
    hold: (_page: string, { beside }: { beside: Iterable<string> }) => held.push([...beside]),
  } as unknown as Runs;
  // Without one the page would load the code of the worker, which may take longer than the test.
  vi.stubGlobal(
    'Worker',
    class {
      postMessage() {}
    },
  );
  const root = createRoot(document.createElement('div'));
  const show = (names: readonly string[]) =>
    flushSync(() =>
      root.render(
        <RunsContext value={runs}>
          <Page runs={names} />
        </RunsContext>,
      ),
    );
  show(['a\nb', 'c']);
  show(['a\nb', 'c']);
  show([]);
  flushSync(() => root.unmount());
  vi.unstubAllGlobals();
  expect(held).toEqual([['a\nb', 'c'], [], []]);
});
