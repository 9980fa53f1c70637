import { open, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { scalar, TORCH_FILE } from '../hub/testing/run-bytes.js';
import { temporaryFolder } from '../hub/testing/test-hub.js';
import { openLocalLogdir } from '../storage/local-storage.js';
import { createLogdir } from './logdir.js';

/** All of the same length. */
const records = Array.from({ length: 100 }, (_, i) => scalar('x', i + 1, i + 1));
const size = records[0]!.length;

const waitFor = (condition: () => void) => vi.waitFor(condition, { timeout: 30_000, interval: 5 });

async function follow(bytes: Uint8Array) {
  const root = await temporaryFolder();
  const path = join(root, TORCH_FILE);
  await writeFile(path, bytes);
  const storage = await openLocalLogdir(root);
  const logdir = createLogdir({ storage, log: () => undefined, lookEveryMs: 20 });
  onTestFinished(() => logdir.close());
  let voided = 0;
  logdir.listen({
    voided: () => {
      voided++;
    },
  });
  await logdir.start();
  await logdir.settled();
  const column = () => logdir.runs.get('.')!.index.scalars('x');
  return {
    path,
    logdir,
    value: (row: number) => column()?.value(row),
    rows: () => column()?.rows,
    gaps: () => logdir.runs.get('.')!.index.gapCount,
    voided: () => voided,
    /** Resolves when there is something to compare the file with. */
    sealed: () => waitFor(() => expect(logdir.runs.get('.')?.files[0]?.seal).not.toBeNull()),
  };
}

/** Overwrites a part of the file in place. */
async function overwrite(path: string, at: number, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, at);
  await file.close();
}

describe('a file that no longer holds what was read of it', () => {
  it('is read again when a hole in it was filled', async () => {
    const bytes = Buffer.concat(records);
    bytes.fill(0, 20 * size, 30 * size);
    const { path, rows, gaps } = await follow(bytes);
    await waitFor(() => expect(gaps()).toBeGreaterThan(0));
    expect(rows()).toBe(90);
    await overwrite(path, 20 * size, Buffer.concat(records.slice(20, 30)));
    await waitFor(() => expect(rows()).toBe(100));
    expect(gaps()).toBe(0);
  });

  it('is read again when a record in its middle was corrected', async () => {
    const { path, value, rows } = await follow(Buffer.concat(records));
    expect(value(50)).toBe(51);
    await overwrite(path, 50 * size, scalar('x', 51, -1));
    await waitFor(() => expect(value(50)).toBe(-1));
    expect(rows()).toBe(100);
  });

  it('is read again when it also grew meanwhile, once it could be compared', async () => {
    const { path, value, rows, sealed } = await follow(Buffer.concat(records));
    await sealed();
    await overwrite(path, 50 * size, scalar('x', 51, -1));
    await overwrite(path, 100 * size, scalar('x', 101, 101));
    await waitFor(() => expect(value(50)).toBe(-1));
    expect(rows()).toBe(101);
  });

  it('is read again when it shrank and grew', async () => {
    const { path, rows, value } = await follow(Buffer.concat(records));
    await writeFile(path, Buffer.concat(records.slice(0, 10)));
    await waitFor(() => expect(rows()).toBe(10));
    await writeFile(path, Buffer.concat([...records].reverse()));
    await waitFor(() => expect(value(0)).toBe(100));
  });

  it('is read again more rarely when it keeps changing', async () => {
    const file = await follow(Buffer.concat(records.slice(0, 3)));
    const at: number[] = [];
    file.logdir.listen({ voided: () => at.push(performance.now()) });
    for (const [changes, value] of [50, 60].entries()) {
      await file.sealed();
      await overwrite(file.path, size, scalar('x', 2, value));
      await waitFor(() => expect([at.length, file.value(1)]).toEqual([changes + 1, value]));
    }
    // Much longer than it takes to see a change.
    expect(at[1]! - at[0]!).toBeGreaterThan(900);
  });

  it('is not read again when only its time changed', async () => {
    const { path, logdir, voided, value, sealed } = await follow(Buffer.concat(records));
    await sealed();
    const file = logdir.runs.get('.')!.files[0]!;
    await utimes(path, 1, 1);
    await waitFor(() => expect(file.modified).toBe(1));
    await waitFor(() => expect(file.isTouched).toBe(false));
    expect(voided()).toBe(0);
    expect(value(99)).toBe(100);
  });
});
