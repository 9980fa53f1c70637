/** Which runs and steps the page chooses by itself. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { afterEach, expect, test, vi } from 'vitest';
import { Runs } from '../../runs/runs.js';
import { decoder, FakeHub, summary } from '../run/state/testing/fake-hub.js';
import { CompareState } from './compare-state.js';

/** A run whose log has been read, with maps at steps 0, 8 and 16. */
const withMaps = (run: string, lastWallTime: number) =>
  summary(run, { state: 'completed', kinds: ['channels', 'scalar'], lastWallTime });
const withoutMaps = (run: string, lastWallTime: number) =>
  summary(run, { state: 'completed', kinds: ['scalar'], lastWallTime });
const unread = (run: string) =>
  summary(run, { state: 'idle', kinds: [], lastWallTime: 0, lastStep: -1, readToEnd: false });

const closing: (() => void)[] = [];

function open(runs: readonly RunSummary[], hash = '#compare') {
  const hub = new FakeHub();
  hub.list = { logdir: './runs', runs };
  history.replaceState(null, '', hash);
  const app = new CompareState(new Runs(hub.source()), decoder);
  const close = app.open();
  closing.push(() => {
    close();
    // What it was about to write would come into the address of the next test.
    history.replaceState(null, '', '#compare');
    app.read();
  });
  const list = async (...next: RunSummary[]) => {
    hub.list = { logdir: './runs', runs: next };
    hub.tell((listener) => listener.runs?.(hub.list));
    await frames();
  };
  const shown = () => [app.a.get(), app.b.get()].map(({ run, step }) => `${run}@${step}`).join(' ');
  return { app, list, shown, untilShown: (what: string) => vi.waitFor(() => expect(shown()).toBe(what)) };
}

/** Waits until what has been asked for so far has been done. */
const frames = () =>
  new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));

afterEach(() => {
  for (const close of closing.splice(0)) close();
  history.replaceState(null, '', '#');
});

test('the newest run with maps is compared with itself, the first capture with the last, and the address says so', async () => {
  const { app, untilShown } = open([withMaps('old', 5), withMaps('new', 10), withoutMaps('newest', 15)]);
  await untilShown('new@0 new@16');
  expect(app.address.hash.get()).toBe('#compare?a=new@0&b=new@16');
});

test('while logs are read a run is shown and not written into the address, and the newest when all have been read', async () => {
  const { app, list, untilShown } = open([withMaps('first', 5), unread('second'), unread('third')]);
  await untilShown('first@0 first@16');
  await list(withMaps('first', 5), withMaps('second', 10), unread('third'));
  await untilShown('first@0 first@16');
  expect(app.address.hash.get()).toBe('#compare');
  await list(withMaps('first', 5), withMaps('second', 10), withMaps('third', 15));
  await untilShown('third@0 third@16');
  expect(app.address.hash.get()).toBe('#compare?a=third@0&b=third@16');
  await list(withMaps('first', 5), withMaps('second', 10), withMaps('third', 15), withMaps('fourth', 20));
  await untilShown('third@0 third@16');
});

test('a run that turns out to have no maps is left for the first that is known to have some', async () => {
  const { app, list } = open([withoutMaps('none', 5), unread('first'), unread('second')]);
  const run = () => app.a.get().run;
  await vi.waitFor(() => expect(run()).toBe('first'));
  // Not for one after the other, as each is found to have none.
  await list(withoutMaps('none', 5), withoutMaps('first', 7), unread('second'), unread('third'));
  expect(run()).toBe('first');
  await list(withoutMaps('none', 5), withoutMaps('first', 7), withoutMaps('second', 10), unread('third'));
  expect(run()).toBe('first');
  await list(withoutMaps('none', 5), withoutMaps('first', 7), withMaps('third', 1), unread('fourth'));
  await vi.waitFor(() => expect(run()).toBe('third'));
  await list(withoutMaps('none', 5), withMaps('third', 1), withMaps('fourth', 2), unread('fifth'));
  expect(run()).toBe('third');
});

test('a page that has been used stays with what it shows', async () => {
  for (const use of [
    (app: CompareState) => app.selectChannel(0),
    (app: CompareState) => app.selectStep('b', 8),
    (app: CompareState) => app.selectLayer('b', 'conv1'),
    (app: CompareState) => app.swap(),
  ]) {
    const { app, list, untilShown, shown } = open([withMaps('first', 5), unread('second')]);
    await untilShown('first@0 first@16');
    use(app);
    await frames();
    const used = shown();
    expect(app.address.hash.get()).toMatch(/^#compare\?a=first@\d+.*&b=first@\d+/);
    await list(withMaps('first', 5), withMaps('second', 10));
    await frames();
    expect(shown()).toBe(used);
  }
});

test('a page that is used before anything has come stays with the run that it waits for', async () => {
  const { app, list, untilShown } = open([unread('first'), unread('second')]);
  await frames();
  app.show({ display: 'blink' });
  await list(withMaps('first', 5), withMaps('second', 10));
  await untilShown('first@0 first@16');
});

test('what the address names is shown at once, and stays', async () => {
  const { app, list, untilShown } = open([withMaps('first', 5), unread('second')], '#compare?a=first');
  await untilShown('first@0 first@16');
  expect(app.address.hash.get()).toBe('#compare?a=first@0&b=first@16');
  await list(withMaps('first', 5), withMaps('second', 10));
  await untilShown('first@0 first@16');
});
