import { expect, test } from 'vitest';
import { placeOf, RUN_PLACES, runColour } from './run-colours.js';

const lookOf = (run: string) => {
  const { token, line } = runColour(placeOf(run));
  return `${token} ${line}`;
};

test('the colour of a run is fixed by its name', () => {
  // Written down: a change here changes the colours that people know their runs by.
  expect(['adam-1e-3', 'sgd-0.05', 'sweep/run00', '.', ''].map(lookOf)).toMatchInlineSnapshot(`
    [
      "run-8 dashed",
      "run-1 dotted",
      "run-5 dotted",
      "run-5 dashed",
      "run-6 solid",
    ]
  `);
});

test('runs that differ in their last number never share colour and line, up to 24 of them', () => {
  const families = [
    (k: number) => `sweep/run${String(k).padStart(2, '0')}`,
    (k: number) => `exp_2026-11-27_resnet50_imagenet_lr0.1_wd1e-4_bs256_ema0.9999_fold${k}`,
    (k: number) => `lr0.1_seed${k + 100}_long`,
  ];
  for (const family of families)
    expect(new Set(Array.from({ length: RUN_PLACES }, (_, k) => lookOf(family(k)))).size).toBe(RUN_PLACES);
});

test('rates that differ by powers of ten do not share colour and line', () => {
  const rates = ['0.1', '0.01', '0.001', '0.3', '0.03', '0.003'].map((rate) => `sweep/lr-${rate}`);
  expect(new Set(rates.map(lookOf)).size).toBe(rates.length);
  expect(new Set(rates.map((run) => runColour(placeOf(run)).token)).size).toBeGreaterThan(4);
});

test('other names spread evenly over all colours and lines', () => {
  const counts = new Map<string, number>();
  const words = ['adam', 'sgd', 'wide', 'deep', 'base', 'try', 'big', 'small', 'new', 'old'];
  for (const a of words)
    for (const b of words)
      for (const c of words) {
        const look = lookOf(`${a}-${b}_${c}`);
        counts.set(look, (counts.get(look) ?? 0) + 1);
      }
  expect(counts.size).toBe(RUN_PLACES);
  // 1000 names, about 42 each.
  for (const count of counts.values()) expect(Math.abs(count - 1000 / RUN_PLACES)).toBeLessThan(30);
});
