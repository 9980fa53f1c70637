import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Runs } from '../../../runs/runs.js';
import { afterPaint } from '../../../ui/animation-frame.js';
import { exposeDiagnostics } from '../../../ui/diagnostics.js';
import { stackOf } from '../frames/stacks.js';
import { RunPageState } from './run-page-state.js';
import { decoder, FakeHub, mapsOf, summary } from './testing/fake-hub.js';

function open(hub: FakeHub, hash = '#run', by = decoder): RunPageState {
  location.hash = hash;
  return new RunPageState(new Runs(hub.source()), by);
}

/** A new capture every few milliseconds, until the answer is called. */
function captureWithoutPause(hub: FakeHub, pushedOf: (step: number) => readonly string[]): () => void {
  let step = 16;
  const timer = setInterval(() => {
    step += 8;
    hub.capture(step, pushedOf(step));
  }, 5);
  return () => clearInterval(timer);
}

const shownStep = (app: RunPageState) => app.frames.frame.get()?.output?.step;

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation((message) => {
    throw new Error(`The page warned: ${message}`);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  location.hash = '';
});

test('the page opens on the newest capture and watches its maps', async () => {
  const hub = new FakeHub();
  const app = open(hub);
  await vi.waitFor(() => expect(app.frames.frame.get()).toMatchObject({ step: 16, settled: true }));
  expect(app.run.get()?.steps).toEqual([0, 8, 16]);
  expect(hub.watches.at(-1)).toEqual({
    runs: ['a'],
    mapsOf: 'a',
    tags: ['conv1/preactivation', 'conv1/weight', 'probes/input'],
  });
});

test('while following, a capture that is pushed is shown without being fetched, and paid for with a credit', async () => {
  const hub = new FakeHub();
  const app = open(hub);
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  const before = hub.fetched.length;
  hub.capture(24);
  await vi.waitFor(() => expect(shownStep(app)).toBe(24));
  expect(app.frames.frame.get()?.weight?.step).toBe(24);
  expect(hub.fetched.slice(before).filter((offset) => offset % 1000 === 3)).toEqual([]);
  await vi.waitFor(() =>
    expect(hub.credits).toEqual(expect.arrayContaining(['conv1/preactivation', 'conv1/weight'])),
  );
});

test('while following, the newest map is shown before anything else that is new', async () => {
  const hub = new FakeHub();
  const app = open(hub);
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  await vi.waitFor(() => expect(app.run.get()?.steps).toEqual([0, 8, 16]));
  const order: string[] = [];
  app.frames.early.subscribe(() => {
    if (app.frames.early.get()?.step !== 24) return;
    order.push('map');
    // Whatever is set in the same task is drawn in the same frame.
    queueMicrotask(() => order.push('end of the task'));
  });
  app.frames.frame.subscribe(() => {
    if (shownStep(app) === 24) order.push('whole frame');
  });
  app.run.subscribe(() => {
    if (app.run.get()?.steps.includes(24)) order.push('readings');
  });
  app.frames.thumbnails.subscribe(() => {
    if (app.frames.thumbnails.get().get('conv1')?.step === 24) order.push('thumbnail');
  });
  hub.capture(24);
  await vi.waitFor(() => expect(order).toHaveLength(5));
  expect(order.slice(0, 2)).toEqual(['map', 'end of the task']);
});

test('while following, the picture that is shown is seen before the worker has anything to decode', async () => {
  const hub = new FakeHub();
  const asked: string[] = [];
  const order: string[] = [];
  const app = open(hub, '#run', {
    ...decoder,
    decode(request, ...rest) {
      asked.push(request.tag);
      if (order.length > 0) order.push(`decode ${request.tag}`);
      return decoder.decode(request, ...rest);
    },
    decodePicture: ({ bytes, kind }, probe) => (kind === 'channels' ? mapsOf(bytes[0]!, [probe]) : undefined),
  });
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  app.frames.early.subscribe(() => {
    if (app.frames.early.get()?.step !== 24) return;
    order.push('seen');
    afterPaint(() => order.push('painted'));
  });
  asked.length = 0;
  hub.capture(24);
  // In the very task that brought it.
  expect(order).toEqual(['seen']);
  const seen = app.frames.early.get()?.decoded;
  await vi.waitFor(() => expect(shownStep(app)).toBe(24));
  expect(order).toEqual(['seen', 'painted', 'decode conv1/preactivation', 'decode conv1/weight']);
  // Drawn once: the whole capture goes on with the very maps that were seen.
  expect(stackOf(app.frames.frame.get()!.output!.decoded, 0)).toBe(stackOf(seen!, 0));
});

test('a map that is seen before its row is known is decoded all the same', async () => {
  const hub = new FakeHub();
  const app = open(hub, '#run', {
    ...decoder,
    decodePicture: ({ bytes }, probe) => mapsOf(bytes[0]!, [probe]),
  });
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  const common = { run: 'a', generation: 1, tag: 'conv1/preactivation', kind: 'channels' };
  hub.tell((listener) => listener.blob?.({ ...common, row: 3, bytes: Uint8Array.of(3) }));
  hub.capture(24, ['conv1/weight']);
  await vi.waitFor(() => expect(shownStep(app)).toBe(24));
});

test('captures that come without a pause do not hold up the readings', async () => {
  const hub = new FakeHub();
  const app = open(hub);
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  const stop = captureWithoutPause(hub, () => ['conv1/preactivation']);
  const seen = new Set<number | undefined>();
  app.run.subscribe(() => seen.add(app.run.get()?.steps.at(-1)));
  await vi.waitFor(() => expect(seen.size).toBeGreaterThan(5), { timeout: 5000 });
  stop();
});

test('new data never moves what someone looks at, and gets no credit until they come back', async () => {
  const hub = new FakeHub();
  const app = open(hub, '#run?run=a&step=8');
  await vi.waitFor(() => expect(shownStep(app)).toBe(8));
  hub.capture(24);
  await vi.waitFor(() => expect(app.run.get()?.steps).toContain(24));
  expect(shownStep(app)).toBe(8);
  expect(hub.credits).toEqual([]);
  app.goLive();
  await vi.waitFor(() => expect(shownStep(app)).toBe(24));
  await vi.waitFor(() => expect(hub.credits).toContain('conv1/preactivation'));
});

test('stepping goes from capture to capture and stops at the ends', async () => {
  const app = open(new FakeHub());
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  app.stepBy(-1);
  await vi.waitFor(() => expect(shownStep(app)).toBe(8));
  app.stepBy(-10);
  await vi.waitFor(() => expect(shownStep(app)).toBe(0));
  app.scrubTo(11);
  await vi.waitFor(() => expect(shownStep(app)).toBe(8));
  await vi.waitFor(() => expect(location.hash).toBe('#run?run=a&step=8'));
});

test('a frame never mixes two captures: it waits for the kernels', async () => {
  const hub = new FakeHub();
  const app = open(hub);
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  const seen: (number | undefined)[][] = [];
  app.frames.frame.subscribe(() => {
    const frame = app.frames.frame.get();
    seen.push([frame?.output?.step, frame?.weight?.step]);
  });
  hub.capture(24);
  await vi.waitFor(() => expect(shownStep(app)).toBe(24));
  for (const [output, weight] of seen) expect(weight).toBe(output);
});

test('when captures come faster than their parts, the page still moves on', async () => {
  const hub = new FakeHub();
  const app = open(hub);
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  // Maps are pushed of one capture, kernels of another, as credit has it.
  const stop = captureWithoutPause(hub, (step) =>
    step % 16 === 0 ? ['conv1/weight'] : ['conv1/preactivation'],
  );
  const seen = new Set<number | undefined>();
  app.frames.frame.subscribe(() => {
    const frame = app.frames.frame.get();
    expect(frame?.weight?.step).toBe(frame?.output?.step);
    seen.add(shownStep(app));
  });
  await vi.waitFor(() => expect(seen.size).toBeGreaterThan(5), { timeout: 5000 });
  stop();
});

test('a hub that does not know the run yet, and then fails to read an index, is asked again', async () => {
  const hub = new FakeHub();
  hub.failures = ['detail', 'index'];
  const app = open(hub);
  await vi.waitFor(() => expect(app.run.get()?.error).toContain('no run'), { timeout: 3000 });
  await vi.waitFor(() => expect(app.frames.frame.get()).toMatchObject({ step: 16, settled: true }), {
    timeout: 5000,
  });
  expect(hub.failures).toEqual([]);
  expect(app.run.get()?.error).toBeUndefined();
});

test('playing shows every capture in turn and ends at the last', async () => {
  const app = open(new FakeHub());
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  const seen = new Set<number | undefined>();
  app.frames.frame.subscribe(() => seen.add(shownStep(app)));
  app.togglePlay();
  await vi.waitFor(() => expect(app.playback.get().playing).toBe(false), { timeout: 3000 });
  expect([...seen]).toEqual([0, 8, 16]);
});

test('files that were replaced void what was known', async () => {
  const hub = new FakeHub();
  const app = open(hub);
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  hub.list = { logdir: './runs', runs: [summary('a', { generation: 2 })] };
  hub.steps['conv1/preactivation'] = [0];
  hub.steps['conv1/weight'] = [0];
  hub.tell((listener) => listener.runs?.(hub.list));
  await vi.waitFor(() => expect(app.frames.frame.get()).toMatchObject({ generation: 2, step: 0 }));
  expect(app.run.get()?.steps).toEqual([0]);
});

test('a live run whose log lacks the input or the kernels of a layer is settled like any other', async () => {
  const hub = new FakeHub();
  delete hub.steps['probes/input'];
  delete hub.steps['conv1/weight'];
  exposeDiagnostics();
  const app = open(hub);
  app.hasPanes.set(true);
  app.frames.frame.subscribe(() => app.laidOut.set(app.frames.frame.get()));
  await vi.waitFor(() => expect(shownStep(app)).toBe(16));
  await vi.waitFor(() => expect(window.__convscope?.settled).toBe(true));
});
