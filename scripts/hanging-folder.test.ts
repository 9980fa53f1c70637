/** A hub on a real file system that does not answer any more. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { RunDetail, RunsMessage } from '@convscope/shared/protocol/live.js';
import { expect, it, onTestFinished } from 'vitest';
import { canMountFuse, mountFuseFolder } from '#server/testing/fuse-folder.js';
import { type Product, startProduct, testFolder } from '#server/testing/product.js';
import { until } from '#server/testing/until.js';

const FILE = 'events.out.tfevents.1700000000.host.1.0';
const loss = (step: number) =>
  encodeFrame(encodeEvent({ kind: 'scalar', tag: 'loss', step, wallTime: 1_700_000_001, value: 1 }));
const bytes = Buffer.concat([encodeFrame(encodeFileVersion(1_700_000_000)), loss(0)]);
/** A look at a folder is given up after 2 s, and a folder that is quiet is looked at rarely. */
const SAID_WITHIN_MS = 60_000;
/** Also on a busy machine. */
const ANSWERS_WITHIN_MS = 5000;
/** Less than `stop` waits before it kills. */
const ENDS_WITHIN_MS = 8000;

it.skipIf(!canMountFuse())('goes on with the other folders, names the one that hangs, and ends', async () => {
  const folder = testFolder();
  const where = (run: string) => join(folder.logdir, run);
  for (const run of ['near', 'far', 'never']) mkdirSync(where(run));
  writeFileSync(join(where('near'), FILE), bytes);
  const far = mountFuseFolder(where('far'), { name: FILE, bytes });
  const never = mountFuseFolder(where('never'), { name: FILE, bytes, isDead: true });
  let hub: Product | undefined;
  onTestFinished(async () => {
    for (const mounted of [far, never]) mounted.unmount();
    await hub?.stop();
    folder.remove();
  });
  hub = await startProduct(folder, 'serve');
  const { url } = hub;
  const ask = async <T>(address: string): Promise<T> => {
    const answer = await fetch(`${url}api/${address}`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
    return (await answer.json()) as T;
  };
  const runs = async () => (await ask<RunsMessage>('runs')).runs.map(({ run }) => run).sort();
  await fetch(url);
  await until(async () => (await runs()).join() === 'far,near', 'the runs that can be read');
  const { notices } = await ask<{ notices: string[] }>('session');
  expect(notices).toEqual([expect.stringMatching(/^never cannot be read \(.*never does not answer\./)]);

  const rows = async (run: string) =>
    (await ask<RunDetail>(`run?run=${run}`)).tags.find(({ tag }) => tag === 'loss')?.rows;
  await until(async () => (await rows('far')) === 1, 'the row of the folder that is about to hang');
  far.hang();
  // What makes the hub look at all folders.
  mkdirSync(where('new'));
  for (let step = 1; step <= 5; step++) {
    appendFileSync(join(where('near'), FILE), loss(step));
    await until(async () => (await rows('near')) === step + 1, `step ${step} of the run that answers`);
  }
  await until(
    async () => JSON.stringify(await ask('run?run=far')).includes('far does not answer.'),
    'the sentence about the folder that hangs',
    SAID_WITHIN_MS,
  );
  expect(await rows('far')).toBe(1);

  // No process ends while the kernel waits for an answer to what has been taken.
  far.unmount();
  const began = performance.now();
  await hub.stop();
  // A thread that waits for a folder keeps a process from exiting, so it kills itself.
  expect(await hub.ended).toBe('SIGKILL');
  expect(performance.now() - began).toBeLessThan(ENDS_WITHIN_MS);
});
