import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { temporaryDirectory } from '../native-install/testing/fake-commands.js';
import { takeLock } from './file-lock.js';

describe('the file lock', () => {
  let directory: string;
  let path: string;
  beforeEach(async () => {
    directory = await temporaryDirectory();
    path = join(directory, 'native', 'install.lock');
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  async function leaveLock(holder: { pid: number; host: string; nonce: string }): Promise<void> {
    await mkdir(join(directory, 'native'), { recursive: true });
    await writeFile(path, JSON.stringify(holder));
  }

  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    async function work(): Promise<void> {
      const lock = await takeLock(path, { pollMilliseconds: 2 });
      inside++;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      await lock.release();
    }
    await Promise.all(Array.from({ length: 8 }, work));
    expect(most).toBe(1);
    expect(await readdir(join(directory, 'native'))).toEqual([]);
  });

  it('says for whom it waits', async () => {
    const first = await takeLock(path);
    const said: string[] = [];
    const second = takeLock(path, {
      pollMilliseconds: 2,
      onWait: (holder) => {
        said.push(holder);
        void first.release();
      },
    });
    await (await second).release();
    expect(said).toEqual([`process ${process.pid} on ${hostname()}`]);
  });

  it('takes over from a process that is gone', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await leaveLock({ pid, host: hostname(), nonce: 'a' });
    const lock = await takeLock(path, { onWait: () => expect.unreachable('nobody holds it') });
    await lock.release();
  });

  it.runIf(process.platform === 'linux')(
    'takes over from a process that is dead and not waited for',
    async () => {
      // A shell that becomes another program does not wait for what it started. It must have become that before the end.
      const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      try {
        const [said] = (await once(parent.stdout, 'data')) as [Buffer];
        const pid = Number(said.toString());
        await vi.waitUntil(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '), {
          timeout: 10_000,
        });
        await leaveLock({ pid, host: hostname(), nonce: 'a' });
        const lock = await takeLock(path, { onWait: () => expect.unreachable('nobody holds it') });
        await lock.release();
      } finally {
        parent.kill();
      }
    },
  );

  it('takes over from another machine only when it gave no sign of life for long', async () => {
    await leaveLock({ pid: 1, host: 'elsewhere', nonce: 'a' });
    const impatient = new AbortController();
    await expect(
      takeLock(path, { signal: impatient.signal, onWait: () => impatient.abort(new Error('still held')) }),
    ).rejects.toThrow();
    expect(impatient.signal.aborted).toBe(true);
    const longAgo = new Date(Date.now() - 61_000);
    await utimes(path, longAgo, longAgo);
    const lock = await takeLock(path, { onWait: () => expect.unreachable('it is stale') });
    await lock.release();
  });

  it('leaves a lock alone that was taken over meanwhile', async () => {
    const lock = await takeLock(path);
    await leaveLock({ pid: process.pid, host: hostname(), nonce: 'another' });
    await lock.release();
    expect(await readdir(join(directory, 'native'))).toEqual(['install.lock']);
  });
});
