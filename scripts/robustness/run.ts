/**
 * Does to a real hub what no hub should meet, kind by kind, each with a hub of its own: hostile files, folders and
 * strangers. Prints whether the hub survived and did what is expected, its longest answer and its most memory. "calm"
 * is a server that nothing happens to: where its answers are slow, the machine is busy.
 *
 *   node scripts/dist/robustness/run.js [--full] [--only TEXT] [--json FILE] [--files DIR]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { onOff, readCommandLine, refuse, text } from '../command-line.js';
import { healthyFile } from './hostile-events.js';
import { ALL_FILES, KINDS, writeFiles } from './kinds.js';
import { openScene, writeRun } from './scene.js';
import { type Tried, tryKind } from './try-kind.js';

/** What is wanted of a hub while it meets a kind. */
const P99_MS = 250;
/** On a busy machine it may take so many times what the calm server takes. */
const TIMES_CALM = 5;
const PEAK_MB = 400;

const { flags } = readCommandLine({
  run: 'node scripts/dist/robustness/run.js',
  purpose: 'Does to a hub what no hub should meet, and measures its answers and its memory.',
  flags: {
    full: onOff('in full size: some minutes, and gigabytes of files in the temporary folder'),
    only: text('TEXT', 'only kinds whose name contains this'),
    json: text('FILE', 'write the results to this file as well'),
    files: text('DIR', 'only write the files of each kind to a folder of its own there, for other readers'),
  },
});
const isWanted = ({ name }: { readonly name: string }) => name.includes(flags.only ?? '');
const sizeOf = ({ small, full }: { readonly small: number; readonly full: number }) =>
  flags.full ? full : small;

const wanted = KINDS.filter(isWanted);
if (wanted.length === 0) refuse(`No kind is called "${flags.only}".`);
if (flags.files === undefined) await tryAll();
else await writeAll(flags.files);

async function tryAll(): Promise<void> {
  const tried: Tried[] = [];
  console.log(
    `${'kind'.padEnd(22)}    size  survived  p50 ms  p99 ms  worst ms  calm p99  peak MB  seconds  result`,
  );
  for (const kind of wanted) {
    const scene = await openScene(kind.guarded ?? false);
    try {
      const one = withBounds(
        await tryKind(scene, kind, sizeOf(kind), { withinMs: flags.full ? 180_000 : 20_000 }),
      );
      tried.push(one);
      console.log(lineOf(one));
    } finally {
      await scene.close();
    }
  }
  const failed = tried.filter(({ problems }) => problems.length > 0).length;
  console.log(`${tried.length - failed} as expected, ${failed} not`);
  if (flags.json !== undefined) {
    const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;
    const report = { suite: 'robustness', node: process.version, machine, full: flags.full, tried };
    writeFileSync(flags.json, `${JSON.stringify(report, undefined, 1)}\n`);
  }
  process.exitCode = failed === 0 ? 0 : 1;
}

function withBounds(one: Tried): Tried {
  const problems = [...one.problems];
  if (one.p99 > Math.max(P99_MS, TIMES_CALM * one.calmP99))
    problems.push(`p99 of the answers is above ${P99_MS} ms.`);
  if ((one.peakMb ?? 0) > PEAK_MB) problems.push(`The hub takes more than ${PEAK_MB} MB.`);
  return { ...one, problems };
}

function lineOf(one: Tried): string {
  const number = (value: number, width: number) => value.toFixed(0).padStart(width);
  return [
    one.kind.padEnd(22),
    String(one.size).padStart(7),
    (one.survived ? 'yes' : 'NO').padStart(9),
    number(one.p50, 7),
    number(one.p99, 7),
    number(one.worst, 9),
    number(one.calmP99, 9),
    one.peakMb === null ? '       –' : number(one.peakMb, 8),
    one.seconds.toFixed(1).padStart(8),
    one.problems.length === 0 ? ' ok' : ` FAIL  ${one.problems.join(' ')}`,
  ].join(' ');
}

async function writeAll(directory: string): Promise<void> {
  for (const kind of ALL_FILES.filter(isWanted)) {
    const logdir = join(directory, kind.name);
    mkdirSync(logdir, { recursive: true });
    await writeFiles(logdir, kind, sizeOf(kind));
    await writeRun(logdir, 'healthy', [healthyFile(200)]);
    console.log(logdir);
  }
}
