import { afterEach, expect, test, vi } from 'vitest';
import type { Point } from '../series/pixel-columns.js';
import type { Look } from '../series/track-look.js';
import type { SourceListener } from './source.js';
import { FakeScalars } from './testing/fake-scalars.js';
import { TrackStore } from './track-store.js';

const POINTS = 30_000;
const SPIKE = 14_321;
const wave = (step: number) => Math.sin(step / 700) + (step === SPIKE ? 50 : 0);
const long = Array.from({ length: POINTS }, (_, step) => [step, wave(step)] as const);
const LOOK: Look = { x: 'step', weight: 0, width: 400, part: undefined };

let stores: TrackStore[] = [];
afterEach(() => {
  for (const store of stores) store.close();
  stores = [];
});

function setUp(scalars = new FakeScalars()) {
  const listeners = new Set<SourceListener>();
  const changed: string[] = [];
  const failed: (string | undefined)[] = [];
  const source = {
    ...scalars.source(),
    listen: (listener: SourceListener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const store = new TrackStore({
    source,
    originOf: () => 100,
    changed: (tags) => changed.push(...tags),
    waiting: () => undefined,
    failed: (problem) => failed.push(problem),
  });
  stores.push(store);
  const show = (names: readonly (readonly [run: string, tag: string])[], look: Look = LOOK) =>
    store.show(names.map(([run, tag]) => ({ run, tag, look })));
  const loaded = (run: string, tag: string) =>
    vi.waitFor(() => {
      const track = store.track(run, tag);
      if (track?.isLoaded !== true || track.isStale) throw new Error('It has not come.');
      return track;
    });
  /** Logs rows, which come live. */
  const log = (run: string, tag: string, rows: Parameters<FakeScalars['log']>[2]) => {
    const sent = scalars.log(run, tag, rows);
    for (const listener of listeners) listener.scalars?.(sent);
  };
  return { scalars, store, show, loaded, log, changed, failed };
}

const hasSpike = (points: readonly Point[]) => points.some(({ x, y }) => x === SPIKE && y === wave(SPIKE));

test('all that is shown at the same time is asked for in one request, and nothing else is', async () => {
  const { scalars, show, loaded } = setUp();
  const names = ['a', 'b'].flatMap((run) => ['loss', 'lr'].map((tag) => [run, tag] as const));
  for (const [run, tag] of names) scalars.log(run, tag, [[0, 3]]);
  scalars.log('c', 'loss', [[0, 1]]);
  show(names);
  for (const [run, tag] of names) await loaded(run, tag);
  expect(scalars.askedSeries.map(({ runs, tags }) => ({ runs, tags }))).toEqual([
    { runs: ['a', 'b'], tags: ['loss', 'lr'] },
  ]);
});

test('of more series than one request takes, those of the first tag are asked for by themselves', async () => {
  const { scalars, show, loaded } = setUp();
  const runs = Array.from({ length: 20 }, (_, at) => `run ${at}`);
  const tags = Array.from({ length: 15 }, (_, at) => `tag ${at}`);
  const names = tags.flatMap((tag) => runs.map((run) => [run, tag] as const));
  for (const [run, tag] of names) scalars.log(run, tag, [[0, 3]]);
  show(names);
  for (const [run, tag] of names) await loaded(run, tag);
  expect(scalars.askedSeries.map((asked) => asked.tags?.length)).toEqual([1, 10, 4]);
});

test('a short series is exact along every axis and with any smoothing, and is asked for once', async () => {
  const { scalars, show, loaded } = setUp();
  scalars.log('a', 'loss', [
    [1000, 2],
    [1010, 4],
    [1020, Number.NaN],
  ]);
  show([['a', 'loss']]);
  const track = await loaded('a', 'loss');
  expect(track.points('raw', LOOK)).toEqual([
    { x: 1000, y: 2 },
    { x: 1010, y: 4 },
    { x: 1020, y: Number.NaN },
  ]);
  show([['a', 'loss']], { ...LOOK, x: 'relative', weight: 0.5 });
  const smoothed = track.points('smoothed', { ...LOOK, x: 'relative', weight: 0.5 });
  // A step a tenth of a second, and relative time begins at 100 s. (0.5 · 0.5 · 2 + 0.5 · 4) / (1 − 0.5²)
  expect(smoothed.map(({ x }) => x)).toEqual([0, 1, 2]);
  expect(smoothed[1]!.y).toBeCloseTo(2.5 / 0.75, 12);
  expect(track.nonFinite(LOOK)).toEqual([{ x: 1020, nan: 1, plus: 0, minus: 0 }]);
  expect(track.nearest(1006, LOOK)).toMatchObject({ step: 1010, wallTime: 101, raw: 4 });
  expect(scalars.askedSeries).toHaveLength(1);
});

test('no spike of a long series is lost, and what is zoomed into comes in full', async () => {
  const { scalars, show, loaded } = setUp();
  scalars.log('a', 'loss', long);
  show([['a', 'loss']]);
  const track = await loaded('a', 'loss');
  expect(track.isExact).toBe(false);
  expect(track.points('raw', LOOK).length).toBeLessThan(1700);
  expect(hasSpike(track.points('raw', LOOK))).toBe(true);
  const zoomed = { ...LOOK, part: { first: 14_300, last: 14_340 } };
  show([['a', 'loss']], zoomed);
  await vi.waitFor(() => expect(track.points('raw', zoomed)).toHaveLength(43));
  expect(hasSpike(track.points('raw', zoomed))).toBe(true);
});

test('on a logarithmic axis no two neighbours at the beginning of a long series are drawn as one', async () => {
  const { scalars, show, loaded } = setUp();
  scalars.log('a', 'loss', long);
  const look = { ...LOOK, isLog: true };
  show([['a', 'loss']], look);
  const track = await loaded('a', 'loss');
  const first = () => track.points('raw', look).filter(({ x }) => x <= 50);
  await vi.waitFor(() => expect(first()).toHaveLength(51));
  await vi.waitFor(() => expect(scalars.askedSeries).toHaveLength(4));
  expect(first()[40]).toEqual({ x: 40, y: wave(40) });
  const points = track.points('raw', look);
  expect(points.every(({ x }, at) => at === 0 || x > points[at - 1]!.x)).toBe(true);
  // A column is nowhere much wider than a pixel of the axis.
  const perPixel = Math.log(POINTS) / look.width;
  for (let at = 1; at < points.length; at++)
    if (points[at]!.x > 100) expect(Math.log(points[at]!.x / points[at - 1]!.x)).toBeLessThan(4 * perPixel);
  expect(hasSpike(points)).toBe(true);
  // The whole of it, and beginnings of an eighth, a 64th and a 512th.
  expect(scalars.askedSeries.map(({ to }) => to)).toEqual([
    undefined,
    ...[8, 64, 512].map((by) => (POINTS - 1) / by),
  ]);
});

test('another smoothing of a long series is fetched, and the one before is drawn meanwhile', async () => {
  const { scalars, show, loaded } = setUp();
  scalars.log('a', 'loss', long);
  show([['a', 'loss']]);
  const track = await loaded('a', 'loss');
  const look = { ...LOOK, weight: 0.9 };
  show([['a', 'loss']], look);
  expect(track.points('smoothed', look)).toEqual(track.points('raw', look));
  await vi.waitFor(() => expect(hasSpike(track.points('smoothed', look))).toBe(false));
  expect(hasSpike(track.points('raw', look))).toBe(true);
});

test('rows that come live are drawn without another request, short or long', async () => {
  const { scalars, show, loaded, log, changed } = setUp();
  scalars.log('a', 'loss', long);
  scalars.log('a', 'lr', [[0, 1]]);
  show([
    ['a', 'loss'],
    ['a', 'lr'],
  ]);
  const [loss, lr] = [await loaded('a', 'loss'), await loaded('a', 'lr')];
  changed.length = 0;
  log('a', 'loss', [[POINTS, 77]]);
  log('a', 'lr', [[1, 0.5]]);
  expect(loss.points('raw', LOOK).at(-1)).toEqual({ x: POINTS, y: 77 });
  expect(lr.points('raw', LOOK)).toEqual([
    { x: 0, y: 1 },
    { x: 1, y: 0.5 },
  ]);
  expect(changed).toEqual(['loss', 'lr']);
  expect(scalars.askedSeries).toHaveLength(1);
});

test('after a restart from an earlier step the series is fetched anew, and what it replaced on request', async () => {
  const { scalars, show, loaded, log, store } = setUp();
  scalars.log(
    'a',
    'loss',
    [0, 1, 2, 3].map((step) => [step, step] as const),
  );
  show([['a', 'loss']]);
  await loaded('a', 'loss');
  log('a', 'loss', [[2, 20]]);
  await vi.waitFor(() =>
    expect(store.track('a', 'loss')?.points('raw', LOOK)).toContainEqual({ x: 2, y: 20 }),
  );
  const track = await loaded('a', 'loss');
  expect(track.earlier(LOOK)).toEqual([]);
  show([['a', 'loss']]);
  await vi.waitFor(() => expect(track.earlier(LOOK).length).toBeGreaterThan(0));
});

test('what the hub leaves out of the branches of a series is counted, and it is drawn as well', async () => {
  const scalars = new FakeScalars();
  const { series, ...source } = scalars.source();
  scalars.source = () => ({
    ...source,
    series: async (...asked) => {
      const answer = await series(...asked);
      const refused = asked[0].replaced ? [{ run: 'a', tag: 'loss', reason: 'too many', branches: 7 }] : [];
      return { ...answer, refused };
    },
  });
  const { show, loaded } = setUp(scalars);
  scalars.log('a', 'loss', [
    [0, 1],
    [1, 2],
  ]);
  show([['a', 'loss']]);
  const track = await loaded('a', 'loss');
  expect(track.earlier(LOOK)).toEqual([]);
  show([['a', 'loss']]);
  await vi.waitFor(() => expect(track.earlierLeftOut).toBe(7));
  expect(track.refusal).toBeUndefined();
});

test('rows that were missed are fetched', async () => {
  const { scalars, show, loaded, log, store } = setUp();
  scalars.log('a', 'loss', [[0, 1]]);
  show([['a', 'loss']]);
  await loaded('a', 'loss');
  scalars.log('a', 'loss', [[1, 2]]);
  log('a', 'loss', [[2, 3]]);
  await vi.waitFor(() => expect(store.track('a', 'loss')?.count).toBe(3), { timeout: 3000 });
});

test('what the hub refuses is not asked for again', async () => {
  const { scalars, show, store } = setUp();
  scalars.log('a', 'loss', [[0, 1]]);
  scalars.refusals.set('loss', 'Too much.');
  show([['a', 'loss']]);
  await vi.waitFor(() => expect(store.track('a', 'loss')?.refusal).toBe('Too much.'));
  show([['a', 'loss']]);
  await vi.waitFor(() => expect(store.track('a', 'loss')?.lacks(LOOK)).toBeUndefined());
  expect(scalars.askedSeries).toHaveLength(1);
});
