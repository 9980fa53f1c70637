import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort, type TestProcess } from '../testing/process.js';
import { startHubProcess, testFolder } from '../testing/product.js';
import { readOnlyLog, runBytes } from '../testing/run-log.js';
import { until } from '../testing/until.js';
import { startSender } from './testing/start-sender.js';

/** Kills come while the log grows: by some 200 kB a second. */
const BYTES_OF_A_LIFE = 100_000;
const KILLS_A_SENDER = 3;
const SENDERS_AT_ONCE = 5;
const BYTES_BETWEEN_KILLS = 20_000;
/** Kills per test; `scripts/kill-campaign` does 20. The seed determines all of them; a failure prints it. */
const MOMENTS = 3;
const SEED = 20_260_703;
/** Of a log that nobody ends, and how many milliseconds apart at least: longer than any test needs. */
const STEPS = 20_000;
const EVERY_MS = 2;

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

async function kill(p: TestProcess): Promise<void> {
  p.child.kill('SIGKILL');
  await p.ended;
}

function uidOf(sender: TestProcess): string {
  return sender.output().match(/uid (\w+)/)![1]!;
}

/** Asserts that what was acknowledged is on disk right after the kill. */
function expectAcknowledged(sender: TestProcess, directory: string): void {
  const acknowledged = lastAcknowledged(sender);
  expect(runBytes(directory).length, directory).toBeGreaterThanOrEqual(acknowledged);
}

/** No gap, and the steps from 0 on, each once. @returns how many */
function expectWhole(directory: string): number {
  const { steps, gaps } = readOnlyLog(directory);
  expect({ directory, gaps, inOrder: countedFromZero(steps) }).toEqual({ directory, gaps: 0, inOrder: true });
  return steps.length;
}

/** A folder of a test's own, and everything that it starts there. Removed when the test is over. */
async function scene(onTestFinished: (cleanUp: () => Promise<void>) => void) {
  const folder = testFolder();
  const port = await freePort();
  const processes: TestProcess[] = [];
  const kept = <T extends TestProcess>(p: T): T => {
    processes.push(p);
    return p;
  };
  onTestFinished(async () => {
    await Promise.all(processes.map(kill));
    folder.remove();
  });
  return {
    folder,
    startHub: async () => kept(await startHubProcess(folder, port)),
    /** The hub need not be there yet. */
    startSender: (name: string, steps = STEPS, everyMs = EVERY_MS) =>
      kept(startSender(folder, { hubUrl: `http://127.0.0.1:${port}`, name, steps, everyMs })),
    directoryOf: (name: string) => join(folder.logdir, name),
    spoolIsGone: (sender: TestProcess, hub: TestProcess) =>
      until(() => !existsSync(join(folder.cache, 'spool', uidOf(sender))), hub.output),
  };
}

// Each test has its own directory and mostly waits for processes, so they can run concurrently.
describe.concurrent(`kill -9, at ${MOMENTS} moments each (seed ${SEED})`, { timeout: 240_000 }, () => {
  it('of the hub: what was acknowledged is there, and the log that outlives it so often is whole', async ({
    onTestFinished,
  }) => {
    const { startHub, startSender, directoryOf } = await scene(onTestFinished);
    const random = stream(SEED + 1);
    let hub = await startHub();
    // Several kills per sender: it has to recover more than once.
    for (let moment = 0; moment < MOMENTS; ) {
      const name = `hub-${moment}`;
      const sender = startSender(name);
      for (let kills = 0; kills < KILLS_A_SENDER && moment < MOMENTS; kills++, moment++) {
        await acknowledges(sender, lastAcknowledged(sender) + 1 + Math.floor(random() * BYTES_BETWEEN_KILLS));
        await kill(hub);
        expectAcknowledged(sender, directoryOf(name));
        hub = await startHub();
      }
      sender.child.kill('SIGTERM');
      const [, steps] = await sender.prints(/closed true after (\d+) steps/);
      expect(expectWhole(directoryOf(name)), name).toBe(Number(steps));
    }
  });

  it('of the trainer: what was acknowledged is there, and the next hub takes over what was left of every run', async ({
    onTestFinished,
  }) => {
    const { startHub, startSender, directoryOf, spoolIsGone } = await scene(onTestFinished);
    const random = stream(SEED + 2);
    const hub = await startHub();
    const senders: [string, TestProcess][] = [];
    const live = async (moment: number) => {
      const name = `trainer-${moment}`;
      const sender = startSender(name);
      senders.push([name, sender]);
      await acknowledges(sender, 1 + Math.floor(random() * BYTES_OF_A_LIFE));
      await kill(sender);
      expectAcknowledged(sender, directoryOf(name));
    };
    for (let moment = 0; moment < MOMENTS; moment += SENDERS_AT_ONCE) {
      const length = Math.min(SENDERS_AT_ONCE, MOMENTS - moment);
      await Promise.all(Array.from({ length }, (_, i) => live(moment + i)));
    }
    await kill(hub);
    const next = await startHub();
    for (const [name, sender] of senders) {
      await spoolIsGone(sender, next);
      expect(expectWhole(directoryOf(name)), name).toBeGreaterThan(0);
    }
  });

  it('of both: what was acknowledged is there, and the next start goes on with it', async ({
    onTestFinished,
  }) => {
    const { startHub, startSender, directoryOf, spoolIsGone } = await scene(onTestFinished);
    const random = stream(SEED + 3);
    let hub = await startHub();
    let sender = startSender('both-0');
    for (let moment = 0; moment < MOMENTS; moment++) {
      const name = `both-${moment}`;
      await acknowledges(sender, 1 + Math.floor(random() * BYTES_OF_A_LIFE));
      // Which of the two is killed first is random, too.
      await Promise.all(random() < 0.5 ? [kill(hub), kill(sender)] : [kill(sender), kill(hub)]);
      expectAcknowledged(sender, directoryOf(name));
      const killed = sender;
      // The next start is that of both.
      sender = startSender(`both-${moment + 1}`);
      hub = await startHub();
      await spoolIsGone(killed, hub);
      expect(expectWhole(directoryOf(name)), name).toBeGreaterThan(0);
    }
  });

  it('of a trainer that no hub has ever seen: its log waits, and the next hub of that logdir takes it, whole', async ({
    onTestFinished,
  }) => {
    const { folder, startHub, startSender, directoryOf, spoolIsGone } = await scene(onTestFinished);
    // The first hub makes the token.
    await kill(await startHub());
    const sender = startSender('alone', 30, 0);
    const [, uid] = await sender.prints(/uid (\w+)/);
    await until(() => spoolBytes(folder.cache, uid!) > 4_000, sender.output);
    await kill(sender);
    const hub = await startHub();
    await spoolIsGone(sender, hub);
    expectWhole(directoryOf('alone'));
    await hub.prints(/handed over/);
  });
});
