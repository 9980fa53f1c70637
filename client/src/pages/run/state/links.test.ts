/** What the run page does with an address, and what it makes of it. */
import { afterEach, expect, test, vi } from 'vitest';
import { Runs } from '../../../runs/runs.js';
import { TryAgainError } from '../../../sources/source.js';
import { absentLayer, absentStep } from './absent.js';
import { RunPageState } from './run-page-state.js';
import { decoder, FakeHub, summary } from './testing/fake-hub.js';

const opened: RunPageState[] = [];

function open(hub: FakeHub, hash = '#run'): RunPageState {
  history.replaceState(null, '', hash);
  const app = new RunPageState(new Runs(hub.source()), decoder);
  opened.push(app);
  return app;
}

function list(hub: FakeHub, ...runs: ReturnType<typeof summary>[]): void {
  hub.list = { logdir: './runs', runs };
  hub.tell((listener) => listener.runs?.(hub.list));
}

const shown = (app: RunPageState) => app.frames.frame.get()?.output?.step;
const absent = (app: RunPageState) => absentStep(app.view.get(), app.run.get()!);

/** Waits until the frames that were requested so far have been drawn. */
async function settled(app: RunPageState): Promise<void> {
  await vi.waitFor(() => expect(app.frames.frame.get()?.settled).toBe(true));
  await vi.waitFor(() => expect(app.run.get()?.isComplete).toBe(true));
}

afterEach(() => {
  vi.restoreAllMocks();
  for (const app of opened.splice(0)) {
    // What it was about to write would come into the address of the next test.
    history.replaceState(null, '', '#run');
    app.address.read();
  }
  history.replaceState(null, '', '#');
});

test('a run that is not there is named, no other is shown, and the address stays', async () => {
  const hub = new FakeHub();
  const app = open(hub, '#run?run=nowhere&step=8');
  await vi.waitFor(() => expect(app.missing.get()).toEqual({ run: 'nowhere', wasShown: false }));
  expect(app.run.get()).toBeUndefined();
  expect(location.hash).toBe('#run?run=nowhere&step=8');
  list(hub, summary('a'), summary('nowhere'));
  await vi.waitFor(() => expect(app.run.get()?.run).toBe('nowhere'));
  expect(app.missing.get()).toBeUndefined();
});

test('no run is missed before the hub has sent its list', async () => {
  const hub = new FakeHub();
  const source = { ...hub.source(), list: undefined };
  history.replaceState(null, '', '#run?run=nowhere');
  const app = new RunPageState(new Runs(source), decoder);
  const seen: unknown[] = [];
  app.missing.subscribe(() => seen.push(app.missing.get()));
  await new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
  expect(seen).toEqual([]);
});

test('the shown run is missed when it is deleted, be it named in the address or not', async () => {
  for (const hash of ['#run', '#run?run=a']) {
    const hub = new FakeHub();
    const app = open(hub, hash);
    await settled(app);
    list(hub, summary('b', { lastWallTime: 9 }));
    await vi.waitFor(() => expect(app.missing.get()).toEqual({ run: 'a', wasShown: true }));
    expect(app.run.get()).toBeUndefined();
    expect(app.frames.frame.get()).toBeUndefined();
    app.selectRun('b');
    await vi.waitFor(() => expect(app.run.get()?.run).toBe('b'));
  }
});

test('the newest run is shown also if it is read last, unless the page has been used before', async () => {
  const ended = (run: string, change: Parameters<typeof summary>[1]) =>
    summary(run, { state: 'completed', ...change });
  for (const isUsed of [false, true]) {
    const hub = new FakeHub();
    const a = ended('a', { lastWallTime: 10 });
    list(hub, a, ended('b', { lastWallTime: 0, lastStep: -1, readToEnd: false }));
    const app = open(hub);
    await settled(app);
    expect(app.run.get()?.run).toBe('a');
    if (isUsed) app.scrubTo(8);
    list(hub, a, ended('b', { lastWallTime: 20 }));
    await new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
    await vi.waitFor(() => expect(app.run.get()?.run).toBe(isUsed ? 'a' : 'b'));
  }
});

test('a step that is not there is named with its neighbours; the nearest is shown, and the address stays', async () => {
  for (const [step, before, after, near] of [
    [10, 8, 16, 8],
    [13, 8, 16, 16],
    [9999, 16, undefined, 16],
    [-4, undefined, 0, 0],
  ] as const) {
    const app = open(new FakeHub(), `#run?run=a&step=${step}`);
    await settled(app);
    await vi.waitFor(() => expect(absent(app)).toEqual({ from: 'log', step, before, after }));
    await vi.waitFor(() => expect([shown(app), app.step.get()]).toEqual([near, near]));
    expect(location.hash).toBe(`#run?run=a&step=${step}`);
    app.scrubTo(near);
    expect(absent(app)).toBeUndefined();
  }
});

test('a step that is there is not missed, and none is while the log is being read', async () => {
  const hub = new FakeHub();
  list(hub, summary('a', { readToEnd: false }));
  const app = open(hub, '#run?run=a&step=10');
  await vi.waitFor(() => expect(app.frames.frame.get()?.settled).toBe(true));
  expect(absent(app)).toBeUndefined();
  list(hub, summary('a'));
  await vi.waitFor(() => expect(absent(app)).toBeDefined());
  app.scrubTo(8);
  expect(absent(app)).toBeUndefined();
});

test('a step with a loss but without maps is there, and maps of that step are what is missed', async () => {
  const hub = new FakeHub();
  hub.steps['conv1/preactivation'] = [0, 16];
  hub.steps['conv1/weight'] = [0, 16];
  const app = open(hub, '#run?run=a&step=8');
  await settled(app);
  await vi.waitFor(() => expect(absent(app)).toEqual({ from: 'maps', step: 8, before: 0, after: 16 }));
  expect([shown(app), app.step.get()]).toEqual([0, 8]);
});

test('a layer that is not there is named', async () => {
  const app = open(new FakeHub(), '#run?layer=conv9');
  await settled(app);
  expect(absentLayer(app.view.get(), app.run.get()!)).toBe('conv9');
  app.selectLayer('conv1');
  expect(absentLayer(app.view.get(), app.run.get()!)).toBeUndefined();
});

test('the log is complete when it was read to its end and the page has what it holds', async () => {
  const hub = new FakeHub();
  list(hub, summary('a', { readToEnd: false }));
  const app = open(hub);
  const seen: boolean[] = [];
  app.run.subscribe(() =>
    seen.push(app.run.get()?.isComplete === true && app.run.get()?.layer === undefined),
  );
  await vi.waitFor(() => expect(app.frames.frame.get()?.settled).toBe(true));
  expect(app.run.get()?.isComplete).toBe(false);
  list(hub, summary('a'));
  await vi.waitFor(() => expect(app.run.get()?.isComplete).toBe(true));
  expect(seen).not.toContain(true);
});

test('hidden curves, filter, speed and closed panels are in the address, and are read from it', async () => {
  const hub = new FakeHub();
  const app = open(hub, '#run?run=a&hide=b&speed=4&loop=1&filter=x&closed=rail');
  expect([...app.runs.hidden.get()]).toEqual(['b']);
  expect(app.runs.filter.get()).toBe('x');
  expect(app.playback.get()).toMatchObject({ speed: 4, loop: true });
  expect(app.rail.get()).toBe(false);
  app.runs.setDrawn('c', false);
  app.runs.setDrawn('d', true);
  app.runs.filter.set('y');
  app.rail.set(true);
  app.playback.set({ ...app.playback.get(), loop: false });
  await vi.waitFor(() =>
    expect(new URLSearchParams(location.hash.slice(5)).toString()).toBe(
      'run=a&filter=y&hide=b&hide=c&draw=d&speed=4',
    ),
  );
  history.replaceState(null, '', '#run?run=a');
  app.address.read();
  expect(app.runs.hidden.get().size).toBe(0);
  expect(app.playback.get()).toMatchObject({ speed: 1, loop: false });
});

test('a link is to what is shown, and making it changes nothing', async () => {
  const app = open(new FakeHub(), '#run');
  await settled(app);
  expect(new URL(app.link()).hash).toBe('#run?run=a&layer=conv1&step=16');
  expect([app.view.get().step, location.hash]).toEqual([undefined, '#run']);
});

test('while training goes on, a link names the capture that is shown, and not the newest step', async () => {
  const hub = new FakeHub();
  hub.scalars.log('a', 'train/loss', [[19, 0.5]]);
  hub.list = { logdir: './runs', runs: [summary('a', { lastStep: 19 })] };
  const app = open(hub, '#run');
  await settled(app);
  expect([app.step.get(), shown(app)]).toEqual([19, 16]);
  expect(new URL(app.link()).hash).toBe('#run?run=a&layer=conv1&step=16');
  // A step that somebody has gone to stays.
  app.holdAt(19);
  expect(new URL(app.link()).hash).toContain('&step=19');
});

test('runs, layers and pixels are places to go back to; steps and zooming are not', async () => {
  const hub = new FakeHub();
  const app = open(hub, '#run');
  list(hub, summary('a'), summary('b'));
  await settled(app);
  const before = history.length;
  app.scrubTo(8);
  app.show({ zoom: 3 });
  app.show({ layer: 'conv1' });
  expect(history.length).toBe(before);
  app.show({ channel: 0, y: 1, x: 0 });
  app.pinHovered({ grid: 'output', channel: 0, y: 0, x: 1 });
  expect(history.length).toBe(before + 2);
  for (let i = 0; i < 20; i++) app.movePixel(i % 2 === 0 ? 1 : -1, 0);
  expect(history.length).toBe(before + 3);
  app.selectRun('b');
  expect(history.length).toBe(before + 4);
});

test('the size of the kernels, the chosen contribution and the list of terms are in the address until another layer is shown', async () => {
  const hub = new FakeHub();
  const app = open(hub, '#run?run=a&kernel-zoom=12&in=0&terms=all');
  list(hub, summary('a'), summary('b'));
  await settled(app);
  expect(app.view.get()).toMatchObject({ kernelZoom: 12, contribution: 0, allTerms: true });
  const before = history.length;
  app.show({ kernelZoom: 8 });
  await vi.waitFor(() => expect(location.hash).toBe('#run?run=a&kernel-zoom=8&in=0&terms=all'));
  expect(history.length).toBe(before);
  // The layer that is shown already.
  app.show({ layer: 'conv1', channel: 0 });
  expect(app.view.get()).toMatchObject({ kernelZoom: 8, contribution: 0 });
  app.selectRun('b');
  expect(app.view.get()).toMatchObject({ kernelZoom: undefined, contribution: undefined, allTerms: true });
});

test('captures that the hub cannot give are said to be missing, and come when they are asked for again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const hub = new FakeHub();
    const source = hub.source();
    let isBusy = true;
    const busy = {
      ...source,
      event: (...asked: Parameters<typeof source.event>) =>
        isBusy && asked[2].offset < 1000
          ? Promise.reject(new TryAgainError('The hub is busy.'))
          : source.event(...asked),
      async *events(...asked: Parameters<typeof source.events>) {
        if (isBusy && asked[2].some(({ offset }) => offset < 1000))
          throw new TryAgainError('The hub is busy.');
        yield* source.events(...asked);
      },
    };
    history.replaceState(null, '', '#run?run=a&step=8');
    const app = new RunPageState(new Runs(busy), decoder);
    await vi.waitFor(() => expect(app.frames.frame.get()).toBeDefined());
    expect(app.frames.frame.get()).toMatchObject({ settled: false, errors: [] });
    await vi.advanceTimersByTimeAsync(10_000);
    await vi.waitFor(() =>
      // They are asked for together.
      expect(app.frames.frame.get()?.errors).toEqual([
        'conv1/preactivation at step 8: The hub is busy.',
        'probes/input at step 0: The hub is busy.',
        'conv1/weight at step 8: The hub is busy.',
      ]),
    );
    await vi.waitFor(() => expect(app.frames.canRetry.get()).toBe(true));
    isBusy = false;
    app.frames.retry();
    await vi.waitFor(() => expect(app.frames.frame.get()).toMatchObject({ settled: true, errors: [] }));
    expect([shown(app), app.frames.canRetry.get()]).toEqual([8, false]);
  } finally {
    vi.useRealTimers();
  }
});

test('in a live log of scalars only, a step beyond its last one or before its first one is named', async () => {
  for (const step of [999, -4]) {
    const hub = new FakeHub();
    for (const tag of Object.keys(hub.steps)) delete hub.steps[tag];
    const app = open(hub, `#run?run=a&step=${step}`);
    await vi.waitFor(() => expect(app.run.get()?.isComplete).toBe(true));
    await vi.waitFor(() => expect(absent(app)).toMatchObject({ from: 'log', step }));
    await vi.waitFor(() => expect(app.step.get()).toBe(16));
  }
});
