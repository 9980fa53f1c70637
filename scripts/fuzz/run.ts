/**
 * Feeds damaged and hostile bytes to everything that reads a log: frames, events, PNGs, tensors and the page's decoder.
 * Real files of other writers are damaged, and events are built that claim what they do not hold. Only declared errors may
 * leave a reader, events and gaps tile every file however it is pushed, and work and memory are bounded by the bytes.
 *
 *   node scripts/dist/fuzz/run.js [--seed N] [--count N] [--only NAME] [--json FILE]
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import type { Inflate } from '@convscope/shared/channels/png.js';
import {
  eventTarget,
  pageTarget,
  pictureTarget,
  tensorTarget,
} from '@convscope/shared/testing/fuzz/decode-targets.js';
import { frameTarget } from '@convscope/shared/testing/fuzz/frame-target.js';
import { withOwnEvents } from '@convscope/shared/testing/fuzz/own-events.js';
import { type FuzzResult, runFuzz } from '@convscope/shared/testing/fuzz/run-fuzz.js';
import { scanTarget, shortScanTarget } from '@convscope/shared/testing/fuzz/scan-target.js';
import { type FuzzTarget, samplesOf } from '@convscope/shared/testing/fuzz/target.js';
import { memoryScanner } from '#server/testing/memory-scanner.js';
import { oneOf, readCommandLine, text, wholeNumber } from '../command-line.js';
import { loadPageDecoder } from './page-decoder.js';

const NAMES = ['frames', 'scalars', 'short', 'bulk', 'events', 'pictures', 'tensors', 'page'] as const;
type Name = (typeof NAMES)[number];
/** Parts of the inputs: a file of frames takes a hundred times as long as an event. */
const SHARES: Readonly<Record<Name, number>> = {
  frames: 0.01,
  scalars: 0.01,
  short: 0.2,
  bulk: 0.1,
  events: 0.2,
  pictures: 0.1,
  tensors: 0.18,
  page: 0.2,
};
/** Inputs between two looks at the memory. */
const BATCH = 2000;
const FIXTURES = join(
  dirname(fileURLToPath(import.meta.url)),
  ...['..', '..', '..', 'shared', 'src', 'event-log', 'fixtures', 'events'],
);

const { flags } = readCommandLine({
  run: 'node scripts/dist/fuzz/run.js',
  purpose: 'Feeds damaged and hostile bytes to the readers of logs, and checks what they promise.',
  flags: {
    seed: wholeNumber('decides the inputs', 20_261_128),
    count: wholeNumber('inputs in all; of files of frames there are fewest', 100_000),
    only: oneOf(NAMES, 'only feed this'),
    json: text('FILE', 'write the rows to this file as well'),
    findings: text('FOLDER', 'write inputs that broke a promise to this folder'),
  },
});

interface Row {
  readonly name: Name;
  readonly inputs: number;
  readonly read: number;
  readonly refused: number;
  readonly findings: readonly { readonly what: string; readonly seed: number }[];
  readonly seconds: number;
  /** Of the process, at its most while this was fed. */
  readonly memoryMb: number;
}

function filesIn(folder: string): Uint8Array[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.includes('tfevents'))
    .map((entry) => new Uint8Array(readFileSync(join(entry.parentPath, entry.name))));
}

const inflate: Inflate = (bytes, size) => inflateSync(bytes, { maxOutputLength: size });
const samples = withOwnEvents(samplesOf(filesIn(FIXTURES)));

async function targetOf(name: Name): Promise<FuzzTarget> {
  if (name === 'frames') return frameTarget(samples);
  if (name === 'scalars') return scanTarget(samples);
  if (name === 'short') return shortScanTarget(samples);
  if (name === 'bulk') return shortScanTarget(samples, memoryScanner());
  if (name === 'events') return eventTarget(samples, inflate);
  if (name === 'pictures') return pictureTarget(samples, inflate);
  return name === 'tensors' ? tensorTarget() : pageTarget(samples, await loadPageDecoder());
}

function feed(name: Name, target: FuzzTarget, count: number): Row {
  const began = performance.now();
  const total = { inputs: 0, read: 0, refused: 0 };
  const findings: FuzzResult['findings'][number][] = [];
  let memoryMb = 0;
  while (total.inputs < count && findings.length === 0) {
    const result = runFuzz(target, flags.seed + total.inputs, Math.min(BATCH, count - total.inputs));
    total.inputs += result.inputs;
    total.read += result.read;
    total.refused += result.refused;
    findings.push(...result.findings);
    memoryMb = Math.max(memoryMb, process.memoryUsage().rss / 1e6);
  }
  keep(name, findings);
  return {
    name,
    ...total,
    findings: findings.map(({ what, seed }) => ({ what, seed })),
    seconds: (performance.now() - began) / 1000,
    memoryMb,
  };
}

function keep(name: Name, findings: FuzzResult['findings']): void {
  if (flags.findings === undefined) return;
  mkdirSync(flags.findings, { recursive: true });
  for (const { seed, input } of findings) writeFileSync(join(flags.findings, `${name}-${seed}.bin`), input);
}

function table(rows: readonly Row[]): string {
  const cells = [
    ['', 'inputs', 'read', 'refused', 'broken', 's', 'MB'],
    ...rows.map(({ name, inputs, read, refused, findings, seconds, memoryMb }) => [
      name,
      ...[inputs, read, refused, findings.length].map(String),
      seconds.toFixed(1),
      memoryMb.toFixed(0),
    ]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  return cells
    .map((line) =>
      line.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '),
    )
    .join('\n');
}

const names = flags.only === undefined ? NAMES : [flags.only];
const rows: Row[] = [];
// What cannot be made is known before hours are spent on the others.
const targets = new Map<Name, FuzzTarget>();
for (const name of names) targets.set(name, await targetOf(name));
for (const [name, target] of targets) {
  const row = feed(name, target, Math.ceil(flags.count * (names.length > 1 ? SHARES[name] : 1)));
  rows.push(row);
  // Whoever stops it knows what it has fed by then.
  process.stderr.write(
    `${name}: ${row.inputs} inputs, ${row.findings.length} broken, ${row.seconds.toFixed(1)} s\n`,
  );
}
process.stdout.write(`${table(rows)}\n`);
for (const { name, findings } of rows) {
  for (const { what, seed } of findings)
    process.stdout.write(`${name}: ${what} (--only ${name} --seed ${seed} --count 1)\n`);
}
if (flags.json !== undefined) {
  const { seed } = flags;
  writeFileSync(
    flags.json,
    `${JSON.stringify({ fuzz: { seed, node: process.version, rows } }, undefined, 2)}\n`,
  );
}
process.exitCode = rows.some(({ findings }) => findings.length > 0) ? 1 : 0;
