/**
 * Kills convscope while it trains: `convscope train` on a few hundred real pictures on wasm. The hub, the training
 * process, both, or the launcher with both are ended by kill -9 at moments that a printed seed decides. Then the log is
 * read, after the next start where only that can complete it.
 *
 *   node scripts/dist/kill-campaign/run.js [--rounds N] [--steps N] [--seed N] [--only NAME]
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { childPid, killNow, type TestProcess } from '#server/testing/process.js';
import { PICTURES, startCommand, type TestFolder, testFolder } from '#server/testing/product.js';
import { type RunLog, readRunLog } from '#server/testing/run-log.js';
import { until } from '#server/testing/until.js';
import { oneOf, readCommandLine, wholeNumber } from '../command-line.js';

const VICTIMS = ['hub', 'trainer', 'both', 'all'] as const;
type Victim = (typeof VICTIMS)[number];
/** How the launcher ends with --exit-when-done, by victim. */
const EXIT_CODES = { hub: 0, trainer: 1, both: 1, all: 'SIGKILL' } as const;
const LATEST_SHARE = 0.8;
/** Longer than any round takes. */
const WITHIN_MS = 120_000;

const { flags } = readCommandLine({
  run: 'node scripts/dist/kill-campaign/run.js',
  purpose:
    'Kills hub, trainer, both or all while a net trains, starts again, and checks that the log is whole.',
  flags: {
    rounds: wholeNumber('kills of each kind', 20),
    steps: wholeNumber('training steps of a round', 60),
    seed: wholeNumber('decides the moments', 20_260_703),
    only: oneOf(VICTIMS, 'only kill this'),
  },
});
const { rounds, steps, seed } = flags;
if (process.platform === 'win32')
  throw new Error(
    'The campaign finds processes with ps, which Windows does not have. Run it on Linux or macOS.',
  );

const TRAIN = [
  ...['--data', PICTURES, '--backend', 'wasm', '--threads', '1', '--batch', '16'],
  ...['--steps', String(steps), '--capture-every', '10', '--name', 'r', '--exit-when-done'],
];

let state = seed >>> 0;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

interface Round {
  readonly victim: Victim;
  readonly killedAfter: number;
  readonly logged: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly problems: readonly string[];
}

async function round(victim: Victim): Promise<Round> {
  const folder = testFolder();
  const started = performance.now();
  const killedAfter = 1 + Math.floor(random() * steps * LATEST_SHARE);
  const runDirectory = join(folder.logdir, 'r');
  const programs: TestProcess[] = [];
  const problems: string[] = [];
  try {
    const program = startCommand(folder, 'train', TRAIN);
    programs.push(program);
    await whileRunning(program, () => readRunLog(runDirectory).steps.length >= killedAfter);
    // Find all process ids before killing any: the launcher restarts the hub at once.
    const pids = {
      hub: childPid(program, 'hub-process'),
      trainer: childPid(program, 'trainer-process'),
    };
    if (victim === 'all') killNow(program.pid);
    if (victim !== 'hub') killNow(pids.trainer);
    if (victim !== 'trainer') killNow(pids.hub);
    const atKill = readRunLog(runDirectory);
    const inSpool = spooled(folder).map((run) => readRunLog(join(folder.cache, 'spool', run)));
    const code = await program.exited;
    if (code !== EXIT_CODES[victim])
      problems.push(`exit ${code}, not ${EXIT_CODES[victim]}: ${program.output()}`);

    // With the launcher gone, only the next start delivers what is left in the spool.
    if (victim === 'all') {
      const next = startCommand(folder, 'serve');
      programs.push(next);
      await whileRunning(next, () => spooled(folder).length === 0);
    }
    if (spooled(folder).length > 0) problems.push(`left in the spool: ${spooled(folder).join(', ')}`);
    const log = readRunLog(runDirectory);
    problems.push(...faultsOf(log, atKill, victim));
    // Whatever the trainer had logged must be in the log, whether or not the hub had received it.
    for (const spool of inSpool)
      if (!startsWith(log.bytes, spool.bytes))
        problems.push(`the ${spool.bytes.length} bytes in the spool at the kill are not all in the log`);
    const seconds = (performance.now() - started) / 1000;
    return { victim, killedAfter, logged: log.steps.length, bytes: log.bytes.length, seconds, problems };
  } finally {
    for (const program of programs) killNow(program.pid);
    await Promise.all(programs.map(({ exited }) => exited));
    folder.remove();
  }
}

function faultsOf(log: RunLog, atKill: RunLog, victim: Victim): string[] {
  const faults: string[] = [];
  // Bytes on the hub's disk may have been acknowledged, so they must never change.
  if (!startsWith(log.bytes, atKill.bytes))
    faults.push(`the first ${atKill.bytes.length} bytes, there at the kill, are others now`);
  if (log.gaps > 0) faults.push(`${log.gaps} gaps`);
  if (!log.steps.every((step, i) => step === i)) faults.push(`steps are ${log.steps.join(' ')}`);
  if (log.files !== 1) faults.push(`${log.files} event files`);
  if (!log.begins) faults.push('no run start');
  // The trainer survives its hub and completes; a killed trainer logs no end.
  const end = victim === 'hub' ? 'completed' : undefined;
  if (log.end?.reason !== end) faults.push(`the run's end is ${log.end?.reason}, not ${end}`);
  if (victim === 'hub' && log.steps.length !== steps) faults.push(`${log.steps.length} of ${steps} steps`);
  return faults;
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(0, start.length), start) === 0;
}

function spooled({ cache }: TestFolder): string[] {
  const spool = join(cache, 'spool');
  return existsSync(spool) ? readdirSync(spool) : [];
}

/** @throws with what the program has printed when it ends, or much time passes, before the condition holds */
async function whileRunning(program: TestProcess, condition: () => boolean): Promise<void> {
  const isMet = () => {
    if (condition()) return true;
    if (program.hasExited()) throw new Error(`The program ended too early:\n${program.output()}`);
    return false;
  };
  await until(isMet, program.output, WITHIN_MS);
}

const victims = flags.only === undefined ? VICTIMS : [flags.only];
console.log(`${rounds} rounds each, ${steps} steps, seed ${seed}`);
console.log('victim   kill after  steps logged    bytes  seconds  result');
let failed = 0;
for (let i = 0; i < rounds; i++) {
  for (const victim of victims) {
    const { killedAfter, logged, bytes, seconds, problems } = await round(victim);
    if (problems.length > 0) failed++;
    const cells = [
      victim.padEnd(8),
      String(killedAfter).padStart(10),
      String(logged).padStart(13),
      String(bytes).padStart(8),
      seconds.toFixed(1).padStart(8),
      problems.length === 0 ? ' whole' : ` FAIL  ${problems.join('; ')}`,
    ];
    console.log(cells.join(' '));
  }
}
console.log(`${rounds * victims.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
