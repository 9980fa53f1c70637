import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesField, doubleField, numberField, textField } from '../testing/fuzz/events.js';
import { joined } from '../testing/fuzz/mutate.js';
import { readLog } from '../testing/read-log.js';
import { encodeEvent } from './decode-event.js';
import { encodeFrame } from './frame.js';
import { EventScanner, type ScalarBatch } from './scan-events.js';

const folder = fileURLToPath(new URL('./fixtures/events/', import.meta.url));
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.includes('tfevents'))
  .map((entry) => join(entry.parentPath, entry.name));

function read(bytes: Uint8Array, isScanned: boolean, partBytes = bytes.length) {
  return readLog(
    bytes,
    (reader) => {
      for (let at = 0; at < bytes.length; at += partBytes) reader.push(bytes.slice(at, at + partBytes));
    },
    { isScanned },
  );
}

const scalar = (tag: string, step: number, value: number) =>
  encodeFrame(encodeEvent({ kind: 'scalar', tag, step, wallTime: 1.7e9 + step / 8, value }));

/** What a scanner makes of the bytes. */
function scan(bytes: Uint8Array, scanner = new EventScanner()) {
  const rows: unknown[] = [];
  const end = scanner.scan(bytes, 0, bytes.length, {
    rows({ tags, tag, step, wallTime, value, count }) {
      for (let at = 0; at < count; at++) rows.push([tags[tag[at]!], step[at], wallTime[at], value[at]]);
    },
    isScalar: () => true,
  });
  return { rows, end };
}

describe('files of all writers, intact and damaged', () => {
  it.each(files.map((file) => [relative(folder, file), file]))(
    '%s reads as without the scanner',
    (_, file) => {
      const bytes = new Uint8Array(readFileSync(file));
      const reference = read(bytes, false);
      for (const partBytes of [undefined, 1, 100, 4096]) {
        const { entries, pendingBytes } = read(bytes, true, partBytes);
        expect({ entries, pendingBytes }).toEqual({
          entries: reference.entries,
          pendingBytes: reference.pendingBytes,
        });
      }
    },
  );

  it.each(['torch-scalars', 'tensorboardx', 'tf1-summary', 'tf2-summary', 'keras'])(
    'it takes most scalars of %s',
    (name) => {
      let scanned = 0;
      let rows = 0;
      for (const file of files.filter((path) => relative(folder, path).startsWith(`${name}/`))) {
        const log = read(new Uint8Array(readFileSync(file)), true);
        scanned += log.scanned;
        rows += log.entries.filter((entry) => entry.startsWith('["row"')).length;
      }
      expect(rows).toBeGreaterThan(3);
      expect(scanned).toBeGreaterThan(rows / 2);
    },
  );
});

it('reads any bytes, in any parts, as they are read without it', () => {
  const frame = fc.oneof(
    fc
      .record({ tag: fc.string({ maxLength: 9 }), step: fc.nat(), value: fc.float() })
      .map(({ tag, step, value }) => scalar(tag, step, value)),
    fc.uint8Array({ maxLength: 40 }).map((data) => encodeFrame(data)),
    fc.uint8Array({ maxLength: 20 }),
  );
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 12 }), fc.integer({ min: 1, max: 200 }), (frames, partBytes) => {
      const bytes = joined(...frames);
      const { scanned: _, ...log } = read(bytes, true, partBytes);
      const { scanned: __, ...reference } = read(bytes, false);
      expect(log).toEqual(reference);
    }),
    { numRuns: 300 },
  );
});

it('a change of any one bit of a frame is seen', () => {
  const intact = scalar('train/loss', 300, 0.25);
  expect(scan(intact)).toEqual({ rows: [['train/loss', 300, 1.7e9 + 37.5, 0.25]], end: intact.length });
  for (let bit = 0; bit < 8 * intact.length; bit++) {
    const damaged = intact.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    expect(scan(damaged)).toEqual({ rows: [], end: 0 });
  }
});

it('a float64 that float32 cannot hold keeps its value', () => {
  const value = (number: number) => {
    const tensor = joined(
      numberField(1, 2),
      bytesField(2),
      bytesField(6, new Uint8Array(Float64Array.of(number).buffer)),
    );
    const metadata = bytesField(9, bytesField(1, textField(1, 'scalars')));
    const summary = bytesField(5, bytesField(1, textField(1, 't'), bytesField(8, tensor), metadata));
    return encodeFrame(joined(doubleField(1, 5), numberField(2, 3), summary));
  };
  expect(scan(joined(value(1e60), value(0.1))).rows).toEqual([
    ['t', 3, 5, 1e60],
    ['t', 3, 5, 0.1],
  ]);
});

it('more rows and tags than one batch and one table hold come in order', () => {
  const count = 70_000;
  const bytes = joined(...Array.from({ length: count }, (_, step) => scalar(`t${step}`, step, step)));
  const scanner = new EventScanner();
  const tags: string[] = [];
  let at = 0;
  // The table is full once, and the caller decodes the event that it could not take.
  for (let stops = 0; at < bytes.length && stops < 3; stops++) {
    at = scanner.scan(bytes, at, bytes.length, {
      rows({ tags: names, tag, count: rows }) {
        for (let row = 0; row < rows; row++) tags.push(names[tag[row]!]!);
      },
      isScalar: () => true,
    });
  }
  expect(tags).toEqual(Array.from({ length: count }, (_, step) => `t${step}`));
});

it('a batch whose arrays were transferred is not used again', () => {
  const scanner = new EventScanner();
  const batches: ScalarBatch[] = [];
  const bytes = joined(scalar('a', 1, 1), scalar('b', 2, 2));
  for (let round = 0; round < 2; round++) {
    scanner.scan(bytes, 0, bytes.length, {
      rows: (batch) => {
        const { tag, step, wallTime, value } = batch;
        const transfer = [tag.buffer, step.buffer, wallTime.buffer, value.buffer];
        batches.push(structuredClone(batch, { transfer }));
      },
      isScalar: () => true,
    });
  }
  expect(batches.map(({ tags, step, count }) => [tags, [...step.subarray(0, count)]])).toEqual([
    [
      ['a', 'b'],
      [1, 2],
    ],
    [
      ['a', 'b'],
      [1, 2],
    ],
  ]);
});

it('rows that a sink refused are not passed to the next one', () => {
  const scanner = new EventScanner();
  const bytes = scalar('a', 1, 1);
  const refusing = {
    rows: () => {
      throw new Error('refused');
    },
    isScalar: () => true,
  };
  expect(() => scanner.scan(bytes, 0, bytes.length, refusing)).toThrow('refused');
  expect(scan(bytes, scanner).rows).toHaveLength(1);
});
