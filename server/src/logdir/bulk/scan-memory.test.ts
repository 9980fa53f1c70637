import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { EventScanner } from '@convscope/shared/event-log/scan-events.js';
import { BLOCK_ROWS, encodeBlock, RAW_ROW_BYTES } from '@convscope/shared/log-index/scalar-blocks.js';
import { bytesField, doubleField, numberField, textField } from '@convscope/shared/testing/fuzz/events.js';
import { joined } from '@convscope/shared/testing/fuzz/mutate.js';
import { withOwnEvents } from '@convscope/shared/testing/fuzz/own-events.js';
import { runFuzz } from '@convscope/shared/testing/fuzz/run-fuzz.js';
import { scanTarget, shortScanTarget } from '@convscope/shared/testing/fuzz/scan-target.js';
import { samplesOf } from '@convscope/shared/testing/fuzz/target.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryScanner } from '../../testing/memory-scanner.js';
import { ScanMemory } from './scan-memory.js';

const folder = fileURLToPath(new URL('../../../../shared/src/event-log/fixtures/events/', import.meta.url));
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.includes('tfevents'))
  .map((entry) => new Uint8Array(readFileSync(`${entry.parentPath}/${entry.name}`)));
const samples = withOwnEvents(samplesOf(files));

/** What a scanner makes of the bytes. */
function scan(bytes: Uint8Array, scanner: Pick<EventScanner, 'scan'>) {
  const rows: unknown[] = [];
  const end = scanner.scan(bytes, 0, bytes.length, {
    rows({ tags, tag, step, wallTime, value, count }) {
      for (let at = 0; at < count; at++) rows.push([tags[tag[at]!], step[at], wallTime[at], value[at]]);
    },
    isScalar: () => true,
  });
  return { rows, end };
}

const float = (value: number) => joined(Uint8Array.of(0x15), new Uint8Array(Float32Array.of(value).buffer));
const event = (step: number, tags: readonly string[]) =>
  encodeFrame(
    joined(
      doubleField(1, 1.7e9 + step),
      numberField(2, BigInt(step)),
      bytesField(5, ...tags.map((tag, at) => bytesField(1, textField(1, tag), float(at)))),
    ),
  );

it('the compiled code is what was made of its sources, options and compiler', () => {
  const script = fileURLToPath(new URL('../../machine/compile-wasm.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

it.each([
  ['files of frames', scanTarget(samples, memoryScanner()), 200],
  ['short files', shortScanTarget(samples, memoryScanner()), 30_000],
])('%s read as without it, however damaged they are and however their bytes arrive', (_, target, count) => {
  const { findings, read } = runFuzz(target, 20_261_128, count);
  expect(findings).toEqual([]);
  expect(read).toBeGreaterThan(count / 10);
});

it('a change of any one bit of a frame is seen', () => {
  const scanner = memoryScanner();
  const intact = event(300, ['train/loss']);
  expect(scan(intact, scanner).rows).toHaveLength(1);
  for (let bit = 0; bit < 8 * intact.length; bit++) {
    const damaged = intact.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(scan(damaged, scanner)).toEqual({ rows: [], end: 0 });
  }
});

it('more rows than there is room for come in order', () => {
  const tags = Array.from({ length: 3000 }, (_, at) => String.fromCharCode(97 + (at % 26)));
  const bytes = joined(...Array.from({ length: 60 }, (_, step) => event(step, tags)));
  expect(scan(bytes, memoryScanner())).toEqual(scan(bytes, new EventScanner()));
});

it('more tags than there is room for come in order', () => {
  const scanner = memoryScanner();
  const tags: string[] = [];
  const count = 70_000;
  // A table is full once, and the caller decodes the event that it could not take.
  let stops = 0;
  for (let step = 0; step < count; step += 1000) {
    const names = Array.from({ length: 1000 }, (_, at) => `t${step + at}`);
    const bytes = joined(...names.map((name) => event(1, [name])));
    for (let at = 0; at < bytes.length; stops++) {
      at += scanner.scan(bytes.subarray(at), 0, bytes.length - at, {
        rows({ tags: known, tag, count: rows }) {
          for (let row = 0; row < rows; row++) tags.push(known[tag[row]!]!);
        },
        isScalar: () => true,
      });
    }
  }
  expect(tags).toEqual(Array.from({ length: count }, (_, at) => `t${at}`));
  expect(stops).toBeLessThan(count / 1000 + 3);
});

/** The blocks of 64 rows of one tag, by the memory. */
function blockOf(memory: ScanMemory, rows: readonly (readonly [number, number, number])[]): Uint8Array {
  memory.beginPart();
  for (const [at, [step, wallTime, value]] of rows.entries()) {
    memory.tags[at] = 0;
    memory.steps[at] = step;
    memory.wallTimes[at] = wallTime;
    memory.values[at] = value;
  }
  memory.addRows(rows.length);
  memory.firstRows[0] = 0;
  const { series, blockBytes } = memory.encode(1);
  return series.slice(16, 16 + blockBytes);
}

it('blocks are those of scalar-blocks.ts, whatever the numbers are', () => {
  const memory = new ScanMemory();
  const evenly = fc
    .record({
      begin: fc.double(),
      rise: fc.constantFrom(0, 0.25, 1, 3, 1e9),
      noise: fc.constantFrom(0, 7, 300, 1e5),
    })
    .chain(({ begin, rise, noise }) =>
      fc
        .array(fc.nat(), { minLength: BLOCK_ROWS, maxLength: BLOCK_ROWS })
        .map((jumps) => jumps.map((jump, row) => begin + row * rise + (noise === 0 ? 0 : jump % noise))),
    );
  const usual = evenly.map((numbers) => numbers.map((number) => 1.7e9 + Math.round(number * 1e6) / 1e6));
  const whole = evenly.map((numbers) => numbers.map((number) => Math.floor(number)));
  const wild = fc.array(
    fc.oneof(fc.double(), fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 2 ** 60)),
    {
      ...{ minLength: BLOCK_ROWS, maxLength: BLOCK_ROWS },
    },
  );
  const floats = fc.array(fc.float(), { minLength: BLOCK_ROWS, maxLength: BLOCK_ROWS });
  const numbers = fc.oneof(usual, whole, evenly, wild, floats);
  fc.assert(
    fc.property(numbers, numbers, fc.oneof(floats, numbers), (steps, wallTimes, values) => {
      const raw = new DataView(new ArrayBuffer(BLOCK_ROWS * RAW_ROW_BYTES));
      const rows = steps.map((step, row) => [step, wallTimes[row]!, values[row]!] as const);
      for (const [row, numbersOfRow] of rows.entries())
        for (const [at, number] of numbersOfRow.entries())
          raw.setFloat64(row * RAW_ROW_BYTES + 8 * at, number, true);
      expect(Buffer.from(blockOf(memory, rows)).toString('hex')).toBe(
        Buffer.from(encodeBlock(raw, 0, false)).toString('hex'),
      );
    }),
    { numRuns: 2000 },
  );
});
