/** A run whose probes were changed at step 10. */
import { runStart } from '@convscope/shared/testing/run-start.js';
import { expect, test } from 'vitest';
import type { Loaded } from '../../blobs/capture-loader.js';
import type { CaptureRef } from '../../blobs/capture-ref.js';
import type { RunData } from '../../runs/run-data.js';
import { readProbes } from './side-probes.js';

const STEPS: Readonly<Record<string, readonly number[]>> = {
  'probes/input': [0, 10],
  'probes/pictures': [0, 10],
  'probes/choice': [10],
};

const runData = (steps = STEPS) =>
  ({
    ...{ run: 'a', generation: 1 },
    start: runStart({ data: { classes: ['horse'] }, probes: [{ index: 5, label: 0 }] }),
    blobTags: [{ tag: 'probes/choice', kind: 'text' }],
    hasAllOfBlob: () => true,
    wantBlob: () => undefined,
    blob: (tag: string) => {
      const of = steps[tag];
      const rowAt = (step: number) => {
        const row = of?.findLastIndex((one) => one <= step) ?? -1;
        return row < 0 ? undefined : row;
      };
      return of && { rows: of.length, rowAt, row: (row: number) => ({ step: of[row] }) };
    },
  }) as unknown as RunData;

const load = ({ kind }: CaptureRef): Loaded => ({
  decoded:
    kind === 'text'
      ? { kind, step: 10, strings: ['[{"index":null,"label":null,"name":"cat.png"}]'], shape: [] }
      : {
          ...{ kind: 'tensor', step: 0, shape: [1, 1], values: Float32Array.of(2) },
          range: { min: 2, max: 2, absolute: 2, positive: 2 },
        },
});

test('the pictures of a capture are those in force at its step', () => {
  const named = (step: number) => readProbes(runData(), step, true, load).probes?.named;
  expect(named(9)).toEqual([{ index: 5, label: 0, name: 'horse' }]);
  expect(named(10)).toEqual([{ index: null, label: null, name: 'cat.png' }]);
  expect(named(200)).toEqual(named(10));
});

test('nothing is said of them before all of it has come', () => {
  const { probes, refs } = readProbes(runData(), 12, true, (ref) =>
    ref.kind === 'text' ? load(ref) : undefined,
  );
  expect(probes).toBeUndefined();
  expect(refs.map(({ tag, row }) => `${tag} ${row}`)).toEqual(['probes/choice 0', 'probes/input 1']);
  expect(readProbes(runData(), 12, true, () => ({ error: 'It is damaged.' })).probes).toEqual({
    ...{ row: 1, named: undefined, input: undefined },
  });
});

test('their numbers are read where they may differ: of two runs, or of one whose probes were changed', () => {
  const tags = (steps: typeof STEPS, isAlone: boolean) =>
    readProbes(runData(steps), 12, isAlone, load).refs.map(({ tag }) => tag);
  const unchanged = { 'probes/input': [0], 'probes/pictures': [0] };
  expect(tags(unchanged, true)).toEqual([]);
  expect(tags(unchanged, false)).toEqual(['probes/input']);
  expect(tags(STEPS, true)).toEqual(['probes/choice', 'probes/input']);
});
