import { afterEach, expect, test, vi } from 'vitest';
import type { Source } from '../../../sources/source.js';
import type { FakeHub as Hub } from './testing/fake-hub.js';

// Pages that were opened in other files still report to the diagnostics that were loaded for those.
vi.resetModules();
const { Runs } = await import('../../../runs/runs.js');
const { exposeDiagnostics } = await import('../../../ui/diagnostics.js');
const { RunPageState } = await import('./run-page-state.js');
const { decoder, FakeHub, summary } = await import('./testing/fake-hub.js');

afterEach(() => {
  vi.restoreAllMocks();
  location.hash = '';
});

/** A page all of whose parts have been drawn, but for what the hub says of the captures: `answer` lets that come. */
function openDrawn(hub: Hub, change: Partial<Source> = {}) {
  location.hash = '#run?lock=layer';
  exposeDiagnostics();
  const source = hub.source();
  let answer: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const histories: typeof source.histories = async (...question) => {
    await asked;
    return source.histories(...question);
  };
  const app = new RunPageState(new Runs({ ...source, histories, ...change }), decoder);
  app.hasPanes.set(true);
  app.frames.frame.subscribe(() => app.laidOut.set(app.frames.frame.get()));
  app.axis.set({ run: 'a', tag: 'train/loss', of: 'run', first: 0, last: 16 });
  return { app, answer };
}

test('a page is complete when the captures of the run have been judged and its findings are published', async () => {
  const hub = new FakeHub();
  hub.list = { logdir: './runs', runs: [summary('a', { state: 'completed' })] };
  const { app, answer } = openDrawn(hub);
  await vi.waitFor(() => expect(window.__convscope?.settled).toBe(true));
  await vi.waitFor(() => expect(app.frames.hasThumbnails && app.run.get()?.unread).toBe(0));
  expect(window.__convscope?.complete).toBe(false);
  answer();
  await vi.waitFor(() => expect(window.__convscope?.complete).toBe(true));
  expect(app.frames.history.health.get().get('conv1')?.steps).toEqual([0, 8, 16]);
});

test('a page without layers is not complete while the hub still reads the log', async () => {
  const hub = new FakeHub();
  for (const tag of Object.keys(hub.steps)) delete hub.steps[tag];
  hub.list = { logdir: './runs', runs: [summary('a', { readToEnd: false })] };
  const { app, answer } = openDrawn(hub);
  answer();
  await vi.waitFor(() => expect(app.run.get()?.scalarTags).toContain('train/loss'));
  expect(window.__convscope?.complete).toBe(false);
  hub.list = { logdir: './runs', runs: [summary('a')] };
  hub.tell((listener) => listener.runs?.(hub.list));
  await vi.waitFor(() => expect(window.__convscope?.complete).toBe(true));
});

test('a run whose details came before the list of runs has caught up is not said to hold nothing', async () => {
  const hub = new FakeHub();
  for (const tag of Object.keys(hub.steps)) delete hub.steps[tag];
  hub.list = {
    logdir: './runs',
    runs: [summary('a', { readToEnd: false, lastStep: -1, firstWallTime: 0 })],
  };
  const source = hub.source();
  const { app, answer } = openDrawn(hub, {
    detail: async (...asked) => ({ ...(await source.detail(...asked)), summary: summary('a') }),
  });
  answer();
  await vi.waitFor(() => expect(app.run.get()?.data.isComplete).toBe(true));
  expect(app.run.get()?.isComplete).toBe(false);
  hub.list = { logdir: './runs', runs: [summary('a')] };
  hub.tell((listener) => listener.runs?.(hub.list));
  await vi.waitFor(() => expect(app.run.get()?.isComplete).toBe(true));
  expect(app.step.get()).toBe(16);
});

test('a page is not complete before it is known what the runs beside the chosen one log', async () => {
  const hub = new FakeHub();
  const other = summary('b', { state: 'completed' });
  hub.list = { logdir: './runs', runs: [summary('a', { state: 'completed' }), other] };
  const { detail } = hub.source();
  let tell: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const { app, answer } = openDrawn(hub, {
    async detail(run, signal) {
      if (run === 'a') return detail(run, signal);
      await asked;
      return { summary: other, gaps: [], tags: [] };
    },
  });
  answer();
  await vi.waitFor(() => expect(app.frames.history.health.get().get('conv1')?.steps).toEqual([0, 8, 16]));
  await vi.waitFor(() => expect(window.__convscope?.settled).toBe(true));
  expect(app.drawn.get().has('b')).toBe(true);
  expect(window.__convscope?.complete).toBe(false);
  tell();
  await vi.waitFor(() => expect(window.__convscope?.complete).toBe(true));
});
