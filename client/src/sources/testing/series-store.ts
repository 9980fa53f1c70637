/** A store of series beside a hub that answers from memory. */
import { expect, onTestFinished, vi } from 'vitest';
import type { Curve } from '../../series/curve.js';
import type { Point } from '../../series/pixel-columns.js';
import type { Series } from '../../series/series.js';
import { SeriesStore } from '../series-store.js';
import type { Source } from '../source.js';
import { FakeScalars } from './fake-scalars.js';

export const POINTS = 30_000;
export const SPIKE = 14_321;
export const wave = (step: number) => Math.sin(step / 700) + (step === SPIKE ? 50 : 0);
export const long = Array.from({ length: POINTS }, (_, step) => [step, wave(step)] as const);

export function setUp(scalars = new FakeScalars()) {
  const changed: string[] = [];
  const failed: unknown[] = [];
  const read = vi.fn();
  // Only what is about scalars is asked for.
  const source = scalars.source() as Source;
  const store = new SeriesStore({
    source,
    changed: (runs) => changed.push(...runs),
    read,
    failed: (run, error) => failed.push(run, error),
  });
  onTestFinished(() => store.close());
  const follow = (run: string, tag: string, weight: number | null = 0): Series => {
    const series = store.open({ run, tag, generation: scalars.generationOf(run) });
    if (weight !== null) series.curve(weight);
    store.expect(series, scalars.count(run, tag));
    return series;
  };
  const loaded = async (series: Series, weight = 0): Promise<Curve> => {
    await vi.waitFor(() => expect(series.curve(weight).isReady).toBe(true));
    return series.curve(weight);
  };
  return { scalars, store, follow, loaded, changed, failed, read };
}

export const hasSpike = (points: readonly Point[]) =>
  points.some(({ x, y }) => x === SPIKE && y === wave(SPIKE));

/** TensorBoard's smoothing of the value at a place: Σ w^(n−1−i)·v_i / Σ w^(n−1−i). */
export function smoothedAt(values: readonly number[], weight: number): number {
  let [sum, weights] = [0, 0];
  for (const value of values) {
    sum = sum * weight + value;
    weights = weights * weight + 1;
  }
  return sum / weights;
}
