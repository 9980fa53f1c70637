import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forEachKept } from '@convscope/shared/log-index/replaced-rows.js';
import { describe, expect, it } from 'vitest';
import { ORACLES, oracleJson, picture, scalar, sessionStart } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import type { FollowedLogdir } from './logdir.js';
import { followFolder } from './testing/follow-folder.js';

/** The default series of a tag: step and value of each row that is left. */
function series(logdir: FollowedLogdir, tag: string, run = '.'): [step: number, value: number][] {
  const column = logdir.runs.get(run)!.index.scalars(tag)!;
  const rows: [number, number][] = [];
  forEachKept(column.replaced, column.rows, (from, to) => {
    for (let row = from; row < to; row++) rows.push([column.step(row), column.value(row)]);
  });
  expect(rows).toHaveLength(column.keptRows);
  return rows;
}

const range = (from: number, to: number, by: number) =>
  Array.from({ length: Math.ceil((to - from) / by) }, (_, i) => from + i * by);
const losses = (steps: readonly number[], value: number) =>
  Buffer.concat(steps.map((step) => scalar('loss', step, value)));

interface Expected {
  runs: Record<
    string,
    {
      tags: Record<
        string,
        {
          plugin: string;
          steps: number[];
          events: { step: number; wall_time: number; value?: number | string }[];
          python_accumulator: 'same' | null | number[][];
          data_server?: 'same' | null | number[][];
        }
      >;
    }
  >;
}

describe('the default series', () => {
  it('of a resumed training has one value a step, the newer one', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, 'events.out.tfevents.1'), losses(range(0, 150, 5), 1));
    await writeFile(join(root, 'events.out.tfevents.2'), losses(range(100, 260, 5), 2));
    const logdir = await followFolder(root);
    expect(series(logdir, 'loss')).toEqual([
      ...range(0, 100, 5).map((step) => [step, 1]),
      ...range(100, 260, 5).map((step) => [step, 2]),
    ]);
    const column = logdir.runs.get('.')!.index.scalars('loss')!;
    expect(column.rows).toBe(62);
    expect([...column.replaced]).toEqual([20, 30]);
  });

  it('leaves out what a purge step voids, of tags that are logged again, as TensorBoard does', async () => {
    const root = await temporaryFolder();
    await writeFile(
      join(root, 'events.out.tfevents.1'),
      Buffer.concat([
        losses(range(0, 150, 5), 1),
        ...range(0, 150, 50).map((step) => scalar('lr', step, 0.1)),
        picture('shown', 50, 100),
        picture('shown', 120, 100),
      ]),
    );
    await writeFile(
      join(root, 'events.out.tfevents.2'),
      Buffer.concat([sessionStart(100), losses(range(110, 260, 5), 2), picture('shown', 150, 100)]),
    );
    const logdir = await followFolder(root);
    expect(series(logdir, 'loss').map(([step]) => step)).toEqual([
      ...range(0, 100, 5),
      ...range(110, 260, 5),
    ]);
    expect(series(logdir, 'lr').map(([step]) => step)).toEqual([0, 50, 100]);
    const shown = logdir.runs.get('.')!.index.blobs('shown', 'image')!;
    expect([...shown.replaced]).toEqual([1, 2]);
    // The run is where it stands now, also in the list of runs.
    expect(logdir.runs.get('.')!.summary()).toMatchObject({ loss: '2', lastStep: 255 });
  });

  it('is what the list of runs draws and reads', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'again'));
    await writeFile(join(root, 'again', 'events.out.tfevents.1'), losses(range(0, 40, 1), 1));
    await writeFile(
      join(root, 'again', 'events.out.tfevents.2'),
      Buffer.concat([losses(range(10, 30, 1), 2), sessionStart(20), losses([22], 3)]),
    );
    const summary = (await followFolder(root)).runs.get('again')!.summary();
    expect(summary.sparkline).toEqual([...Array(10).fill('1'), ...Array(10).fill('2'), '3']);
    expect(summary.loss).toBe('3');
    expect(summary.lastStep).toBe(22);
  });

  // What TensorBoard's data server serves, which is what `tensorboard` shows by default. Its Python reader keeps every row of
  // these logs. ARCHITECTURE.md lists where the two disagree.
  it.each([
    'keras',
    'tensorboardx',
    'tf1-summary',
    'tf2-summary',
    'torch-add-scalars',
    'torch-conv-images',
    'torch-graph',
    'torch-histograms',
    'torch-hparams',
    'torch-images',
    'torch-purge-step',
    'torch-restart',
    'torch-runs',
    'torch-scalars',
    'torch-scalars-edge',
    'torch-tags',
    'torch-text',
  ])('of %s is that of TensorBoard, and all rows are those of its Python reader', async (fixture) => {
    const logdir = await followFolder(fileURLToPath(new URL(fixture, ORACLES)));
    let compared = 0;
    for (const [run, { tags }] of Object.entries(oracleJson<Expected>(`${fixture}/expected.json`).runs)) {
      for (const [tag, { data_server: served, python_accumulator: read, steps }] of Object.entries(tags)) {
        const index = logdir.runs.get(run)!.index;
        const column = index.scalars(tag) ?? [...index.columns()].find((other) => other.tag === tag);
        expect(column, `${run} ${tag}`).toBeDefined();
        if (read !== null) {
          const rows = Array.from({ length: column!.rows }, (_, row) => column!.step(row));
          const all = read === 'same' ? steps : read.map(([step]) => step);
          expect(rows, `${run} ${tag}`).toEqual(all.map(Number));
        }
        // What the data server does not serve at all, a tag or its float64 values, is shown here.
        if (!served || served.length === 0) continue;
        const kept: number[] = [];
        forEachKept(column!.replaced, column!.rows, (from, to) => {
          for (let row = from; row < to; row++) kept.push(column!.step(row));
        });
        const expected = served === 'same' ? steps : served.map(([step]) => step);
        expect(kept, `${run} ${tag}`).toEqual(expected.map(Number));
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});
