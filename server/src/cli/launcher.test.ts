import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { childPid, childrenOf, isAlive } from '../testing/process.js';
import { readRunLog } from '../testing/run-log.js';
import { until } from '../testing/until.js';
import { type Launched, launchStandIn, launchTraining } from './testing/launched.js';

/** The time limit after Ctrl-C, and an allowance for machines that run other tests at the same time. */
const STOP_WITHIN_MS = 3_000;
const SLACK_MS = 1_500;

describe('convscope train', () => {
  const launched: Launched[] = [];
  const kept = (one: Launched): Launched => {
    launched.push(one);
    return one;
  };
  /** Real training. Most tests are about processes, signals and logs, and need no arithmetic. */
  const train = (...args: string[]) => kept(launchTraining(args));
  const start = (...args: string[]) => kept(launchStandIn(args));
  afterEach(async () => {
    for (const one of launched.splice(0)) {
      const pids = one.child.exitCode === null ? childrenOf(one.pid).map(({ pid }) => pid) : [];
      for (const pid of pids) process.kill(pid, 'SIGKILL');
      one.child.kill('SIGKILL');
      await one.ended;
      one.folder.remove();
    }
  });

  const spooled = ({ folder }: Launched) => {
    try {
      return readdirSync(join(folder.cache, 'spool'));
    } catch {
      return [];
    }
  };
  const inOrder = (steps: readonly number[]) => steps.every((step, i) => step === steps[0]! + i);

  /** Ends it with `end`. Resolves to how it ended, how long that took, and which of its processes are left. */
  async function endBy(one: Launched, end: () => unknown) {
    const pids = childrenOf(one.pid).map(({ pid }) => pid);
    expect(pids).toHaveLength(2);
    const started = performance.now();
    await end();
    const code = await one.ended;
    return { code, milliseconds: performance.now() - started, left: pids.filter(isAlive) };
  }

  it('exits with 0 after a completed run and prints its folder, which holds the whole log', async () => {
    const one = train('--steps', '12', '--exit-when-done');
    expect(await one.ended, one.output()).toBe(0);
    expect(one.output()).toContain(`Run: ${one.runDirectory}\n`);
    expect(one.output()).toMatch(/Run completed after 12 steps/);
    const { steps, gaps, end } = readRunLog(one.runDirectory);
    expect(steps).toHaveLength(12);
    expect({ gaps, inOrder: inOrder(steps), reason: end?.reason }).toEqual({
      gaps: 0,
      inOrder: true,
      reason: 'completed',
    });
    expect(spooled(one)).toEqual([]);
  });

  it.each([
    ['SIGINT', 130, train],
    ['SIGTERM', 143, start],
    ['SIGHUP', 129, start],
  ] as const)(
    'ends every process within three seconds of %s, with a complete log and the run marked interrupted',
    async (signal, expected, launchOne) => {
      const one = launchOne();
      await one.logs(5);
      const { code, milliseconds, left } = await endBy(one, () => one.child.kill(signal));
      expect(code, one.output()).toBe(expected);
      expect(left).toEqual([]);
      expect(milliseconds).toBeLessThan(STOP_WITHIN_MS + SLACK_MS);
      const { steps, gaps, end } = readRunLog(one.runDirectory);
      expect(end?.reason).toBe('interrupted');
      expect({ gaps, inOrder: inOrder(steps) }).toEqual({ gaps: 0, inOrder: true });
      expect(spooled(one)).toEqual([]);
    },
  );

  it('treats a Ctrl-C that reaches every process, and twice, as one', async () => {
    const one = start();
    await one.logs(5);
    const { code, left } = await endBy(one, () => {
      for (const { pid } of childrenOf(one.pid)) process.kill(pid, 'SIGINT');
      one.child.kill('SIGINT');
      one.child.kill('SIGINT');
    });
    expect({ code, left }).toEqual({ code: 130, left: [] });
    expect(readRunLog(one.runDirectory).end?.reason).toBe('interrupted');
  });

  it('treats a SIGTERM to every process as one', async () => {
    const one = start();
    await one.logs(5);
    const { code, left } = await endBy(one, () => {
      for (const { pid } of childrenOf(one.pid)) process.kill(pid, 'SIGTERM');
      one.child.kill('SIGTERM');
    });
    expect({ code, left }).toEqual({ code: 143, left: [] });
    expect(readRunLog(one.runDirectory).end?.reason).toBe('interrupted');
  });

  it('kills a hanging training process within three seconds, and its log is undamaged', async () => {
    const one = start();
    await one.logs(5);
    const trainer = childPid(one, 'trainer-process');
    const { code, milliseconds, left } = await endBy(one, () => {
      process.kill(trainer, 'SIGSTOP');
      one.child.kill('SIGINT');
    });
    expect({ code, left }).toEqual({ code: 130, left: [] });
    expect(milliseconds).toBeLessThan(STOP_WITHIN_MS + SLACK_MS);
    expect(readRunLog(one.runDirectory).gaps).toBe(0);
  });

  it('ends immediately on a second Ctrl-C', async () => {
    const one = start();
    await one.logs(5);
    const trainer = childPid(one, 'trainer-process');
    let second = 0;
    const { code } = await endBy(one, async () => {
      process.kill(trainer, 'SIGSTOP');
      one.child.kill('SIGINT');
      // Longer than npm and shells take to forward the first one.
      await delay(600);
      second = performance.now();
      one.child.kill('SIGINT');
    });
    expect(code).toBe(130);
    expect(performance.now() - second).toBeLessThan(500 + SLACK_MS);
    await until(() => !isAlive(trainer), one.output);
  });

  it('restarts a killed hub on its port, and the run is complete', async () => {
    const one = start('--steps', '60', '--exit-when-done');
    const [, port] = await one.prints(/Page: http:\/\/localhost:(\d+)\//);
    await one.logs(3);
    process.kill(childPid(one, 'hub-process'), 'SIGKILL');
    expect((await one.prints(/The hub is back at http:\/\/localhost:(\d+)\//))[1]).toBe(port);
    expect(await one.ended, one.output()).toBe(0);
    const { steps, gaps, end } = readRunLog(one.runDirectory);
    expect({ gaps, count: steps.length, inOrder: inOrder(steps), reason: end?.reason }).toEqual({
      gaps: 0,
      count: 60,
      inOrder: true,
      reason: 'completed',
    });
    expect(spooled(one)).toEqual([]);
  });

  it('reports that a killed training process has ended, exits with 1, and hands over its log', async () => {
    const one = start('--exit-when-done');
    await one.logs(5);
    process.kill(childPid(one, 'trainer-process'), 'SIGKILL');
    expect(await one.ended).toBe(1);
    expect(one.output()).toMatch(/training process ended unexpectedly \(SIGKILL\)/);
    const { steps, gaps, end } = readRunLog(one.runDirectory);
    expect(steps.length).toBeGreaterThanOrEqual(5);
    expect({ gaps, inOrder: inOrder(steps), end }).toEqual({ gaps: 0, inOrder: true, end: undefined });
    expect(spooled(one)).toEqual([]);
  });

  it('leaves no process behind when it is killed itself, and the run is marked interrupted', async () => {
    const one = start();
    await one.logs(5);
    const pids = childrenOf(one.pid).map(({ pid }) => pid);
    one.child.kill('SIGKILL');
    await until(() => !pids.some(isAlive), one.output);
    expect(readRunLog(one.runDirectory).end?.reason).toBe('interrupted');
    expect(spooled(one)).toEqual([]);
  });

  it('serves the page below a base path, where the log reaches it, until Ctrl-C after a completed run, and exits with 0', async () => {
    const one = start('--steps', '2', '--base-path', '/some/where');
    expect((await one.prints(/Page: (\S+)/))[1]).toMatch(/\/some\/where\/$/);
    const [, url] = await one.prints(/The page stays at (\S+)\. Ctrl-C/);
    expect(url).toMatch(/\/some\/where\/$/);
    expect((await fetch(`${url}api/runs`)).status).toBe(200);
    one.child.kill('SIGINT');
    expect(await one.ended, one.output()).toBe(0);
    const { bytes, end } = readRunLog(one.runDirectory);
    expect(end?.reason).toBe('completed');
    // The steps are those of the stand-in, which knows no accuracy.
    expect(Buffer.from(bytes).includes('train/accuracy')).toBe(false);
  });

  it('exits with 1 and a message if the data are missing, and logs nothing', async () => {
    const one = train('--data', '/nowhere/at/all', '--exit-when-done');
    expect(await one.ended).toBe(1);
    expect(one.output()).toMatch(/data_batch_1\.bin is missing/);
    expect(readRunLog(one.runDirectory).steps).toEqual([]);
    expect(spooled(one)).toEqual([]);
  });
});
