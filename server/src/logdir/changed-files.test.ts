/** What is known of a run when its files grow, are replaced or shortened, or are damaged. */
import { appendFile, copyFile, mkdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  DAMAGED_FILE,
  ORACLES,
  oracleBytes,
  oracleJson,
  scalar,
  TORCH_FILE,
} from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { type Expected, follow, points, stepsOf, waitFor } from './testing/follow-closely.js';

describe('a file that grows', () => {
  it('is followed wherever a write ends, and no point appears twice', async () => {
    const root = await temporaryFolder();
    const file = join(root, TORCH_FILE);
    const bytes = oracleBytes(`torch-scalars/${TORCH_FILE}`);
    const seen: number[] = [];
    await writeFile(file, bytes.subarray(0, 1));
    const logdir = await follow(
      root,
      {},
      { grown: (run) => seen.push(run.detail().tags.reduce((sum, { rows }) => sum + rows, 0)) },
    );
    for (let at = 1; at < bytes.length; at += 97) {
      await appendFile(file, bytes.subarray(at, at + 97));
      const size = Math.min(bytes.length, at + 97);
      await waitFor(() => expect(logdir.runs.get('.')?.files[0]?.offset).toBe(size));
    }
    const expected = oracleJson<Expected>('torch-scalars/expected.json').runs['.']!.tags;
    for (const [tag, { events }] of Object.entries(expected)) {
      expect(points(logdir.runs.get('.'), tag)).toEqual(
        events.map(({ step, wall_time, value }) => [step, wall_time, Number(value)]),
      );
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(logdir.runs.get('.')?.index.gapCount).toBe(0);
  });

  it('is read at once after a nudge, without waiting for the next scan', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, TORCH_FILE), scalar('x', 1, 1));
    const logdir = await follow(root, { lookEveryMs: 1e9 });
    await appendFile(join(root, TORCH_FILE), scalar('x', 2, 1));
    logdir.nudge('.', TORCH_FILE);
    await waitFor(() => expect(stepsOf(logdir, '.', 'x')).toEqual([1, 2]));
    await mkdir(join(root, 'new'));
    await writeFile(join(root, 'new', TORCH_FILE), scalar('x', 9, 1));
    logdir.nudge('new', TORCH_FILE);
    await waitFor(() => expect(stepsOf(logdir, 'new', 'x')).toEqual([9]));
  });

  it('is found by scanning alone if the system sends no notifications', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, TORCH_FILE), scalar('x', 1, 1));
    const storage = { ...(await openLocalLogdir(root)), watch: () => null };
    const logdir = await follow(root, { storage });
    await appendFile(join(root, TORCH_FILE), scalar('x', 2, 1));
    await waitFor(() => expect(stepsOf(logdir, '.', 'x')).toEqual([1, 2]));
  });

  it('is joined by further files of the same run, initially in name order', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, 'events.out.tfevents.2'), scalar('x', 20, 1));
    await writeFile(join(root, 'events.out.tfevents.1'), scalar('x', 10, 1));
    const logdir = await follow(root);
    expect(stepsOf(logdir, '.', 'x')).toEqual([10, 20]);
    const { generation } = logdir.runs.get('.')!.index;
    // Sorts before both, but files that were read keep their number.
    await writeFile(join(root, 'events.out.tfevents.0'), scalar('x', 5, 1));
    await waitFor(() => expect(stepsOf(logdir, '.', 'x')).toEqual([10, 20, 5]));
    await appendFile(join(root, 'events.out.tfevents.1'), scalar('x', 11, 1));
    await waitFor(() => expect(stepsOf(logdir, '.', 'x')).toEqual([10, 20, 5, 11]));
    expect(logdir.runs.get('.')!.index.generation).toBe(generation);
    expect(logdir.runs.get('.')!.files.map(({ name }) => name.at(-1))).toEqual(['1', '2', '0']);
  });
});

describe('a file that is replaced or shortened', () => {
  async function tenPoints() {
    const root = await temporaryFolder();
    const file = join(root, TORCH_FILE);
    await writeFile(file, Buffer.concat(Array.from({ length: 10 }, (_, i) => scalar('x', i, i))));
    const voided: string[] = [];
    const logdir = await follow(root, {}, { voided: (run) => voided.push(run.id) });
    expect(stepsOf(logdir, '.', 'x')).toHaveLength(10);
    return { root, file, logdir, voided, generation: logdir.runs.get('.')!.index.generation };
  }

  it('is read again in a new generation after it was shortened', async () => {
    const { file, logdir, generation, voided } = await tenPoints();
    await truncate(
      file,
      [0, 1, 2].reduce((size, i) => size + scalar('x', i, i).length, 0),
    );
    await waitFor(() => expect(stepsOf(logdir, '.', 'x')).toHaveLength(3));
    expect(logdir.runs.get('.')!.index.generation).toBeGreaterThan(generation);
    expect(voided).toContain('.');
  });

  it('is read again after another file replaced it', async () => {
    const { root, file, logdir, generation } = await tenPoints();
    await writeFile(
      join(root, 'draft'),
      Buffer.concat(Array.from({ length: 12 }, (_, i) => scalar('x', 100 + i, i))),
    );
    await rename(join(root, 'draft'), file);
    await waitFor(() =>
      expect(stepsOf(logdir, '.', 'x')).toEqual(Array.from({ length: 12 }, (_, i) => 100 + i)),
    );
    expect(logdir.runs.get('.')!.index.generation).toBeGreaterThan(generation);
  });

  it('is read again after it was overwritten in place and became longer', async () => {
    const { file, logdir } = await tenPoints();
    await writeFile(file, Buffer.concat(Array.from({ length: 15 }, (_, i) => scalar('x', 200 + i, i))));
    await waitFor(() =>
      expect(stepsOf(logdir, '.', 'x')).toEqual(Array.from({ length: 15 }, (_, i) => 200 + i)),
    );
    expect(logdir.runs.get('.')!.index.gapCount).toBe(0);
  });

  it('is read again after it was overwritten in place with the same length', async () => {
    const { file, logdir } = await tenPoints();
    const other = Buffer.concat(Array.from({ length: 10 }, (_, i) => scalar('x', i, i + 0.5)));
    expect(other.length).toBe((await stat(file)).size);
    await writeFile(file, other);
    await waitFor(() => expect(points(logdir.runs.get('.'), 'x').map(([, , value]) => value)[9]).toBe(9.5));
  });

  it('loses its points when it is deleted, and the run too if it was the last file', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'run'));
    await writeFile(join(root, 'run', 'events.out.tfevents.1'), scalar('x', 1, 1));
    await writeFile(join(root, 'run', 'events.out.tfevents.2'), scalar('x', 2, 1));
    const removed: string[] = [];
    const logdir = await follow(root, {}, { removed: (run) => removed.push(run) });
    expect(stepsOf(logdir, 'run', 'x')).toEqual([1, 2]);
    await rm(join(root, 'run', 'events.out.tfevents.1'));
    await waitFor(() => expect(stepsOf(logdir, 'run', 'x')).toEqual([2]));
    await rm(join(root, 'run'), { recursive: true });
    await waitFor(() => expect([...logdir.runs.keys()]).toEqual([]));
    expect(removed).toEqual(['run']);
  });

  it('comes back when its logdir comes back', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'logs', 'run'), { recursive: true });
    await writeFile(join(root, 'logs', 'run', TORCH_FILE), scalar('x', 1, 1));
    const logdir = await follow(join(root, 'logs'));
    await rename(join(root, 'logs'), join(root, 'away'));
    await waitFor(() => expect([...logdir.runs.keys()]).toEqual([]));
    await rename(join(root, 'away'), join(root, 'logs'));
    await waitFor(() => expect(stepsOf(logdir, 'run', 'x')).toEqual([1]));
  });
});

describe('damage', () => {
  interface DamagedCase {
    lost_base_records: number[];
    readable_before_first_damage: number[];
    readable_after_resync_only: number[];
  }
  const damaged = oracleJson<{
    base_events: { index: number; step: number; tag?: string; value?: number }[];
    cases: Record<string, DamagedCase>;
  }>('damaged/expected.json');

  it.each([
    'flip-data',
    'flip-length-large',
    'garbage-inserted',
    'zero-hole',
    'length-2e40-valid-crc',
    'byte-removed',
  ])('of the kind %s loses only what it hit, and is reported as gaps', async (name) => {
    const root = await temporaryFolder();
    await copyFile(new URL(`damaged/${name}/${DAMAGED_FILE}`, ORACLES), join(root, DAMAGED_FILE));
    const gaps: [number | null, number | null][] = [];
    const logdir = await follow(root, {}, { gap: (_run, gap) => gaps.push([gap.afterStep, gap.beforeStep]) });
    const { readable_before_first_damage, readable_after_resync_only } = damaged.cases[name]!;
    const intact = new Set([...readable_before_first_damage, ...readable_after_resync_only]);
    const byTag = new Map<string, number[]>();
    for (const { index, step, tag, value } of damaged.base_events) {
      if (tag === undefined || value === undefined || !intact.has(index)) continue;
      byTag.set(tag, [...(byTag.get(tag) ?? []), step]);
    }
    expect(byTag.size).toBeGreaterThan(0);
    for (const [tag, steps] of byTag) expect(stepsOf(logdir, '.', tag)).toEqual(steps);
    await waitFor(() => expect(gaps.length).toBeGreaterThan(0));
    const detail = logdir.runs.get('.')!.detail();
    expect(detail.summary.gaps).toBe(gaps.length);
    expect(detail.gaps[0]).toMatchObject({
      file: DAMAGED_FILE,
      offset: expect.any(Number),
      reason: expect.stringMatching(/\.$/),
    });
    for (const [after, before] of gaps)
      if (after !== null && before !== null) expect(before).toBeGreaterThanOrEqual(after);
  });

  it('at the end is reported once the file stops changing, but a record still being written is not', async () => {
    const root = await temporaryFolder();
    const whole = scalar('x', 1, 1);
    await writeFile(join(root, TORCH_FILE), Buffer.concat([whole, scalar('x', 2, 2).subarray(0, 20)]));
    await mkdir(join(root, 'zeros'));
    await writeFile(join(root, 'zeros', TORCH_FILE), Buffer.concat([whole, new Uint8Array(500)]));
    const logdir = await follow(root);
    await waitFor(() =>
      expect(logdir.runs.get('zeros')?.index.gapSummaries()).toMatchObject([
        { offset: whole.length, length: 500, afterStep: 1, beforeStep: null },
      ]),
    );
    await waitFor(() => expect(logdir.runs.get('.')?.files[0]?.finished).toBe(true));
    expect(logdir.runs.get('.')?.index.gapCount).toBe(0);
    await appendFile(join(root, TORCH_FILE), scalar('x', 2, 2).subarray(20));
    await waitFor(() => expect(stepsOf(logdir, '.', 'x')).toEqual([1, 2]));
    expect(logdir.runs.get('.')?.index.gapCount).toBe(0);
  });

  it('that fills a whole file does not affect other runs', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'good'));
    await writeFile(join(root, 'good', TORCH_FILE), scalar('x', 1, 1));
    await writeFile(
      join(root, 'noise.tfevents'),
      Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 2_654_435_761) >>> 13)),
    );
    const logdir = await follow(root);
    await waitFor(() => expect(logdir.runs.get('.')?.index.gapCount).toBeGreaterThan(0));
    expect(stepsOf(logdir, 'good', 'x')).toEqual([1]);
  });
});
