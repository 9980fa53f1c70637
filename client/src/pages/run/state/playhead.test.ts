import { afterEach, expect, test, vi } from 'vitest';
import { Runs } from '../../../runs/runs.js';
import { RunPageState } from './run-page-state.js';
import { decoder, FakeHub, mapsOf, rowOf, summary } from './testing/fake-hub.js';

function open(hub: FakeHub, hash = '#run', decode = decoder.decode): RunPageState {
  location.hash = hash;
  return new RunPageState(new Runs(hub.source()), { ...decoder, decode });
}

const shownStep = (app: RunPageState) => app.frames.frame.get()?.output?.step;

afterEach(() => {
  location.hash = '';
  localStorage.clear();
});

test('while following, the playhead is at the newest step, even if the newest map is older', async () => {
  const hub = new FakeHub();
  hub.list = { logdir: './runs', runs: [summary('a', { lastStep: 20 })] };
  const app = open(hub);
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  await vi.waitFor(() => expect(app.step.get()).toBe(20));
  hub.list = { logdir: './runs', runs: [summary('a', { lastStep: 23 })] };
  hub.tell((listener) => listener.runs?.(hub.list));
  await vi.waitFor(() => expect(app.step.get()).toBe(23));
  expect(shownStep(app)).toBe(16);
});

test('a step between two captures is shown as it is, with the maps of the earlier one', async () => {
  const hub = new FakeHub();
  // Losses are logged at steps 0, 8 and 16.
  for (const tag of ['conv1/preactivation', 'conv1/weight']) hub.steps[tag] = [0, 16];
  const app = open(hub);
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  app.preview.set(11);
  await vi.waitFor(() => expect(app.step.get()).toBe(11));
  await vi.waitFor(() => expect(shownStep(app)).toBe(0));
  app.preview.set(undefined);
  app.holdAt(8);
  await vi.waitFor(() => expect(app.step.get()).toBe(8));
  expect(shownStep(app)).toBe(0);
});

test('a run of negative steps has a playhead, and one without records has none', async () => {
  const hub = new FakeHub();
  for (const tag of Object.keys(hub.steps)) delete hub.steps[tag];
  hub.list = { logdir: './runs', runs: [summary('a', { lastStep: -5 })] };
  const app = open(hub);
  await vi.waitFor(() => expect(app.step.get()).toBe(-5));
  const empty = new FakeHub();
  for (const tag of Object.keys(empty.steps)) delete empty.steps[tag];
  empty.list = {
    logdir: './runs',
    runs: [summary('a', { lastStep: -1, firstWallTime: 0, lastWallTime: 0 })],
  };
  const other = open(empty);
  await vi.waitFor(() => expect(other.run.get()?.data.generation).toBe(1));
  expect(other.step.get()).toBeUndefined();
});

test('a curve that is chosen is in the address, and named in links of pages that prefer it', async () => {
  const app = open(new FakeHub());
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  const { data } = app.run.get()!;
  expect(app.curve.tagOf(data)).toBe('train/loss');
  app.curve.choose('train/loss');
  expect(app.view.get().curve).toBe('train/loss');
  app.show({ curve: undefined });
  expect(new URLSearchParams(app.link().split('?')[1]).get('curve')).toBe('train/loss');
  // What was asked for another curve is not asked for a learning rate.
  app.show({ smoothing: 0.6 });
  app.curve.choose('lr');
  expect(app.view.get()).toMatchObject({ curve: 'lr', smoothing: undefined });
  expect(app.curve.tagOf(data)).toBe('lr');
  await vi.waitFor(() => expect(location.hash).toContain('curve=lr'));
});

test('once a playhead that was moved quickly rests, all of the page shows its step', async () => {
  const hub = new FakeHub();
  const steps = Array.from({ length: 12 }, (_, capture) => capture * 8);
  for (const tag of ['conv1/preactivation', 'conv1/weight']) hub.steps[tag] = steps;
  const app = open(hub);
  await vi.waitFor(() => expect(shownStep(app)).toBe(88));
  for (const step of steps) {
    app.holdAt(step);
    await vi.waitFor(() => expect(app.step.get()).toBe(step), { interval: 1 });
  }
  await vi.waitFor(() => expect(app.frames.isPaced.get()).toBe(false));
  await vi.waitFor(() => expect(shownStep(app)).toBe(88));
  expect(app.frames.rest.get()).toBe(app.frames.frame.get());
  expect(app.restStep.get()).toBe(88);
});

test('while the playhead moves only the shown probe is decoded, and where it rests the others are too', async () => {
  const hub = new FakeHub();
  const steps = Array.from({ length: 40 }, (_, capture) => capture * 8);
  for (const tag of ['conv1/preactivation', 'conv1/weight']) hub.steps[tag] = steps;
  const app = open(hub, '#run?lock=channel&step=0', async (request) =>
    request.kind === 'channels' && request.probe !== undefined
      ? mapsOf(rowOf(request.event), [request.probe])
      : decoder.decode(request),
  );
  const probesShown = () => {
    const decoded = app.frames.frame.get()?.output?.decoded;
    return decoded?.kind === 'channels' ? decoded.probes : undefined;
  };
  await vi.waitFor(() => expect(shownStep(app)).toBe(0));
  const seen = new Map<number, readonly number[] | undefined>();
  app.frames.frame.subscribe(() =>
    seen.set(shownStep(app) ?? -1, seen.get(shownStep(app) ?? -1) ?? probesShown()),
  );
  for (const step of steps) {
    app.holdAt(step);
    await vi.waitFor(() => expect(app.step.get()).toBe(step), { interval: 1 });
  }
  await vi.waitFor(() => expect([shownStep(app), probesShown()]).toEqual([312, [0, 1]]));
  expect([...seen.values()]).toContainEqual([0]);
});

test('a step that was asked for is drawn in all of the page at once, and one that comes by itself map first', async () => {
  const hub = new FakeHub();
  const app = open(hub);
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  expect(app.frames.drawsAtOnce.get()).toBe(false);
  const together: boolean[] = [];
  app.frames.frame.subscribe(() =>
    queueMicrotask(() =>
      together.push(app.frames.drawsAtOnce.get() && app.frames.rest.get() === app.frames.frame.get()),
    ),
  );
  app.holdAt(8);
  await vi.waitFor(() => expect(shownStep(app)).toBe(8));
  expect(together).toEqual([true]);
  app.goLive();
  await vi.waitFor(() => expect(app.frames.drawsAtOnce.get()).toBe(false));
});

test('of the captures that a moving playhead passes only the maps are loaded, and the rest of the page shows whole ones', async () => {
  const hub = new FakeHub();
  const steps = Array.from({ length: 60 }, (_, capture) => capture * 8);
  for (const tag of ['conv1/preactivation', 'conv1/weight']) hub.steps[tag] = steps;
  const app = open(hub, '#run?step=0');
  await vi.waitFor(() => expect(app.frames.rest.get()?.isWhole).toBe(true));
  const [passed, followed] = [new Set<number | undefined>(), new Set<number | undefined>()];
  app.frames.frame.subscribe(() => {
    if (app.frames.frame.get()?.isWhole === false) passed.add(shownStep(app));
  });
  app.frames.rest.subscribe(() => {
    const { step, output, weight, settled } = app.frames.rest.get()!;
    followed.add(step);
    expect([output?.step, weight?.step, settled]).toEqual([step, step, true]);
  });
  for (const step of steps) {
    app.holdAt(step);
    await vi.waitFor(() => expect(app.step.get()).toBe(step), { interval: 1 });
  }
  await vi.waitFor(() => expect(app.frames.rest.get()?.step).toBe(472));
  expect(app.frames.rest.get()).toBe(app.frames.frame.get());
  expect(followed.size).toBeGreaterThan(1);
  expect(passed.size).toBeGreaterThan(followed.size);
  const kernels = hub.fetched.filter((offset) => offset >= 1000 && offset < 2000);
  expect(kernels.length).toBeLessThan(steps.length);
});
