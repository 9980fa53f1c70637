import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, describe, expect, it } from 'vitest';
import { childrenOf, isAlive, killNow, startProcess, type TestProcess } from '../testing/process.js';
import { CLI, PICTURES, type TestFolder, testFolder } from '../testing/product.js';
import { readRunLog } from '../testing/run-log.js';
import { until } from '../testing/until.js';
import { withStandInTraining } from './testing/launched.js';

const STEPS = 40;
/** Of the one that computes. Its log of a capture a step is full before that. */
const COMPUTED_STEPS = 20;
/** Less than the log, more than the weights and anything else that a run writes. */
const FULL_AT_KB = 600;

// The limits of processes are POSIX. A limit on the size of files is met as a full disk is, by a write that fails.
describe.skipIf(process.platform === 'win32')('convscope train on a disk that refuses', () => {
  const folders: TestFolder[] = [];
  const processes: TestProcess[] = [];
  afterEach(async () => {
    for (const { pid } of processes) killNow(pid);
    await Promise.all(processes.splice(0).map(({ ended }) => ended));
    for (const folder of folders.splice(0)) folder.remove();
  });

  function folderOf(): TestFolder {
    const folder = testFolder();
    folders.push(folder);
    return folder;
  }

  /** All but the one with a limit log without computing: see stand-in-training.cjs. */
  function train(folder: TestFolder, args: readonly string[] = [], limitKb?: number): TestProcess {
    const quick = ['--backend', 'wasm', '--threads', '1', '--batch', '16', '--model', 'lenet'];
    const all = [
      ...[CLI, 'train', '--logdir', folder.logdir, '--no-open', '--port', '0', '--exit-when-done'],
      ...['--name', 'r', '--data', PICTURES, ...quick, '--steps', String(STEPS), ...args],
    ];
    const env = limitKb === undefined ? withStandInTraining(folder.env) : folder.env;
    const limited = ['-c', 'ulimit -f "$0"; exec "$@"', String(limitKb), process.execPath, ...all];
    const started =
      limitKb === undefined ? startProcess(all, { env }) : startProcess(limited, { env, node: 'bash' });
    processes.push(started);
    return started;
  }

  it('logs everything through the hub when only the cache refuses', async () => {
    const folder = folderOf();
    writeFileSync(join(folder.root, 'cache'), 'a file in the way');
    const one = train(folder, ['--capture-every', '5']);
    expect(await one.ended, one.output()).toBe(0);
    const { steps, gaps, end } = readRunLog(join(folder.logdir, 'r'));
    expect({ steps: steps.length, gaps, reason: end?.reason }).toEqual({
      steps: STEPS,
      gaps: 0,
      reason: 'completed',
    });
    expect(one.output()).toContain('The log goes to the hub from memory.');
    expect(one.output()).toContain(`Run completed after ${STEPS} steps`);
    expect(one.output()).not.toContain('spool for the next start');
  });

  it('logs everything through the hub when the cache is deleted while it trains', async () => {
    const folder = folderOf();
    const one = train(folder, ['--capture-every', '5']);
    await until(() => readRunLog(join(folder.logdir, 'r')).steps.length > 3, one.output);
    rmSync(folder.cache, { recursive: true });
    writeFileSync(folder.cache, 'a file in the way');
    expect(await one.ended, one.output()).toBe(0);
    const { steps, gaps, end } = readRunLog(join(folder.logdir, 'r'));
    expect({ steps: steps.length, gaps, reason: end?.reason }).toEqual({
      steps: STEPS,
      gaps: 0,
      reason: 'completed',
    });
  });

  it('has the end of the run in the log when the launcher is killed and the cache refuses', async () => {
    const folder = folderOf();
    writeFileSync(join(folder.root, 'cache'), 'a file in the way');
    const one = train(folder, ['--capture-every', '0', '--steps', '100000', '--epochs', '10000']);
    const directory = join(folder.logdir, 'r');
    await until(() => readRunLog(directory).steps.length > 3, one.output);
    const pids = childrenOf(one.pid).map(({ pid }) => pid);
    killNow(one.pid);
    await until(() => !pids.some(isAlive), one.output);
    expect(readRunLog(directory).end?.reason).toBe('interrupted');
  });

  it('trains to the end when hub and cache are full, says what is lost, and has a code for it', async () => {
    const folder = folderOf();
    const args = ['--capture-every', '1', '--steps', String(COMPUTED_STEPS)];
    const one = train(folder, args, FULL_AT_KB);
    expect(await one.ended, one.output()).toBe(3);
    const output = one.output();
    expect(output).toContain(`Training ended after ${COMPUTED_STEPS} steps`);
    expect(output).not.toContain('Run completed');
    const logged = readRunLog(join(folder.logdir, 'r')).steps.length;
    expect(logged).toBeLessThan(COMPUTED_STEPS);
    expect(output).toMatch(new RegExp(`Lost from the log: ${COMPUTED_STEPS - logged} losse?s? \\(`));
    expect(output).toMatch(/Lost from the log: .* maps \(steps /);
    expect(output).toContain('1 end of the run');
  });

  it('keeps the log in the spool when the hub cannot write, says where, and has a code for it', async () => {
    const folder = folderOf();
    const directory = join(folder.logdir, 'r');
    const one = train(folder, ['--capture-every', '0']);
    await until(() => readRunLog(directory).steps.length > 3, one.output);
    const file = join(directory, readdirSync(directory).find((name) => name.includes('tfevents'))!);
    rmSync(file);
    mkdirSync(file);
    expect(await one.ended, one.output()).toBe(4);
    const [, spool] = /the rest waits in (\S+) for the next start/.exec(one.output()) ?? [];
    expect(spool, one.output()).toBeDefined();
    expect(existsSync(spool!)).toBe(true);
    expect(readRunLog(spool!).steps).toHaveLength(STEPS);
  });
});
