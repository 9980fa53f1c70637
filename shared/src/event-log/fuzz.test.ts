import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { eventTarget, pictureTarget, tensorTarget } from '../testing/fuzz/decode-targets.js';
import { frameTarget } from '../testing/fuzz/frame-target.js';
import { withOwnEvents } from '../testing/fuzz/own-events.js';
import { runFuzz } from '../testing/fuzz/run-fuzz.js';
import { scanTarget, shortScanTarget } from '../testing/fuzz/scan-target.js';
import { type FuzzTarget, samplesOf } from '../testing/fuzz/target.js';

const folder = fileURLToPath(new URL('./fixtures/events/', import.meta.url));
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.includes('tfevents'))
  .map((entry) => new Uint8Array(readFileSync(join(entry.parentPath, entry.name))));
const samples = withOwnEvents(samplesOf(files));
const inflate = (bytes: Uint8Array, size: number) => inflateSync(bytes, { maxOutputLength: size });

/** Inputs of each; `scripts/fuzz` takes any number of them. */
const targets: readonly [string, FuzzTarget, number][] = [
  [
    'frames: each byte is in one event, in one gap or pending, however it arrives',
    frameTarget(samples),
    1_000,
  ],
  ['scalars: rows, values, events and gaps are the same with the scanner', scanTarget(samples), 200],
  [
    'short files: rows, values, events and gaps are the same with the scanner, however the bytes arrive',
    shortScanTarget(samples),
    50_000,
  ],
  [
    'events: only what is declared is thrown, and a record is as large as its bytes',
    eventTarget(samples, inflate),
    20_000,
  ],
  [
    'PNGs: only what is declared is thrown, and the pixels fit the bytes',
    pictureTarget(samples, inflate),
    5_000,
  ],
  ['tensors: only what is declared is thrown, and the values fit the bytes', tensorTarget(), 15_000],
];

it.each(targets)(
  '%s',
  (_, target, count) => {
    const { findings, read, refused } = runFuzz(target, 20_261_128, count);
    expect(findings.map(({ what, seed }) => `${what} (seed ${seed})`)).toEqual([]);
    // Inputs that are all refused, or all read, would show little.
    expect(Math.min(read, refused)).toBeGreaterThan(count / 50);
  },
  120_000,
);
