import type { CaptureSummary } from '@convscope/shared/channels/capture-summary.js';
import { expect, test } from 'vitest';
import { NO_HISTORY, type TagHistory } from './capture-histories.js';
import { findingsOf, intervalsText } from './findings.js';
import { healthAt, layerHealth } from './layer-health.js';

const range = { min: -1, max: 1, absolute: 1, positive: 1 };

/** A capture before ReLU in which the given channels of four are dead. */
function capture(
  step: number,
  dead: readonly number[],
  change: Partial<CaptureSummary> = {},
): CaptureSummary {
  const max = Float32Array.from({ length: 4 }, (_, channel) => (dead.includes(channel) ? -1 : 1));
  const min = new Float32Array(4).fill(-2);
  const nonFinite = new Uint32Array(4);
  return {
    step,
    channels: 4,
    pictures: 64,
    isSingle: false,
    range,
    min,
    max,
    nonFinite,
    duplicates: [],
    ...change,
  };
}

function historyOf(captures: readonly CaptureSummary[]): TagHistory {
  return { ...NO_HISTORY, rows: captures.length, captures };
}

/** Captures every ten steps until 600; channel 3 is dead at 110, from 220 to 260 and from 415 on. */
const steps = [...Array.from({ length: 41 }, (_, at) => at * 10), 415, 500, 600];
const isDead = (step: number) => step === 110 || (step >= 220 && step <= 260) || step >= 415;
const history = historyOf(steps.map((step) => capture(step, isDead(step) ? [3] : [])));

test('captures of which nothing can be said are not among those that were judged', () => {
  const single = { isSingle: true, max: new Float32Array(4), min: new Float32Array(4) };
  const vectors = [0, 10].map((step) => capture(step, [], single));
  expect(layerHealth(historyOf(vectors), 0, 'relu')).toMatchObject({ steps: [], judgements: [] });
  const later = layerHealth(historyOf([...vectors, capture(20, [1])]), 0, 'relu');
  expect(later.steps).toEqual([20]);
  expect(healthAt(later, 10)).toEqual([]);
});

test('a condition is a list of intervals, each from the first to the last capture that shows it', () => {
  const health = layerHealth(history, 0, 'relu');
  expect([...health.intervals.keys()]).toEqual([3]);
  expect(
    health.intervals.get(3)!.map(({ condition, from, to, holds }) => [condition, from, to, holds]),
  ).toEqual([
    ['dead', 110, 110, false],
    ['dead', 220, 260, false],
    ['dead', 415, 600, true],
  ]);
  expect([...health.counts.get('dead')!]).toEqual(steps.map((step) => (isDead(step) ? 1 : 0)));
});

test('a channel that was dead and lives again is found among all, not among those of now', () => {
  const lives = layerHealth(historyOf([capture(0, [1]), capture(10, [1, 2]), capture(20, [2])]), 0, 'relu');
  const layers = new Map([['conv1', lives]]);
  const found = (when: 'now' | 'ever') =>
    findingsOf(['conv1'], layers, when).map(({ channel, last, earlier }) => [
      channel,
      intervalsText(last, earlier),
    ]);
  expect(found('now')).toEqual([[2, '10–20']]);
  expect(found('ever')).toEqual([
    [1, '0–10'],
    [2, '10–20'],
  ]);
});

test('findings come in the order of the layers, and the longest of a layer first', () => {
  const a = layerHealth(historyOf([capture(0, [3]), capture(10, [3, 0]), capture(20, [3, 0, 1])]), 0, 'relu');
  const b = layerHealth(historyOf([capture(0, []), capture(10, []), capture(20, [2])]), 0, 'relu');
  const health = new Map([
    ['b', b],
    ['a', a],
  ]);
  expect(findingsOf(['a', 'b'], health, 'now').map(({ layer, channel }) => `${layer}/${channel}`)).toEqual([
    'a/3',
    'a/0',
    'a/1',
    'b/2',
  ]);
});

test('the newest interval comes first in words, and the others after it', () => {
  const [, , last] = layerHealth(history, 0, 'relu').intervals.get(3)!;
  const earlier = layerHealth(history, 0, 'relu').intervals.get(3)!.slice(0, 2);
  expect(intervalsText(last!, earlier)).toBe('415–600, earlier 110, 220–260');
  expect(intervalsText(last!, earlier, 1)).toBe('415–600, earlier 1 more, 220–260');
  // "NaN 0" would be read as a number of NaN.
  expect(intervalsText(earlier[0]!, [])).toBe('at 110');
  expect(intervalsText(earlier[0]!, earlier.slice(1))).toBe('at 110, earlier 220–260');
});

test('a channel that duplicates another one, and then a third, has an interval for each', () => {
  const like = (of: number, correlation: number) => ({ duplicates: [{ channel: 2, of, correlation }] });
  const health = layerHealth(
    historyOf([capture(0, [], like(0, 1)), capture(10, [], like(0, 1)), capture(20, [], like(1, -1))]),
    0,
    'relu',
  );
  expect(health.intervals.get(2)!.map(({ from, to, of }) => [from, to, of])).toEqual([
    [0, 10, { channel: 0, negative: false }],
    [20, 20, { channel: 1, negative: true }],
  ]);
});

test('behind running averages, which have yet to settle, nothing explodes that has the size of the first thousand steps', () => {
  const sized = (step: number, size: number) =>
    capture(step, [], { max: new Float32Array(4).fill(size), min: new Float32Array(4).fill(-size) });
  const exploding = (sizes: readonly (readonly [number, number])[], hasRunningAverages: boolean) => {
    const captures = sizes.map(([step, size]) => sized(step, size));
    const { intervals } = layerHealth(historyOf(captures), 0, 'none', hasRunningAverages);
    return (intervals.get(0) ?? []).map(({ condition, from, to }) => [condition, from, to]);
  };
  const settling = [
    [0, 0.04],
    [20, 5],
    [40, 8],
    [1200, 7],
  ] as const;
  expect(exploding(settling, false)).toEqual([['exploding', 20, 1200]]);
  expect(exploding(settling, true)).toEqual([]);
  expect(exploding([...settling, [1300, 790], [1400, 810], [1500, 900]], true)).toEqual([
    ['exploding', 1400, 1500],
  ]);
});

test('a step has the health of its own capture, and none before that is judged', () => {
  const health = layerHealth(history, 0, 'relu');
  const conditions = (step: number, pending = 0) =>
    healthAt({ ...health, pending }, step).map((one) => one.conditions.join());
  expect(conditions(110)).toEqual(['', '', '', 'dead']);
  expect(conditions(120)).toEqual(['', '', '', '']);
  // A new capture has that of the one before it for the moment that its judgement takes.
  expect(conditions(610)).toEqual(['', '', '', 'dead']);
  // While the history is read from its beginning, the newest capture says nothing.
  expect(conditions(9000, 800)).toEqual([]);
  expect(healthAt(undefined, 0)).toEqual([]);
});

test('a capture that cannot be read ends no interval and claims nothing', () => {
  const damaged = { ...historyOf([capture(0, [1]), capture(20, [1])]), rows: 3, unreadable: [10] };
  const health = layerHealth(damaged, 0, 'relu');
  expect(health.unreadable).toBe(1);
  expect(health.steps).toEqual([0, 20]);
  expect(healthAt(health, 10)).toEqual([]);
});

test('captures in which nothing changed share one judgement, so that what shows it is not drawn again', () => {
  const { judgements } = layerHealth(
    historyOf([capture(0, [3]), capture(10, [3]), capture(20, [1, 3])]),
    0,
    'relu',
  );
  expect(judgements[1]).toBe(judgements[0]);
  expect(judgements[2]).not.toBe(judgements[1]);
});
