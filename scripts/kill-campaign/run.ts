/**
 * Kills convscope while it trains: `convscope train` on a few hundred real pictures on wasm. The hub, the training
 * process, both, or the launcher with both are ended by kill -9 at moments that a printed seed decides. Then the log is
 * read, after the next start where only that can complete it.
 *
 *   node scripts/dist/kill-campaign/run.js [--rounds N] [--steps N] [--seed N] [--only NAME]
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { oneOf, readCommandLine, wholeNumber } from '../command-line.js';
import { childNamed, kill, type Program, startProgram, until } from './processes.js';
import { type RunLog, readLog } from './run-log.js';

const VICTIMS = ['hub', 'trainer', 'both', 'all'] as const;
type Victim = (typeof VICTIMS)[number];
/** Of the launcher with --exit-when-done. After a kill of its own there is none. */
const EXIT_CODES = { hub: 0, trainer: 1, both: 1, all: 'SIGKILL' } as const;
const LATEST_SHARE = 0.8;
const SPOOL = join('cache', 'convscope', 'spool');

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
  const folder = mkdtempSync(join(tmpdir(), 'convscope-kill-'));
  const started = performance.now();
  const killedAfter = 1 + Math.floor(random() * steps * LATEST_SHARE);
  const runDirectory = join(folder, 'runs', 'r');
  const programs: Program[] = [];
  const problems: string[] = [];
  try {
    const program = startProgram(trainArguments(folder), folder);
    programs.push(program);
    await until(() => readLog(runDirectory).steps.length >= killedAfter, program);
    // By pid, all found before the first is killed: the launcher starts the hub again at once.
    const pids = {
      hub: childNamed(program, 'hub-process'),
      trainer: childNamed(program, 'trainer-process'),
    };
    if (victim === 'all') kill(program.pid);
    if (victim !== 'hub') kill(pids.trainer);
    if (victim !== 'trainer') kill(pids.hub);
    const atKill = readLog(runDirectory);
    const inSpool = spooled(folder).map((run) => readLog(join(folder, SPOOL, run)));
    const code = await program.ended;
    if (code !== EXIT_CODES[victim])
      problems.push(`exit ${code}, not ${EXIT_CODES[victim]}: ${program.output()}`);

    // What only the next start can bring: with the launcher gone there is nobody else.
    if (victim === 'all') {
      const next = startProgram(
        ['serve', '--logdir', join(folder, 'runs'), '--port', '0', '--no-open'],
        folder,
      );
      programs.push(next);
      await until(() => spooled(folder).length === 0, next);
    }
    if (spooled(folder).length > 0) problems.push(`left in the spool: ${spooled(folder).join(', ')}`);
    const log = readLog(runDirectory);
    problems.push(...faultsOf(log, atKill, victim));
    // What the trainer had logged is not lost, whether the hub had it or not.
    for (const spool of inSpool)
      if (!log.bytes.subarray(0, spool.bytes.length).equals(spool.bytes))
        problems.push(`the ${spool.bytes.length} bytes in the spool at the kill are not all in the log`);
    const seconds = (performance.now() - started) / 1000;
    return { victim, killedAfter, logged: log.steps.length, bytes: log.bytes.length, seconds, problems };
  } finally {
    for (const program of programs) kill(program.pid);
    await Promise.all(programs.map(({ ended }) => ended));
    rmSync(folder, { recursive: true, force: true });
  }
}

function faultsOf(log: RunLog, atKill: RunLog, victim: Victim): string[] {
  const faults: string[] = [];
  // Bytes on the hub's disk were or may have been acknowledged: they never change.
  if (!log.bytes.subarray(0, atKill.bytes.length).equals(atKill.bytes))
    faults.push(`the first ${atKill.bytes.length} bytes, there at the kill, are others now`);
  if (log.gaps > 0) faults.push(`${log.gaps} gaps`);
  if (!log.steps.every((step, i) => step === i)) faults.push(`steps are ${log.steps.join(' ')}`);
  if (log.files !== 1) faults.push(`${log.files} event files`);
  if (!log.begins) faults.push('no run start');
  // The trainer outlives its hub and ends well; where it was killed nobody states an end.
  const end = victim === 'hub' ? 'completed' : undefined;
  if (log.end !== end) faults.push(`the run's end is ${log.end}, not ${end}`);
  if (victim === 'hub' && log.steps.length !== steps) faults.push(`${log.steps.length} of ${steps} steps`);
  return faults;
}

function spooled(folder: string): string[] {
  const spool = join(folder, SPOOL);
  return existsSync(spool) ? readdirSync(spool) : [];
}

function trainArguments(folder: string): string[] {
  return [
    ...['train', '--data', PICTURES, '--backend', 'wasm', '--threads', '1', '--batch', '16'],
    ...['--steps', String(steps), '--capture-every', '10', '--name', 'r'],
    ...['--logdir', join(folder, 'runs'), '--port', '0', '--no-open', '--exit-when-done'],
  ];
}

const PICTURES = join(import.meta.dirname, '../../../server/src/trainer/fixtures/cifar10-subset');
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
