/** The runs that the pictures of states show. */
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '@convscope/shared/run-record.js';
import { childrenOf, killNow } from '#server/testing/process.js';
import { PICTURES } from '#server/testing/product.js';
import { until } from '#server/testing/until.js';
import { type BrowserFolder, browserFolder, ROOT, startConvscope } from '../browser/support/convscope.js';
import { maps, range, scalar, scalars, tensor, writeLog } from '../browser/support/logs.js';
import { writeNonFiniteRun } from '../browser/support/small-net.js';
import { writeRun } from '../browser/support/written-runs.js';

const LONG = 'exp_2026-11-27_resnet50_imagenet_lr0.1_wd1e-4_bs256_aug-randaugment_ema0.9999_fold';

export const TRAINING = [
  ...['--data', PICTURES, '--backend', 'wasm', '--threads', '1', '--batch', '16', '--capture-every', '10'],
] as const;

/** Runs of our own trainer that have ended, each in its own way, and of other programs. */
export async function writeStates(logdir: string): Promise<void> {
  mkdirSync(logdir, { recursive: true });
  await train(logdir, 'finished', ['--steps', '40', '--capture-gradients']);
  await train(logdir, 'failed', ['--steps', '40', '--lr', '1000']);
  await train(logdir, 'interrupted', ['--steps', '100000'], 'SIGINT');
  await train(logdir, 'lost', ['--steps', '100000'], 'SIGKILL');
  cpSync(join(ROOT, 'scripts/browser/fixtures/torch-tap'), join(logdir, 'described-torch'), {
    recursive: true,
  });
  writeLog(logdir, 'torch', [
    ...scalars('loss', range(0, 101), (step) => 2 / (1 + step / 20)),
    ...range(0, 101, 20).flatMap((step) => [
      maps('conv1/output', step, [16, 24, 24]),
      maps('conv2/output', step, [32, 12, 12]),
    ]),
  ]);
  writeLog(logdir, 'scalars-only', [
    ...scalars('Loss/train', range(0, 200), (step) => 2 / (1 + step / 20)),
    ...scalars('lr', range(0, 200), (step) => 1e-4 * (1 - step / 200)),
  ]);
  writeNonFiniteRun(logdir, 'not-finite');
  writeLog(logdir, 'diverged', [
    ...scalars('loss', range(0, 60), (step) => (step < 40 ? 2 + step / 10 : Number.NaN)),
    tensor('conv1/output', 50, [8, 12, 12], () => Number.NaN),
  ]);
  writeLog(
    logdir,
    'gap',
    scalars('train/loss', range(0, 200), (step) => 2 / (1 + step / 20)),
    (record) => record.kind === 'scalar' && record.step >= 80 && record.step < 120,
  );
  const resumed: RunRecord[] = [
    ...scalars('train/loss', range(0, 100), (step) => 2 / (1 + step / 20)),
    ...scalars('train/loss', range(60, 160), (step) => 1.8 / (1 + step / 25)),
  ];
  writeLog(logdir, 'resumed', resumed);
  writeLog(logdir, 'one-point', [scalar('loss', 0, 1)]);
  for (const fold of range(0, 6))
    writeRun(logdir, { name: `${LONG}${fold}`, at: fold, losses: range(0, 30).map((at) => 1 / (at + 1)) });
}

/** A sweep of five hundred short runs. */
export function writeMany(logdir: string): void {
  for (const seed of range(0, 500)) {
    const lr = seed % 10;
    writeRun(logdir, {
      name: `sweep/lr${lr}_seed${seed}`,
      at: seed,
      losses: range(0, 20).map((step) => 1 / (step + 1) + seed / 500),
      hparams: { lr: lr / 1000, seed },
    });
  }
}

/** A log of another program whose newest record is of now. */
export function writeLiveLog(logdir: string, run: string): void {
  const wallTime = Date.now() / 1000;
  writeLog(
    logdir,
    run,
    [
      ...scalars('loss', range(0, 101), (step) => 2 / (1 + step / 20)),
      ...range(0, 101, 20).map((step) => maps('conv1/output', step, [16, 24, 24])),
    ].map((record) => ({ ...record, wallTime })),
  );
}

/** @param how the signal that ends the training after its second capture, unless it ends by itself */
async function train(
  logdir: string,
  name: string,
  args: readonly string[],
  how?: 'SIGINT' | 'SIGKILL',
): Promise<void> {
  const folder: BrowserFolder = { ...browserFolder(), logdir };
  try {
    const convscope = await startConvscope(folder, 'train', [
      ...TRAINING,
      ...['--name', name, '--exit-when-done', ...args],
    ]);
    if (how !== undefined) {
      await captured(convscope.url, name, 20);
      if (how === 'SIGINT') await convscope.stop();
      else killTree(convscope.pid);
    }
    await convscope.ended;
  } finally {
    folder.remove();
  }
}

/** Resolves when the hub has this step of the run. */
async function captured(url: string, run: string, step: number): Promise<void> {
  await until(
    async () => {
      const answer = await fetch(`${url}api/run?run=${run}`);
      if (!answer.ok) return false;
      const { summary } = (await answer.json()) as { readonly summary: { readonly lastStep: number } };
      return summary.lastStep >= step;
    },
    () => `${run} has not come to step ${step}.`,
    120_000,
  );
}

/** The launcher starts its children again, so it is the first to go. */
function killTree(pid: number): void {
  const children = childrenOf(pid);
  killNow(pid);
  for (const child of children) killNow(child.pid);
}
