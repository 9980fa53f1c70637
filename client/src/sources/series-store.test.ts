import { expect, test, vi } from 'vitest';
import { hasSpike, long, POINTS, SPIKE, setUp, smoothedAt, wave } from './testing/series-store.js';

test('many short series are asked for in one request, and held as they were logged', async () => {
  const { scalars, follow, loaded } = setUp();
  const all = ['a', 'b', 'c'].flatMap((run) => ['loss', 'lr'].map((tag) => [run, tag] as const));
  for (const [run, tag] of all) scalars.log(run, tag, long.slice(0, 2500));
  const held = all.map(([run, tag]) => follow(run, tag));
  const curves = await Promise.all(held.map((series) => loaded(series)));
  expect(scalars.askedSeries).toHaveLength(1);
  for (const curve of curves) {
    expect(curve.length).toBe(2500);
    expect(curve.readingAt(1234)).toEqual({ step: 1234, raw: wave(1234), smoothed: wave(1234) });
  }
});

test('of a long series no more is fetched than is drawn, and a spike is there at every zoom', async () => {
  const { scalars, follow, loaded } = setUp();
  scalars.log('a', 'loss', long);
  const curve = await loaded(follow('a', 'loss', 0.9), 0.9);
  expect(curve.extent).toEqual({ first: 0, last: POINTS - 1 });
  expect(curve.length).toBe(POINTS);
  expect(curve.raw().length).toBeLessThan(4100);
  expect(hasSpike(curve.raw())).toBe(true);
  for (const half of [12_000, 4_000, 1_000, 100, 8]) {
    const part = { first: SPIKE - half, last: SPIKE + half };
    expect(hasSpike(curve.raw(part)), `${half}`).toBe(true);
    curve.look(part, 800);
    await vi.waitFor(() => expect(curve.wants.detail).toBeUndefined());
    const points = curve.raw(part);
    expect(hasSpike(points), `${half}`).toBe(true);
    // All of a narrow part is there, and of a wide one as much as can be seen.
    expect(points.length).toBeGreaterThan(Math.min(2 * half, 500));
    expect(points.every(({ x }, at) => at === 0 || x >= points[at - 1]!.x)).toBe(true);
    curve.look(part, 800);
    expect(curve.wants.detail).toBeUndefined();
  }
});

test('while a part is being fetched, the old drawing stays, and only the last one that was looked at is fetched', async () => {
  const { scalars, follow, loaded } = setUp();
  scalars.log('a', 'loss', long);
  const curve = await loaded(follow('a', 'loss'));
  const before = curve.raw({ first: 2000, last: 3000 });
  for (let first = 1000; first <= 2000; first += 100) {
    curve.look({ first, last: first + 1000 }, 800);
    expect(curve.raw({ first: 2000, last: 3000 })).toEqual(before);
  }
  await vi.waitFor(() => expect(curve.wants.detail).toBeUndefined());
  expect(scalars.askedSeries).toHaveLength(2);
  expect(scalars.askedSeries[1]).toMatchObject({ from: 1750, to: 3250 });
});

test('the value at a step of a long series is exact, and says its own step', async () => {
  const { scalars, follow, loaded, read } = setUp();
  scalars.log(
    'a',
    'loss',
    long.map(([step, value]) => [step * 3, value]),
  );
  const curve = await loaded(follow('a', 'loss', 0.9), 0.9);
  const values = long.slice(0, 12_346).map(([, value]) => value);
  curve.readingAt(12_345 * 3 + 2);
  await vi.waitFor(() => expect(read).toHaveBeenCalled());
  const reading = curve.readingAt(12_345 * 3 + 2);
  expect(reading).toMatchObject({ step: 12_345 * 3, raw: wave(12_345) });
  expect(reading?.smoothed).toBeCloseTo(smoothedAt(values, 0.9), 9);
  expect(curve.readingAt(-1)).toBeUndefined();
  // The newest one is held.
  const asked = scalars.askedValues.length;
  const newest = curve.readingAt(10 * POINTS);
  expect(newest).toMatchObject({ step: (POINTS - 1) * 3, raw: wave(POINTS - 1) });
  expect(newest?.smoothed).toBeCloseTo(
    smoothedAt(
      long.map(([, value]) => value),
      0.9,
    ),
    9,
  );
  expect(scalars.askedValues).toHaveLength(asked);
});

test('one value is on its way at a time, and the last step that was asked for is answered', async () => {
  const { scalars, follow, loaded } = setUp();
  scalars.log('a', 'loss', long);
  const curve = await loaded(follow('a', 'loss'));
  for (let step = 500; step < 600; step++) curve.readingAt(step);
  await vi.waitFor(() => expect(curve.readingAt(599)?.step).toBe(599));
  expect(scalars.askedValues.length).toBeLessThanOrEqual(2);
});

test.each([100, 15_000])(
  'of %d rows, those that a writer made void which began anew and went on beyond them are not drawn any more',
  async (count) => {
    const { scalars, store, follow, loaded } = setUp();
    for (const isLive of [true, false]) {
      const run = `live ${isLive}`;
      scalars.log(run, 'loss', long.slice(0, count));
      const series = follow(run, 'loss');
      const curve = await loaded(series);
      scalars.restart(run, 'loss', 50);
      const { start, rows } = scalars.log(run, 'loss', [[count + 10, 7]]);
      if (isLive) store.append(series, start, rows, scalars.kept(run, 'loss'));
      else store.expect(series, count + 1);
      await vi.waitFor(() => expect(curve.length).toBe(51));
      await vi.waitFor(() => expect(curve.readingAt(60)?.raw).toBe(wave(49)));
    }
  },
);

test('values that are not finite are counted in their columns, and found by their kind', async () => {
  const { scalars, follow, loaded } = setUp();
  const odd = new Map([
    [100, Number.NaN],
    [101, Number.NaN],
    [20_000, Number.POSITIVE_INFINITY],
    [25_000, Number.NEGATIVE_INFINITY],
  ]);
  scalars.log(
    'a',
    'loss',
    long.map(([step, value]) => [step, odd.get(step) ?? value]),
  );
  const curve = await loaded(follow('a', 'loss'));
  const found = curve.nonFinite({ first: 0, last: POINTS });
  const sum = (kind: 'nan' | 'plus' | 'minus') => found.reduce((total, one) => total + one[kind], 0);
  expect([sum('nan'), sum('plus'), sum('minus')]).toEqual([2, 1, 1]);
  expect(found.map(({ x }) => Math.round(x / 1000))).toEqual([0, 20, 25]);
  expect(curve.firstNonFinite).toBeLessThan(200);
  await vi.waitFor(() => expect(curve.readingAt(20_000)?.raw).toBe(Number.POSITIVE_INFINITY));
});

test('a newest value that is not finite is told by its kind', async () => {
  const { scalars, follow, loaded } = setUp();
  scalars.log('a', 'loss', [...long, [POINTS, Number.NaN], [POINTS + 1, Number.NEGATIVE_INFINITY]]);
  const curve = await loaded(follow('a', 'loss'));
  await vi.waitFor(() => expect(curve.newest?.raw).toBe(Number.NEGATIVE_INFINITY));
});

test('one refused scalar says why, and the others come', async () => {
  const { scalars, store, follow, loaded } = setUp();
  const tags = ['loss', 'refused', 'lr'];
  for (const tag of tags) scalars.log('a', tag, long.slice(0, 10));
  scalars.refusals.set('refused', 'This tag is too long.');
  const [loss, refused, lr] = tags.map((tag) => follow('a', tag));
  await loaded(loss!);
  await loaded(lr!);
  expect(refused?.refusal).toBe('This tag is too long.');
  expect(refused?.isComplete).toBe(true);
  // It is not asked for over and over.
  const asked = scalars.askedSeries.length;
  store.append(refused!, 10, scalars.log('a', 'refused', [[10, 1]]).rows);
  store.append(loss!, 10, scalars.log('a', 'loss', [[10, 1]]).rows);
  expect(loss?.count).toBe(11);
  await new Promise((resolve) => setTimeout(resolve));
  expect(scalars.askedSeries).toHaveLength(asked);
  // Until the run is asked for anew.
  scalars.refusals.clear();
  store.expect(refused!, 11);
  await vi.waitFor(() => expect(refused?.count).toBe(11));
});

test('the median and the newest points of a long series are asked for, and its curve is not', async () => {
  const { scalars, follow } = setUp();
  scalars.log(
    'a',
    'rate',
    long.map(([step]) => [step, step % 1001]),
  );
  const series = follow('a', 'rate', null);
  await vi.waitFor(() => expect(series.isLoaded).toBe(true));
  expect(scalars.askedSeries[0]?.width).toBe(1);
  expect(series.last).toBe((POINTS - 1) % 1001);
  expect(series.median).toBeUndefined();
  await vi.waitFor(() => expect(series.median).toBe(499.5));
  series.newest(201);
  await vi.waitFor(() => expect(series.newest(201).count).toBeGreaterThanOrEqual(201));
  const { points } = series;
  expect(points.wallTime(points.count - 1) - points.wallTime(points.count - 201)).toBeCloseTo(20, 9);
  const asked = scalars.askedSeries.length + scalars.askedValues.length;
  expect([series.median, series.newest(201).count > 200]).toEqual([499.5, true]);
  await new Promise((resolve) => setTimeout(resolve));
  expect(scalars.askedSeries.length + scalars.askedValues.length).toBe(asked);
});

test('whether a step was logged is known of a long series after it was asked', async () => {
  const { scalars, follow, loaded } = setUp();
  scalars.log(
    'a',
    'loss',
    long.map(([step, value]) => [step * 2, value]),
  );
  const series = follow('a', 'loss');
  await loaded(series);
  expect(series.hasStep(500)).toBeUndefined();
  await vi.waitFor(() => expect(series.hasStep(500)).toBe(true));
  series.hasStep(501);
  await vi.waitFor(() => expect(series.hasStep(501)).toBe(false));
  expect(series.hasStep((POINTS - 1) * 2)).toBe(true);
});

test('the points of a long series are walked one by one, once those around the step have come', async () => {
  const { scalars, follow, loaded } = setUp();
  scalars.log(
    'a',
    'loss',
    long.map(([step, value]) => [step * 10, value]),
  );
  const curve = await loaded(follow('a', 'loss'));
  curve.stepFrom(5000, 1);
  await vi.waitFor(() => expect(curve.stepFrom(5000, 1)).toBe(5010));
  expect([1, -1, 10, -10].map((by) => curve.stepFrom(5015, by))).toEqual([5020, 5000, 5110, 4910]);
  expect(curve.stepFrom(10 * POINTS, 1)).toBe(10 * (POINTS - 1));
  expect(curve.stepFrom(0, -1)).toBe(0);
});

test('a curve of another smoothing is fetched for itself, and the raw values are the same', async () => {
  const { scalars, follow, loaded } = setUp();
  scalars.log('a', 'loss', long);
  const series = follow('a', 'loss', 0);
  await loaded(series);
  const smooth = await loaded(series, 0.9);
  expect(smooth.raw()).toEqual(series.curve(0).raw());
  expect(smooth.smoothed()).not.toEqual(smooth.raw());
  series.keepCurves(new Set([0.9]));
  expect([...series.curves]).toEqual([smooth]);
});

test('the run that the page is about comes first, and the others wait for it', async () => {
  const { scalars, follow, loaded } = setUp();
  for (const run of ['a', 'b', 'c']) scalars.log(run, 'loss', long.slice(0, 10));
  let answer = () => {};
  scalars.ready = new Promise((resolve) => {
    answer = resolve;
  });
  const [a, b, c] = ['a', 'b', 'c'].map((run) => follow(run, 'loss'));
  b!.isFirst = true;
  await vi.waitFor(() => expect(scalars.askedSeries).toHaveLength(1));
  answer();
  for (const series of [a, b, c]) await loaded(series!);
  expect(scalars.askedSeries.map(({ runs }) => runs)).toEqual([['b'], ['a', 'c']]);
});

test('what was logged again comes as branches of their own, on request only', async () => {
  const { scalars, follow, loaded } = setUp();
  scalars.log('a', 'loss', long.slice(0, 100));
  scalars.log(
    'a',
    'loss',
    long.slice(80, 120).map(([step]) => [step, 7]),
  );
  const series = follow('a', 'loss');
  const curve = await loaded(series);
  expect([curve.length, series.replacedRows]).toEqual([120, 20]);
  expect(scalars.askedSeries.every(({ replaced }) => !replaced)).toBe(true);
  expect(series.earlier).toEqual([]);
  await vi.waitFor(() => expect(series.earlier).toHaveLength(1));
  expect(series.earlier[0]?.points()).toEqual(long.slice(80, 100).map(([x, y]) => ({ x, y })));
  expect(curve.readingAt(90)?.raw).toBe(7);
});
