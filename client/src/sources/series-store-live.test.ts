/** Series that grow while they are followed. */
import { expect, test, vi } from 'vitest';
import { GenerationChangedError } from './source.js';
import { long, SPIKE, setUp, smoothedAt, wave } from './testing/series-store.js';

test('live points go on where a long series ends, smoothed as if it had been read anew', async () => {
  const { scalars, store, follow, loaded } = setUp();
  scalars.log('a', 'loss', long.slice(0, 12_000));
  const series = follow('a', 'loss', 0.95);
  const curve = await loaded(series, 0.95);
  const [before, asked] = [curve.raw().length, scalars.askedSeries.length];
  for (let step = 12_000; step < 18_000; step += 100)
    store.append(series, step, scalars.log('a', 'loss', long.slice(step, step + 100)).rows);
  expect(series.isComplete).toBe(true);
  expect(curve.extent).toEqual({ first: 0, last: 17_999 });
  expect(curve.length).toBe(18_000);
  expect(curve.raw()).toContainEqual({ x: SPIKE, y: wave(SPIKE) });
  expect(curve.raw().length).toBeLessThan(2.5 * before);
  const newest = curve.readingAt(18_000);
  expect(newest).toMatchObject({ step: 17_999, raw: wave(17_999) });
  const values = long.slice(0, 18_000).map(([, value]) => value);
  expect(newest?.smoothed).toBeCloseTo(smoothedAt(values, 0.95), 9);
  expect(curve.smoothed().at(-1)?.y).toBe(newest?.smoothed);
  expect(scalars.askedSeries).toHaveLength(asked);
});

test('a part that ends with the newest point grows with it', async () => {
  const { scalars, store, follow, loaded } = setUp();
  scalars.log('a', 'loss', long.slice(0, 15_000));
  const series = follow('a', 'loss');
  const curve = await loaded(series);
  curve.look({ first: 14_000, last: 14_999 }, 1000);
  await vi.waitFor(() => expect(curve.wants.detail).toBeUndefined());
  store.append(series, 15_000, scalars.log('a', 'loss', long.slice(15_000, 15_200)).rows);
  const part = { first: 14_200, last: 15_199 };
  expect(curve.raw(part).filter(({ x }) => x >= 14_200)).toHaveLength(1000);
});

test('a series that grows long where it is followed keeps its spike, its average and its newest points', async () => {
  const { scalars, store, follow, loaded } = setUp();
  scalars.log('a', 'loss', [[0, 1]]);
  const series = follow('a', 'loss', 0.5);
  const curve = await loaded(series, 0.5);
  for (let step = 1; step < 20_000; step += 37) {
    const rows = long
      .slice(step, Math.min(20_000, step + 37))
      .map(([x, y]) => [x, x === 7000 ? 50 : y] as const);
    store.append(series, step, scalars.log('a', 'loss', rows).rows);
  }
  expect(series.isLong).toBe(true);
  expect(curve.length).toBe(20_000);
  expect(curve.raw().length).toBeLessThan(10_000);
  expect(curve.raw()).toContainEqual({ x: 7000, y: 50 });
  expect(series.points.count).toBeLessThanOrEqual(1024);
  expect(curve.newest?.smoothed).toBeCloseTo(
    smoothedAt(
      long.slice(19_900, 20_000).map(([, y]) => y),
      0.5,
    ),
    9,
  );
  expect(scalars.askedSeries).toHaveLength(1);
});

test('rows that were missed are fetched, and the overlap is dropped', async () => {
  const { scalars, store, follow, loaded } = setUp();
  for (const count of [100, 15_000]) {
    const run = `of ${count}`;
    scalars.log(run, 'loss', long.slice(0, count));
    const series = follow(run, 'loss');
    const curve = await loaded(series);
    scalars.log(run, 'loss', long.slice(count, count + 300));
    const live = scalars.log(run, 'loss', long.slice(count + 300, count + 310));
    store.append(series, live.start, live.rows);
    expect(series.isComplete).toBe(false);
    await vi.waitFor(() => expect(series.isComplete).toBe(true));
    expect(curve.length).toBe(count + 310);
    store.append(series, live.start, live.rows);
    expect(curve.length).toBe(count + 310);
    expect(curve.newest?.step).toBe(count + 309);
  }
});

test('rows that take the place of others are fetched with what they replace, and drawn when they are there', async () => {
  const { scalars, store, follow, loaded } = setUp();
  scalars.log('a', 'loss', long.slice(0, 150));
  const series = follow('a', 'loss');
  const curve = await loaded(series);
  const live = scalars.log('a', 'loss', [
    [100, 7],
    [101, 8],
  ]);
  store.append(series, live.start, live.rows);
  expect(curve.readingAt(100)?.raw).toBe(wave(100));
  await vi.waitFor(() => expect(curve.readingAt(100)?.raw).toBe(7));
  expect(curve.length).toBe(150);
});

test('what comes of another generation is not taken', async () => {
  const { scalars, follow, failed } = setUp();
  scalars.log('a', 'loss', long.slice(0, 10));
  const series = follow('a', 'loss');
  scalars.generations.set('a', 2);
  await vi.waitFor(() => expect(failed).toEqual(['a', expect.any(GenerationChangedError)]));
  expect(series.isLoaded).toBe(false);
});
