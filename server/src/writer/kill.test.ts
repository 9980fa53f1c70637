import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  runBytes,
  startHubProcess,
  startSender,
  stepsIn,
  type TestProcess,
  testFolder,
} from './testing/processes.js';

/** Moments of each kind. The seed decides them all; a failure prints it. */
const MOMENTS = 20;
const SEED = 20_260_703;
const STEPS = 250;

function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function lastAcknowledged(sender: TestProcess): number {
  return Number([...sender.output().matchAll(/ack (\d+)/g)].at(-1)?.[1] ?? 0);
}

/** Resolves once the hub has acknowledged at least so many bytes. */
function acknowledges(sender: TestProcess, bytes: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (lastAcknowledged(sender) < bytes) return;
      sender.child.stdout?.off('data', look);
      resolve(undefined);
    };
    sender.child.stdout?.on('data', look);
    void sender.ended.then(() =>
      lastAcknowledged(sender) >= bytes ? resolve(undefined) : reject(new Error(sender.output())),
    );
    look();
  });
}

function spoolBytes(cache: string, uid: string): number {
  const directory = join(cache, 'spool', uid);
  if (!existsSync(directory)) return 0;
  const file = readdirSync(directory).find((name) => name.includes('tfevents'));
  return file === undefined ? 0 : statSync(join(directory, file)).size;
}

function countedFromZero(steps: readonly number[]): boolean {
  return steps.every((step, i) => step === i);
}

/** Looks every few milliseconds, for half a minute at most; then it fails with what `story` tells. */
async function until(condition: () => boolean, story: () => string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`It never came about:\n${story()}`);
    await delay(5);
  }
}

describe('kill -9', () => {
  const folders: ReturnType<typeof testFolder>[] = [];
  const processes: TestProcess[] = [];
  const folderOf = () => {
    const folder = testFolder();
    folders.push(folder);
    return folder;
  };
  const kept = <T extends TestProcess>(p: T): T => {
    processes.push(p);
    return p;
  };
  const kill = async (p: TestProcess) => {
    p.child.kill('SIGKILL');
    await p.ended;
  };
  afterEach(async () => {
    await Promise.all(processes.splice(0).map(kill));
    for (const folder of folders.splice(0)) folder.remove();
  });

  it.each(['hub', 'trainer', 'both'] as const)(
    `of %s, at ${MOMENTS} moments: what was acknowledged is there, nothing is doubled, the next start goes on (seed ${SEED})`,
    async (victim) => {
      const random = stream(SEED + victim.length);
      const folder = folderOf();
      let hub = kept(await startHubProcess(folder));
      for (let moment = 0; moment < MOMENTS; moment++) {
        const name = `${victim}-${moment}`;
        const directory = join(folder.logdir, name);
        const sender = kept(startSender(folder, { hubUrl: hub.url, name, steps: STEPS, everyMs: 2 }));
        // Somewhere in the first two thirds of the log.
        await acknowledges(sender, 1 + Math.floor(random() * 100_000));
        if (victim !== 'trainer') await kill(hub);
        if (victim !== 'hub') await kill(sender);
        const acknowledged = lastAcknowledged(sender);
        expect(statSync(join(directory, readdirSync(directory)[0]!)).size, name).toBeGreaterThanOrEqual(
          acknowledged,
        );

        // What is left over by a killed trainer is handed over when a hub starts.
        if (victim === 'trainer') await kill(hub);
        hub = kept(await startHubProcess(folder, hub.port));
        if (victim === 'hub') {
          await sender.prints(/closed true/);
        } else {
          const [, uid] = sender.output().match(/uid (\w+)/)!;
          await until(() => !existsSync(join(folder.cache, 'spool', uid!)), hub.output);
        }
        const { steps, gaps } = stepsIn(runBytes(directory), 'train/loss');
        expect({ name, gaps, inOrder: countedFromZero(steps) }).toEqual({ name, gaps: 0, inOrder: true });
        if (victim === 'hub') expect(steps.length, name).toBe(STEPS);
        else expect(steps.length, name).toBeGreaterThan(0);
      }
    },
    240_000,
  );

  it('leaves a run that no hub has seen in the spool, and the next hub of that logdir takes it, whole', async () => {
    const folder = folderOf();
    const first = kept(await startHubProcess(folder));
    await kill(first);
    const sender = kept(startSender(folder, { hubUrl: first.url, name: 'alone', steps: 30, everyMs: 0 }));
    const [, spooled] = await sender.prints(/uid (\w+)/);
    await until(() => spoolBytes(folder.cache, spooled!) > 4_000, sender.output);
    await kill(sender);
    const hub = kept(await startHubProcess(folder));
    const [, uid] = sender.output().match(/uid (\w+)/)!;
    await until(() => !existsSync(join(folder.cache, 'spool', uid!)), hub.output);
    expect(countedFromZero(stepsIn(runBytes(join(folder.logdir, 'alone')), 'train/loss').steps)).toBe(true);
    await hub.prints(/handed over/);
  });
});
