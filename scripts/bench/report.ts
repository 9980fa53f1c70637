/** Reports of benches: rows of medians with their range, printed as a table and written as JSON with --json FILE. */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { text } from '../command-line.js';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface BenchRow {
  readonly name: string;
  readonly unit: string;
  readonly ours: Spread;
  /** The same measurement of what we compare with, taken in the same run. */
  readonly peer: Spread | null;
  /** ours / peer. */
  readonly ratio: number | null;
  /** The target for the median of `ours`, in the row's unit. Where it is a ratio, the row is one: its unit is ×. */
  readonly wanted: number | null;
}

export interface BenchReport {
  readonly bench: string;
  readonly node: string;
  readonly machine: string;
  readonly rows: readonly BenchRow[];
}

/** The flag that every bench has. */
export const jsonFlag = text('FILE', 'write the rows to this file as well');

/** The median is the upper one of the middle two when the count is even. @throws RangeError when there are no values */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  const median = sorted[sorted.length >> 1];
  if (min === undefined || max === undefined || median === undefined)
    throw new RangeError('Nothing was measured.');
  return { median, min, max };
}

/** @param measured `ratio` when it is not the ratio of the medians, as with measurements taken in pairs */
export function benchRow(measured: {
  readonly name: string;
  readonly unit: string;
  readonly ours: readonly number[];
  readonly peer?: readonly number[] | undefined;
  readonly ratio?: number;
  readonly wanted?: number;
}): BenchRow {
  const { name, unit, wanted = null } = measured;
  const ours = spreadOf(measured.ours);
  const peer = measured.peer === undefined ? null : spreadOf(measured.peer);
  const ratio = measured.ratio ?? (peer === null ? null : ours.median / peer.median);
  return { name, unit, ours, peer, ratio, wanted };
}

/** Prints the rows, and writes them to `file` where there is one. */
export function report(bench: string, rows: readonly BenchRow[], file: string | undefined): void {
  const result: BenchReport = { bench, node: process.version, machine: machine(), rows };
  process.stdout.write(`${bench} on Node ${process.version}, ${result.machine}\n${benchTable(rows)}\n`);
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
}

export function benchTable(rows: readonly BenchRow[]): string {
  const lines = [['', 'unit', 'ours', '', 'peer', '', 'ratio', 'wanted']];
  for (const { name, unit, ours, peer, ratio, wanted } of rows)
    lines.push([name, unit, ...cells(ours), ...cells(peer), short(ratio), short(wanted)]);
  const used = lines[0]!.map((_, column) => lines.slice(1).some((line) => line[column] !== ''));
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .filter((_, column) => used[column])
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function cells(spread: Spread | null): [string, string] {
  if (spread === null) return ['', ''];
  const { median, min, max } = spread;
  return [short(median), min === max ? '' : `${short(min)}–${short(max)}`];
}

/** Rounds to three digits; whole numbers stay whole. */
function short(value: number | null): string {
  if (value === null) return '';
  if (!Number.isFinite(value)) return String(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toFixed(Number.isInteger(value) ? 0 : digits);
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  const gigabytes = Math.round(totalmem() / 1e9);
  return `${availableParallelism()} × ${model}, ${gigabytes} GB, ${process.platform} ${process.arch}`;
}
