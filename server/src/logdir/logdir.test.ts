import {
  appendFile,
  copyFile,
  mkdir,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { RunListener } from '@convscope/shared/log-index/run.js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  DAMAGED_FILE,
  hparams,
  ORACLES,
  oracleBytes,
  oracleJson,
  picture,
  runEnd,
  runHead,
  scalar,
  TORCH_FILE,
  uid,
} from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { openLogdir } from '../storage/open-logdir.js';
import { StorageError } from '../storage/storage-error.js';
import type { FollowedRun } from './followed-run.js';
import { createLogdir, type FollowedLogdir } from './logdir.js';
import type { LogdirOptions } from './logdir-options.js';

const waitFor = <T>(condition: () => T | Promise<T>) =>
  vi.waitFor(condition, { timeout: 30_000, interval: 5 });

async function follow(root: string, options: Partial<LogdirOptions> = {}, listener: RunListener = {}) {
  const said: string[] = [];
  const storage = await openLocalLogdir(root);
  const logdir = createLogdir({
    storage,
    log: (line) => said.push(line),
    lookEveryMs: 30,
    stateEveryMs: 10,
    ...options,
  });
  onTestFinished(() => logdir.close());
  logdir.listen(listener);
  await logdir.start();
  await logdir.settled();
  return Object.assign(logdir, { said });
}

function points(
  run: FollowedRun | undefined,
  tag: string,
): [step: number, wallTime: number, value: number][] {
  const column = run?.index.scalars(tag);
  if (column === undefined) return [];
  const { steps, wallTimes, values } = column.read(0, column.rows);
  return Array.from(steps, (step, row) => [step, wallTimes[row]!, values[row]!]);
}

const stepsOf = (logdir: FollowedLogdir, run: string, tag: string) =>
  points(logdir.runs.get(run), tag).map(([step]) => step);

async function eventBytes(
  logdir: FollowedLogdir,
  run: string,
  file: number,
  offset: number,
  length: number,
): Promise<Buffer | null> {
  const pieces = await logdir.event(run, file, offset, length);
  if (!pieces) return null;
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}

interface Expected {
  runs: Record<
    string,
    {
      tags: Record<
        string,
        { encoding: string; events: { step: number; wall_time: number; value: number | string }[] }
      >;
    }
  >;
}

describe('a logdir of other writers', () => {
  it.each([
    'torch-scalars',
    'torch-scalars-edge',
    'torch-runs',
    'torch-restart',
    'torch-add-scalars',
    'tf2-summary',
    'keras',
    'tensorboardx',
    'torch-tags',
  ])('holds every scalar of %s that TensorBoard reads', async (fixture) => {
    const logdir = await follow(fileURLToPath(new URL(fixture, ORACLES)));
    const expected = oracleJson<Expected>(`${fixture}/expected.json`);
    let compared = 0;
    for (const [run, { tags }] of Object.entries(expected.runs)) {
      for (const [tag, { events }] of Object.entries(tags)) {
        if (
          !events.every(
            ({ value }) => typeof value === 'number' || ['NaN', 'Infinity', '-Infinity'].includes(value),
          )
        )
          continue;
        // Steps are the nearest doubles; values keep every digit of the file.
        expect(points(logdir.runs.get(run), tag), `${run} ${tag}`).toEqual(
          events.map(({ step, wall_time, value }) => [Number(step), wall_time, Number(value)]),
        );
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(0);
    for (const run of Object.keys(expected.runs)) expect(logdir.runs.get(run)?.index.gapCount).toBe(0);
  });

  it('names a run "." if the logdir itself is the run', async () => {
    const logdir = await follow(fileURLToPath(new URL('torch-scalars', ORACLES)));
    expect([...logdir.runs.keys()]).toEqual(['.']);
  });

  it('lists the place of the event of a picture and reads only such places', async () => {
    const root = await temporaryFolder();
    const head = encodeFrame(encodeFileVersion(1));
    const frame = picture('conv1', 3, 5000);
    await writeFile(join(root, TORCH_FILE), Buffer.concat([head, frame, scalar('x', 4, 1)]));
    const logdir = await follow(root);
    expect(logdir.runs.get('.')?.index.blobs('conv1', 'image')?.rows).toBe(1);
    const length = frame.length - 16;
    expect(await eventBytes(logdir, '.', 0, head.length, length)).toEqual(frame.subarray(12, -4));
    expect(await eventBytes(logdir, '.', 0, head.length, length - 1)).toBeNull();
    expect(await eventBytes(logdir, '.', 0, head.length + 1, length)).toBeNull();
    // The file version and scalars are events too, but are not in the index.
    expect(await eventBytes(logdir, '.', 0, 0, head.length - 16)).toBeNull();
    expect(
      await eventBytes(logdir, '.', 0, head.length + frame.length, scalar('x', 4, 1).length - 16),
    ).toBeNull();
    expect(await eventBytes(logdir, '.', 1, head.length, length)).toBeNull();
  });
});

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

describe('whether a run was read to its end', () => {
  it('is said once every byte of every file was read, and stays so while the run grows', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, TORCH_FILE), scalar('x', 1, 1));
    await writeFile(join(root, `${TORCH_FILE}.second`), scalar('x', 2, 1));
    const storage = await openLocalLogdir(root);
    const read = storage.read.bind(storage);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    vi.spyOn(storage, 'read').mockImplementation(async (path, ...place) => {
      if (path.endsWith('second')) await held;
      return read(path, ...place);
    });
    const told: boolean[] = [];
    const logdir = createLogdir({ storage, log: () => undefined, lookEveryMs: 30, stateEveryMs: 10 });
    onTestFinished(() => logdir.close());
    logdir.listen({ changed: (run) => told.push(run.summary().readToEnd) });
    await logdir.start();
    await waitFor(() => expect(stepsOf(logdir, '.', 'x')).toEqual([1]));
    expect(logdir.runs.get('.')?.readToEnd).toBe(false);
    release();
    await waitFor(() => expect(logdir.runs.get('.')?.summary().readToEnd).toBe(true));
    expect(stepsOf(logdir, '.', 'x')).toEqual([1, 2]);
    expect(told.at(-1)).toBe(true);
    await appendFile(join(root, TORCH_FILE), scalar('x', 3, 1));
    await waitFor(() => expect(stepsOf(logdir, '.', 'x')).toEqual([1, 2, 3]));
    expect(told.slice(told.indexOf(true))).not.toContain(false);
  });

  it('is said of an empty file, and of one that ends within a record', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'empty'));
    await mkdir(join(root, 'torn'));
    await writeFile(join(root, 'empty', TORCH_FILE), '');
    await writeFile(join(root, 'torn', TORCH_FILE), scalar('x', 1, 1).subarray(0, -3));
    const logdir = await follow(root);
    expect([...logdir.runs.values()].map((run) => run.readToEnd)).toEqual([true, true]);
  });
});

describe('the state of a run', () => {
  const start = 1_700_000_000;

  async function runOf(bytes: Buffer) {
    const root = await temporaryFolder();
    const file = join(root, TORCH_FILE);
    await writeFile(file, bytes);
    await utimes(file, start, start);
    let clock = start + 5;
    const logdir = await follow(root, { now: () => clock });
    return {
      logdir,
      file,
      state: () => logdir.runs.get('.')!.state(),
      at: (seconds: number) => {
        clock = start + seconds;
      },
    };
  }

  it('is live while bytes arrive, lost when a convscope run falls silent, and live again when bytes arrive again', async () => {
    const changes: string[] = [];
    const { logdir, file, state, at } = await runOf(runHead(uid('a')));
    logdir.listen({ changed: (run) => changes.push(run.state()) });
    expect(state()).toBe('live');
    at(31);
    expect(state()).toBe('lost');
    // Nothing changes on disk; only the clock triggers the notification.
    await waitFor(() => expect(changes.at(-1)).toBe('lost'));
    await appendFile(file, scalar('train/loss', 1, 1));
    await utimes(file, start + 31, start + 31);
    await waitFor(() => expect(state()).toBe('live'));
  });

  it('is idle for a silent log of another writer, later than the pause after which torch flushes', async () => {
    const { state, at } = await runOf(scalar('loss', 1, 1));
    expect(state()).toBe('live');
    at(125);
    expect(state()).toBe('live');
    at(151);
    expect(state()).toBe('idle');
  });

  it('is live as long as the pauses of its log are, which may be epochs', async () => {
    const epochs = [0, 1, 2, 3].map((epoch) => scalar('loss', 600 * epoch, 1));
    const { state, at } = await runOf(Buffer.concat(epochs));
    at(1200);
    expect(state()).toBe('live');
    at(1300);
    expect(state()).toBe('idle');
  });

  it('is not live because of a change in the future, by a wrong clock', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, TORCH_FILE), scalar('x', 1, 1));
    await utimes(join(root, TORCH_FILE), start + 3600, start + 3600);
    const logdir = await follow(root, { now: () => start });
    expect(logdir.runs.get('.')!.state()).toBe('idle');
  });

  it('comes with the files that cannot be read, until they can', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, TORCH_FILE), scalar('x', 1, 1));
    await writeFile(join(root, `${TORCH_FILE}.closed`), scalar('x', 2, 1));
    await mkdir(join(root, 'none'));
    await writeFile(join(root, 'none', `${TORCH_FILE}.closed`), scalar('x', 2, 1));
    await utimes(join(root, 'none', `${TORCH_FILE}.closed`), start, start);
    const storage = await openLocalLogdir(root);
    const read = storage.read.bind(storage);
    let isClosed = true;
    vi.spyOn(storage, 'read').mockImplementation((path, ...place) => {
      if (isClosed && path.endsWith('closed'))
        return Promise.reject(new StorageError('forbidden', 'EACCES: permission denied'));
      return read(path, ...place);
    });
    const logdir = await follow(root, { storage });
    const run = logdir.runs.get('.')!;
    expect(run.summary().notShown).toEqual([
      `${TORCH_FILE}.closed cannot be read (EACCES: permission denied); it is tried again.`,
    ]);
    expect(stepsOf(logdir, '.', 'x')).toEqual([1]);
    // What can be read has been read, so that nobody waits for it.
    expect(run.summary()).toMatchObject({ readToEnd: true, unreadable: 1 });
    // Of a file that cannot be read it is not known that it holds nothing.
    expect(logdir.runs.get('none')!.summary().notShown).toEqual([expect.stringContaining('cannot be read')]);
    isClosed = false;
    await waitFor(() => expect(stepsOf(logdir, '.', 'x')).toEqual([1, 2]));
    expect(run.summary().notShown).toBeUndefined();
    await waitFor(() => expect(run.summary().readToEnd).toBe(true));
    expect(run.summary().unreadable).toBeUndefined();
  });

  it('comes with what a run without records is', async () => {
    const root = await temporaryFolder();
    const files = {
      empty: Buffer.alloc(0),
      version: encodeFrame(encodeFileVersion(start)),
      compressed: gzipSync(scalar('x', 1, 1)),
    };
    for (const [run, bytes] of Object.entries(files)) {
      await mkdir(join(root, run));
      await writeFile(join(root, run, TORCH_FILE), bytes);
      await utimes(join(root, run, TORCH_FILE), start, start);
    }
    const logdir = await follow(root);
    const notShown = (run: string) => logdir.runs.get(run)!.summary().notShown;
    expect(notShown('empty')).toEqual(['The event file is empty.']);
    expect(notShown('version')).toEqual([
      'The event file holds its version and nothing else: no record was written.',
    ]);
    await waitFor(() =>
      expect(notShown('compressed')).toEqual([
        `${TORCH_FILE} is compressed (gzip); unpack it to see what it holds.`,
      ]),
    );
  });

  it('is computed once for a change, whoever asks', async () => {
    const { logdir, file } = await runOf(scalar('loss', 1, 1));
    const run = logdir.runs.get('.')!;
    const first = run.summary();
    expect(run.summary()).toBe(first);
    expect(run.detail().summary).toBe(first);
    await appendFile(file, scalar('loss', 2, 2));
    await waitFor(() => expect(run.summary().lastStep).toBe(2));
    logdir.annotate(new Map([['.', { label: 'best' }]]));
    expect(run.summary().label).toBe('best');
    logdir.annotate(new Map());
    expect(run.summary().label).toBeUndefined();
  });

  it('is live while a sender is connected', async () => {
    const { logdir, state, at } = await runOf(runHead(uid('a')));
    at(1000);
    expect(state()).toBe('lost');
    logdir.setSenders('.', 1);
    expect(state()).toBe('live');
    logdir.setSenders('.', 0);
    expect(state()).toBe('lost');
  });

  it('is the reason in the end record, until the run continues in another file', async () => {
    const { logdir, file, state } = await runOf(Buffer.concat([runHead(uid('a')), runEnd(5, 'interrupted')]));
    expect(state()).toBe('interrupted');
    await writeFile(file.replace(/\.0$/, '.1'), runHead(uid('a')));
    await waitFor(() => expect(logdir.runs.get('.')!.files).toHaveLength(2));
    await waitFor(() => expect(state()).toBe('live'));
  });

  it('comes with a sparkline and the newest loss, including NaN', async () => {
    const losses = Array.from({ length: 500 }, (_, i) => scalar('train/loss', i, i === 499 ? Number.NaN : i));
    const { logdir } = await runOf(Buffer.concat(losses));
    const { sparkline, loss, lossTag, lastStep } = logdir.runs.get('.')!.summary();
    expect([lossTag, loss]).toEqual(['train/loss', 'NaN']);
    expect(lastStep).toBe(499);
    expect(sparkline).toHaveLength(48);
    expect([sparkline[0], sparkline[47]]).toEqual(['0', 'NaN']);
  });

  it("comes with the configuration, our own or another writer's hyperparameters, and the newer value of two", async () => {
    const { logdir } = await runOf(scalar('loss', 0, 1));
    expect(logdir.runs.get('.')?.summary().config).toBeUndefined();
    const ours = await runOf(
      Buffer.concat([runHead(uid('a'), { config: { lr: 0.1 } }), hparams({ lr: 0.2, seed: 1 })]),
    );
    expect(ours.logdir.runs.get('.')?.summary().config).toEqual({ lr: 0.2, seed: 1 });

    const torch = await follow(fileURLToPath(new URL('torch-hparams', ORACLES)));
    expect(torch.runs.get('trial0')?.summary().config).toEqual({
      lr: 0.1,
      bsize: 16,
      nesterov: 1,
      opt: 'sgd',
    });
    expect(torch.runs.get('trial1')?.summary().config).toEqual({
      lr: 0.01,
      bsize: 64,
      nesterov: 0,
      opt: 'adam',
    });
  });

  it('of five hundred runs, each with the longest configuration, stays within a message of a few megabytes', async () => {
    const root = await temporaryFolder();
    const long = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`key${i}`, 'x'.repeat(100)]));
    for (let i = 0; i < 500; i++) {
      await mkdir(join(root, `run${i}`));
      await writeFile(
        join(root, `run${i}`, TORCH_FILE),
        runHead(uid('a'), { config: { lr: i / 1000, ...long } }),
      );
    }
    const logdir = await follow(root);
    const started = performance.now();
    const list = JSON.stringify([...logdir.runs.values()].map((run) => run.summary()));
    expect(performance.now() - started).toBeLessThan(2000);
    expect(list.length).toBeLessThan(500 * 5000);
    const { config, configOmitted } = logdir.runs.get('run123')!.summary();
    expect(config?.['lr']).toBe(0.123);
    expect(configOmitted).toBe(501 - Object.keys(config ?? {}).length);
  });
});

describe('a scan of a logdir', () => {
  it('follows links to folders and files, out of the logdir too, and ends where one leads back', async () => {
    const root = await temporaryFolder();
    for (const [run, step] of [
      ['store/a', 1],
      ['store/b', 2],
      ['view/plain', 3],
    ] as const) {
      await mkdir(join(root, run), { recursive: true });
      await writeFile(join(root, run, TORCH_FILE), scalar('x', step, 1));
    }
    await mkdir(join(root, 'view', 'file'));
    await symlink('../store/a', join(root, 'view', 'run-by-link'));
    await symlink('../store', join(root, 'view', 'tree-by-link'));
    await symlink(`../../store/a/${TORCH_FILE}`, join(root, 'view', 'file', TORCH_FILE));
    await symlink('..', join(root, 'view', 'loop'));
    await symlink('nowhere', join(root, 'view', 'broken'));
    const logdir = await follow(join(root, 'view'));
    expect([...logdir.runs.keys()].sort()).toEqual([
      'file',
      'loop/store/a',
      'loop/store/b',
      // One more turn, as in TensorBoard: `view` is not a link there, and the link in it leads back.
      'loop/view/file',
      'loop/view/plain',
      'loop/view/run-by-link',
      'loop/view/tree-by-link/a',
      'loop/view/tree-by-link/b',
      'plain',
      'run-by-link',
      'tree-by-link/a',
      'tree-by-link/b',
    ]);
    expect(stepsOf(logdir, 'run-by-link', 'x')).toEqual([1]);
    expect(stepsOf(logdir, 'tree-by-link/b', 'x')).toEqual([2]);
    expect(stepsOf(logdir, 'file', 'x')).toEqual([1]);
    await appendFile(join(root, 'store', 'a', TORCH_FILE), scalar('x', 9, 1));
    await waitFor(() => {
      for (const run of ['run-by-link', 'tree-by-link/a', 'file'])
        expect(stepsOf(logdir, run, 'x')).toEqual([1, 9]);
    });
    // A link that is turned to another run shows that one.
    await rm(join(root, 'view', 'run-by-link'));
    await symlink('../store/b', join(root, 'view', 'run-by-link'));
    await waitFor(() => expect(stepsOf(logdir, 'run-by-link', 'x')).toEqual([2]));
  });

  it('ends in a folder of links that all lead to each other', async () => {
    const root = await temporaryFolder();
    for (const name of ['a', 'b', 'c', 'd']) {
      await mkdir(join(root, name));
      await writeFile(join(root, name, TORCH_FILE), scalar('x', 1, 1));
      for (const other of ['a', 'b', 'c', 'd']) await symlink(`../${other}`, join(root, name, `to-${other}`));
    }
    const logdir = await follow(root, { lookEveryMs: 1e9 });
    // Every path that visits no folder twice: 4 + 4·3 + 4·3·2 + 4·3·2·1.
    expect(logdir.runs.size).toBe(64);
  });

  it('waits for a logdir that does not exist, and says so', async () => {
    const root = await temporaryFolder();
    const path = join(root, 'later');
    const logdir = await follow(root, { storage: await openLogdir([{ name: null, path }]) });
    expect(logdir.notices).toEqual([`The logdir ${path} does not exist; its runs appear when it does.`]);
    expect(logdir.said).toEqual(logdir.notices);
    await mkdir(join(path, 'run'), { recursive: true });
    await writeFile(join(path, 'run', TORCH_FILE), scalar('x', 1, 1));
    await waitFor(() => expect(stepsOf(logdir, 'run', 'x')).toEqual([1]));
    expect(logdir.notices).toEqual([]);
  });

  it('stops at the maximum depth and says so', async () => {
    const root = await temporaryFolder();
    const deep = join(root, ...Array.from({ length: 20 }, (_, i) => `d${i}`));
    await mkdir(deep, { recursive: true });
    await writeFile(join(deep, TORCH_FILE), scalar('x', 1, 1));
    const logdir = await follow(root);
    await waitFor(() => expect(logdir.said.join()).toMatch(/more than 16 levels below/));
    expect(logdir.runs.size).toBe(0);
    // Reported once, however often it scans.
    const looks = vi.fn();
    logdir.listen({ changed: looks });
    await writeFile(join(root, TORCH_FILE), scalar('x', 1, 1));
    await waitFor(() => expect(looks).toHaveBeenCalled());
    expect(logdir.said).toHaveLength(1);
  });

  it('fails with a message if the logdir cannot be created', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, 'file'), '');
    await expect(openLocalLogdir(join(root, 'file', 'logs'))).rejects.toThrow(
      /cannot be used .*choose another/,
    );
  });

  it('closes every file that it opened', async () => {
    const root = await temporaryFolder();
    for (let i = 0; i < 40; i++) {
      await mkdir(join(root, `run${i}`));
      await writeFile(join(root, `run${i}`, TORCH_FILE), scalar('x', i, 1));
    }
    const open = async () => (await readdir('/proc/self/fd')).length;
    const before = process.platform === 'linux' ? await open() : 0;
    const logdir = await follow(root);
    expect(logdir.runs.size).toBe(40);
    await logdir.close();
    if (process.platform === 'linux') expect(await open()).toBeLessThanOrEqual(before + 1);
  });
});
