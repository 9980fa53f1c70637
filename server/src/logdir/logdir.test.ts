/** Which runs and files a logdir finds, and when all of them have been read. */
import { appendFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ORACLES, oracleJson, picture, scalar, TORCH_FILE } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { openLogdir } from '../storage/open-logdir.js';
import { createLogdir, type FollowedLogdir } from './logdir.js';
import { type Expected, follow, points, stepsOf, waitFor } from './testing/follow-closely.js';

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
