import { expect, test } from 'vitest';
import { curveOf, pathOf, pointAt } from './curve-path.js';
import { SUMMARY_VIEW } from './page.js';
import { isConsoleTag, isStatementTag, isSystemTag } from './run-tags.js';

test('scalars of the machine are known by their names', () => {
  for (const tag of [
    'system/process_cpu_percent',
    'perf/step_ms',
    'gpu/0/util',
    'GPU.memory',
    'train/images_per_second',
  ])
    expect(isSystemTag(tag), tag).toBe(true);
  for (const tag of ['train/loss', 'memorable', 'power_mean_loss2x', 'cpus_loss', 'systematic/error'])
    expect(isSystemTag(tag), tag).toBe(false);
  for (const tag of ['console', 'stdout/text_summary', 'run/logs']) expect(isConsoleTag(tag), tag).toBe(true);
  for (const tag of ['catalog', 'captions/text_summary']) expect(isConsoleTag(tag), tag).toBe(false);
});

test('texts that say how a run was started are known by their names', () => {
  for (const tag of ['config/text_summary', 'git/commit', 'command_line', 'args', 'hyperparameters'])
    expect(isStatementTag(tag), tag).toBe(true);
  for (const tag of ['captions/text_summary', 'digit', 'samples/3', 'environmental'])
    expect(isStatementTag(tag), tag).toBe(false);
});

test('a curve leaves out what is not finite, counts it, and keeps the newest value', () => {
  const base = { run: 0, tag: 0, branch: 0, rows: 3, from: 0, to: 2, total: 3, firstX: 0, lastX: 2 };
  const curve = curveOf(
    'loss',
    {
      ...{ kind: 'points', ...base, steps: Float64Array.of(0, 1, 2) },
      ...{ wallTimes: Float64Array.of(100, 101, 102), values: Float32Array.of(1, Number.NaN, 3) },
    },
    100,
  );
  expect(curve).toEqual({
    tag: 'loss',
    points: [
      { x: 0, y: 1 },
      { x: 2, y: 3 },
    ],
    last: 3,
    nonFinite: 1,
  });
  expect(pathOf(curve.points, { lo: 0, hi: 2 }, 100, 44)).toBe('M0.0 42.0L100.0 2.0');
  expect(pointAt(curve.points, 1.5)?.y).toBe(1);
  expect(pointAt(curve.points, -1)?.y).toBe(1);
});

test('the address names the run', () => {
  expect(SUMMARY_VIEW.parse(new URLSearchParams('run=a%2Fb'))).toEqual({ run: 'a/b', runs: undefined });
  expect(SUMMARY_VIEW.parse(new URLSearchParams(''))).toEqual({ run: undefined, runs: undefined });
  expect(SUMMARY_VIEW.format({ run: 'a/b', runs: undefined }).toString()).toBe('run=a%2Fb');
  expect(SUMMARY_VIEW.format({ run: undefined, runs: undefined }).toString()).toBe('');
});
