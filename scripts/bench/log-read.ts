/**
 * Measures how long it takes from the start of a hub until every point of a logdir has been served over HTTP, and what one
 * chart takes then, beside TensorBoard where a Python has it; and how fast events are written and read in memory. Code has been
 * compiled before, as pip does for the peer.
 *
 *   node scripts/dist/bench/log-read.js [--only PART] [--rounds N] [--python FILE] [--json FILE]
 *
 * The peer takes turns with us in the same run: `python3 -m venv DIR && DIR/bin/pip install tensorboard==2.21.0`, then
 * `--python DIR/bin/python`.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { testFolder } from '#server/testing/product.js';
import { oneOf, readCommandLine, text, wholeNumber } from '../command-line.js';
import { codecRows } from './log-read/codec.js';
import { LOGDIRS, type LogdirName, writeLogdir } from './log-read/logdirs.js';
import {
  type AnswersMeasured,
  answersWhileReading,
  type ChartMeasured,
  keepCode,
  type Measured,
  measureHub,
} from './log-read/served.js';
import { findPeer, measureTensorBoard } from './log-read/tensorboard.js';
import { type BenchRow, benchRow, jsonFlag, report } from './report.js';

const PARTS = ['1m', '10m', 'runs-500', 'codec'] as const;

const { flags } = readCommandLine({
  run: 'node scripts/dist/bench/log-read.js',
  purpose: 'Measures how fast logdirs of scalars are read and served, beside TensorBoard.',
  flags: {
    only: oneOf(PARTS, 'only measure this'),
    rounds: wholeNumber('times that each is measured', 3),
    count: wholeNumber('events of the log in memory', 1_000_000),
    python: text('FILE', 'a Python that has tensorboard; else python3, if it has'),
    json: jsonFlag,
  },
});

/** Seconds from the start of the process until every series has been served. */
const SERVED_WANTED: Readonly<Record<LogdirName, number>> = { '1m': 0.6, '10m': 2.2, 'runs-500': 1 };
const MEMORY_WANTED_MB = 250;
const SECOND_START_WANTED = 0.4;
const ANSWERS_WANTED_MS = 50;
/** How many charts are asked for, one after another. */
const CHARTS = 8;
const CHART_WANTED_MS = 10;
const CHART_WANTED_KB = 200;

const peer = await findPeer(flags.python);
process.stdout.write(
  peer === undefined
    ? 'No Python here has tensorboard, so that there is no peer. --python names one; --help says more.\n'
    : `The peer is ${peer.name}, as it comes: 1,000 points of a series.\n`,
);

type Seen = Measured & { readonly chart: ChartMeasured };

const rows: BenchRow[] = [];
for (const part of flags.only === undefined ? PARTS : [flags.only])
  rows.push(...(part === 'codec' ? codecRows(flags.count, flags.rounds) : await logdirRows(part)));
report('log-read', rows, flags.json);

async function logdirRows(name: LogdirName): Promise<BenchRow[]> {
  const shape = LOGDIRS[name];
  const charts = name === '10m' ? CHARTS : 0;
  const logs = testFolder();
  try {
    mkdirSync(logs.logdir, { recursive: true });
    const megabytes = writeLogdir(logs.logdir, shape) / 1e6;
    process.stdout.write(`${name}: ${megabytes.toFixed(0)} MB\n`);
    const code = join(logs.root, 'compiled-code');
    const withoutIndexes = () => {
      const { cache, env, remove } = testFolder();
      return { logdir: logs.logdir, cache, env: { ...env, NODE_COMPILE_CACHE: code }, remove };
    };
    const before = withoutIndexes();
    await keepCode(before, shape, code);
    before.remove();
    const first: Seen[] = [];
    const second: Seen[] = [];
    const theirs: Seen[] = [];
    const [exact, whole]: [Seen[], Seen[]] = [[], []];
    for (let round = 0; round < flags.rounds; round++) {
      const ours = async () => {
        const folder = withoutIndexes();
        first.push(await measureHub(folder, shape, { charts, indexes: join(folder.cache, 'log-index') }));
        second.push(await measureHub(folder, shape));
        folder.remove();
      };
      const sampled = async () => {
        if (peer !== undefined) theirs.push(await measureTensorBoard(peer, logs.logdir, shape, { charts }));
      };
      // Who goes first takes turns, so that a machine that slows down favours neither.
      for (const measure of round % 2 === 0 ? [ours, sampled] : [sampled, ours]) await measure();
      if (name !== '1m') continue;
      const folder = withoutIndexes();
      exact.push(await measureHub(folder, shape, { exact: true }));
      folder.remove();
      if (peer !== undefined)
        whole.push(await measureTensorBoard(peer, logs.logdir, shape, { charts: 0, keepAll: true }));
    }
    const rows = startRows(name, { first, second, theirs, exact, whole });
    if (name !== '10m') return rows;
    const answers: AnswersMeasured[] = [];
    for (let round = 0; round < flags.rounds; round++) {
      const folder = withoutIndexes();
      answers.push(await answersWhileReading(folder, shape));
      folder.remove();
    }
    return [
      ...rows,
      benchRow({
        name: `${name}: start → first answer`,
        unit: 'ms',
        ours: answers.map(({ first }) => first),
      }),
      benchRow({
        name: `${name}: answers while it reads, p99`,
        unit: 'ms',
        ours: answers.map(({ p99 }) => p99),
        wanted: ANSWERS_WANTED_MS,
      }),
      ...chartRows('one chart, 10 runs of 100,000 points', first, theirs),
    ];
  } finally {
    logs.remove();
  }
}

function startRows(
  name: LogdirName,
  seen: Readonly<Record<'first' | 'second' | 'theirs' | 'exact' | 'whole', readonly Seen[]>>,
): BenchRow[] {
  const seconds = (of: readonly Seen[]) => of.map(({ milliseconds }) => milliseconds / 1000);
  const memory = (of: readonly Seen[]) => of.map(({ peakMb }) => peakMb);
  const { first, second, theirs, exact, whole } = seen;
  const wanted = SERVED_WANTED[name];
  return [
    benchRow({
      name: `${name}: start → every series`,
      ...{ unit: 's', ours: seconds(first), peer: some(seconds(theirs)), wanted },
    }),
    ...(exact.length === 0
      ? []
      : [
          benchRow({
            name: `${name}: start → every point of every series`,
            ...{ unit: 's', ours: seconds(exact), peer: some(seconds(whole)) },
          }),
        ]),
    benchRow({
      name: `${name}: second start → every series`,
      ...{ unit: 's', ours: seconds(second), peer: some(seconds(theirs)) },
      ...(name === '10m' ? { wanted: SECOND_START_WANTED } : {}),
    }),
    benchRow({
      name: `${name}: memory at most`,
      ...{ unit: 'MB', ours: memory(first), peer: some(memory(theirs)) },
      ...(name === '10m' ? { wanted: MEMORY_WANTED_MB } : {}),
    }),
  ];
}

function chartRows(name: string, ours: readonly Seen[], theirs: readonly Seen[]): BenchRow[] {
  const times = (of: readonly Seen[]) => of.flatMap(({ chart }) => chart.milliseconds);
  const sizes = (of: readonly Seen[]) => of.map(({ chart }) => chart.bytes / 1000);
  return [
    benchRow({ name, unit: 'ms', ours: times(ours), peer: some(times(theirs)), wanted: CHART_WANTED_MS }),
    benchRow({ name, unit: 'kB', ours: sizes(ours), peer: some(sizes(theirs)), wanted: CHART_WANTED_KB }),
  ];
}

function some(values: readonly number[]): readonly number[] | undefined {
  return values.length === 0 ? undefined : values;
}
