/**
 * Reads a logdir with TensorBoard 2.21, through its Python reader and through the server that its page asks, and with
 * `convscope dump`, and compares value by value. Without LOGDIR it first writes one with every kind of
 * record. Needs python3 and, the first time, PyPI: TensorBoard goes into a virtual environment in the user's cache.
 *
 *   npm run check-tensorboard [-- LOGDIR]
 */
import { type ExecFileException, execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dumpRun } from '#server/dump/dump-run.js';
import { userCacheDirectory } from '#server/machine/cache-directory.js';
import { optional, readCommandLine } from '../command-line.js';
import { type Comparison, compare, type Value } from './compare.js';
import { writeSampleLog } from './sample-log.js';
import { readOverHttp } from './tensorboard-server.js';

const REQUIREMENT = 'tensorboard==2.21.0';
// Compiled to scripts/dist/check-tensorboard; the Python part stays where it is.
const reader = fileURLToPath(new URL('../../check-tensorboard/read_logdir.py', import.meta.url));

const { words } = readCommandLine({
  run: 'npm run check-tensorboard --',
  purpose: 'Compares what TensorBoard reads in a logdir with what convscope dump prints.',
  words: { LOGDIR: optional('the logdir to compare; without it one with every kind of record is written') },
});
const given = words.LOGDIR;
const temporary = given === undefined ? await mkdtemp(join(tmpdir(), 'check-tensorboard-')) : undefined;
try {
  process.exitCode = await check(given ?? temporary!);
} finally {
  if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
}

async function check(logdir: string): Promise<number> {
  if (temporary !== undefined) await writeSampleLog(logdir);
  const bin = await environment();
  const dumped: Value[] = [];
  await dumpRun(logdir, { format: 'json', values: true }, (line) => void dumped.push(JSON.parse(line)));
  const read: Value[] = (await run(join(bin, 'python'), [reader, logdir]))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const served = await readOverHttp(join(bin, 'tensorboard'), logdir);
  let failed = report("TensorBoard's Python reader", compare(read, dumped));
  // The server gives texts only as HTML, and no tensors. Compare only what it gives.
  const servedKinds = new Set(served.map((value) => `${value.run} ${value.tag}`));
  const comparable = dumped.filter((value) => servedKinds.has(`${value.run} ${value.tag}`));
  failed += report(
    "TensorBoard's server",
    compare(
      served.map((value) => withUnserved(value, dumped)),
      comparable,
    ),
  );
  return failed === 0 ? 0 : 1;
}

/** The server does not give a picture's size or a text's string, so those are taken from the dump. */
function withUnserved(value: Value, dumped: readonly Value[]): Value {
  const line = dumped.find(
    ({ run, tag, step }) => run === value.run && tag === value.tag && step === value.step,
  );
  if (line === undefined) return value;
  if (value.plugin === 'images') {
    const { width, height, columns, channels } = line as unknown as Record<
      'width' | 'height' | 'columns' | 'channels',
      number
    >;
    const atlas = line.kind === 'channels';
    return {
      ...value,
      width: atlas ? width * columns : width,
      height: atlas ? height * Math.ceil(channels / columns) : height,
    };
  }
  return value.plugin === 'text' ? { ...value, shape: line.shape ?? [], strings: line.strings } : value;
}

function report(reader: string, { rows, differences }: Comparison): number {
  console.log(`\n${reader}`);
  console.log(`${'plugin'.padEnd(14)}${'tags'.padStart(6)}${'values'.padStart(8)}${'differ'.padStart(8)}`);
  for (const row of rows) {
    const { plugin, tags, values } = row;
    console.log(
      `${plugin.padEnd(14)}${String(tags).padStart(6)}${String(values).padStart(8)}${String(row.differences).padStart(8)}`,
    );
  }
  for (const difference of differences.slice(0, 20)) console.log(`  ${difference}`);
  if (differences.length > 20) console.log(`  and ${differences.length - 20} more`);
  if (rows.length === 0) console.log('  nothing was read: there is nothing to compare');
  return rows.length === 0 ? 1 : differences.length;
}

/** The bin folder of the virtual environment, which is made when it is missing. */
async function environment(): Promise<string> {
  const folder = join(userCacheDirectory(), 'check-tensorboard', REQUIREMENT.replace('==', '-'));
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  if (existsSync(join(bin, 'tensorboard')) || existsSync(join(bin, 'tensorboard.exe'))) return bin;
  console.log(`Installing ${REQUIREMENT} into ${folder}`);
  await mkdir(folder, { recursive: true });
  await run('python3', ['-m', 'venv', folder]);
  await run(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', REQUIREMENT]);
  return bin;
}

function run(program: string, parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(
      program,
      parameters,
      { maxBuffer: 1 << 30 },
      (error: ExecFileException | null, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${program} ${parameters.join(' ')} failed: ${stderr || error.message}`));
      },
    );
  });
}
