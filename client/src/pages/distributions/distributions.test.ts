import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { chosenSteps, placesWithin } from './chosen-steps.js';
import { histogramAt } from './histogram-at.js';
import { LinkedExtents } from './linked-extents.js';
import { layOutOffset } from './offset-plot.js';
import { layOutOverlay } from './overlay-plot.js';
import { layOutPercentiles } from './percentile-plot.js';
import type { PlotData } from './plots.js';
import { interleaved } from './shared-wishes.js';
import { placeText, ticksOn } from './x-axis.js';

describe('the steps of which histograms are fetched', () => {
  const steps = Array.from({ length: 1000 }, (_, at) => at * 3);

  it('are all of them while they are few', () => {
    expect(chosenSteps([4, 7, 9], 0, 3, 50)).toEqual({ steps: [4, 7, 9], every: 1 });
    expect(chosenSteps([], 0, 0, 50)).toEqual({ steps: [], every: 1 });
  });

  it('are spread evenly, with the newest, and no more than asked for and one', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.integer({ min: 1, max: 100 }), (a, b, most) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const { steps: chosen, every } = chosenSteps(steps, from, to, most);
        expect(chosen.length).toBeLessThanOrEqual(most + 2);
        expect(chosen.at(-1)).toBe(to > from ? steps[to - 1] : undefined);
        for (const [at, step] of chosen.entries())
          if (at > 0) expect(step - chosen[at - 1]!).toBeLessThanOrEqual(every * 3);
      }),
    );
  });

  it('stay chosen while the log grows, until they are twice as far apart', () => {
    const before = new Set(chosenSteps(steps, 0, 130, 50).steps.slice(0, -1));
    const after = chosenSteps(steps, 0, 190, 50).steps;
    expect([...before].every((step) => after.includes(step))).toBe(true);
    const much = chosenSteps(steps, 0, 900, 50).steps.slice(0, -1);
    expect(much.filter((step) => step < 130 * 3).every((step) => before.has(step))).toBe(true);
  });

  it('are those of the part that is shown', () => {
    expect(placesWithin([0, 5, 10, 15], 4, 10)).toEqual({ from: 1, to: 3 });
    expect(placesWithin([0, 5, 10, 15], 11, 14)).toEqual({ from: 0, to: 0 });
    expect(placesWithin([], 0, 10)).toEqual({ from: 0, to: 0 });
  });
});

test('the first wish of every plot comes before the second of any', () => {
  expect(interleaved([[1, 2, 3], [], [4], [5, 6]])).toEqual([1, 4, 5, 2, 6, 3]);
});

describe('linked axes', () => {
  it('reach as far as all plots that share them, and shrink when one goes', () => {
    const extents = new LinkedExtents();
    extents.set('conv1', 'a', { lo: -1, hi: 2 });
    extents.set('conv1', 'b', { lo: 0, hi: 5 });
    extents.set('conv2', 'a', { lo: 7, hi: 8 });
    expect(extents.union('conv1')).toEqual({ lo: -1, hi: 5 });
    expect(extents.union('conv1')).toBe(extents.union('conv1'));
    extents.set('conv1', 'b', undefined);
    expect(extents.union('conv1')).toEqual({ lo: -1, hi: 2 });
    extents.set('conv1', 'a', undefined);
    expect(extents.union('conv1')).toBeUndefined();
  });
});

describe('the axis of steps and times', () => {
  it('has round ticks that lie within it', () => {
    expect(ticksOn('step', { lo: 0, hi: 1000 }, 4).map(({ text }) => text)).toEqual(['0', '500', '1,000']);
    expect(ticksOn('relative', { lo: 0, hi: 600 }, 4).map(({ text }) => text)).toEqual([
      '0:00',
      '5:00',
      '10:00',
    ]);
    fc.assert(
      fc.property(
        fc.constantFrom('step' as const, 'relative' as const, 'wall' as const),
        fc.double({ min: 0, max: 1e10, noNaN: true }),
        fc.double({ min: 0, max: 1e8, noNaN: true }),
        (axis, lo, span) => {
          const ticks = ticksOn(axis, { lo, hi: lo + span }, 6);
          expect(ticks.length).toBeLessThan(20);
          for (const { at } of ticks) {
            expect(at).toBeGreaterThanOrEqual(lo - 1e-6);
            expect(at).toBeLessThanOrEqual(lo + span + 1e-6);
          }
        },
      ),
    );
  });

  it('names a step, or its time and step', () => {
    const histogram = { step: 1200, wallTime: 190 };
    expect(placeText('step', histogram, 0)).toBe('step 1,200');
    expect(placeText('relative', histogram, 60)).toBe('2:10, step 1,200');
  });
});

describe('what is under the pointer', () => {
  const at = (step: number, ...buckets: number[]) =>
    histogramAt({ kind: 'histogram', step, buckets: Float64Array.from(buckets) }, step);
  // Two peaks: at the left in the first step, at the right in the last.
  const histograms = [at(0, 0, 1, 90, 1, 2, 10), at(10, 0, 1, 10, 1, 2, 90)];
  const along = { lo: 0, hi: 10 };
  const values = { lo: 0, hi: 2 };
  const data: PlotData = { histograms, axis: 'step', start: 0, along, values, bins: 2 };
  const size = { width: 300, height: 200 };

  it('is the nearest outline and its bin, among histograms behind each other', () => {
    const plot = layOutOffset(data, size);
    expect(plot.pick(60, 10)).toEqual({ histogram: histograms[0], bin: 0 });
    expect(plot.pick(200, 170)).toEqual({ histogram: histograms[1], bin: 1 });
    expect(plot.pick(295, 100)).toBeUndefined();
  });

  it('is a single histogram in all of the height, wherever its step lies among those of others', () => {
    const lone = layOutOffset({ ...data, histograms: histograms.slice(0, 1) }, size);
    const texts: (string | number)[][] = [];
    const context = new Proxy(
      { fillText: (...text: (string | number)[]) => texts.push(text) },
      { get: (own, name) => Reflect.get(own, name) ?? (() => ({ width: 10 })), set: () => true },
    ) as unknown as CanvasRenderingContext2D;
    const look = { tokens: { bg: '#ffffff' }, colour: '#123456' };
    lone.draw(context, look as unknown as Parameters<typeof lone.draw>[1]);
    const [step] = texts.filter(([, x]) => x === size.width - 46 + 6);
    expect(step).toEqual(['0', 260, 180]);
    expect(lone.pick(60, 15)).toEqual({ histogram: histograms[0], bin: 0 });
  });

  it('is the nearest curve among histograms over each other', () => {
    const plot = layOutOverlay(data, size);
    expect(plot.pick(80, 10)).toEqual({ histogram: histograms[0], bin: 0 });
    expect(plot.pick(80, 175)).toEqual({ histogram: histograms[1], bin: 0 });
  });

  it('is the nearest step among percentiles', () => {
    const plot = layOutPercentiles(data, size, false);
    expect(plot.pick(60, 10)?.histogram.step).toBe(0);
    expect(plot.pick(280, 10)?.histogram.step).toBe(10);
    expect(plot.pickStep(9, undefined)?.histogram.step).toBe(0);
    expect(plot.pickStep(-5, undefined)?.histogram.step).toBe(0);
  });
});
