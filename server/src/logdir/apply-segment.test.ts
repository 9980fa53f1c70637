/** One file, because each test compares what segments say with what the hub's own reader says. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { createEventReader, type ReadingState } from '@convscope/shared/event-log/event-reader.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { INDEX_LIMITS } from '@convscope/shared/log-index/index-room.js';
import { IndexedScalars } from '@convscope/shared/log-index/indexed-scalars.js';
import { type IndexedGap, RunIndex } from '@convscope/shared/log-index/run-index.js';
import { RAW_ROW_NUMBERS } from '@convscope/shared/log-index/scalar-blocks.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  hparams,
  ORACLES,
  picture,
  runEnd,
  runHead,
  scalar,
  sessionEnd,
  uid,
} from '../hub/testing/run-bytes.js';
import { applySegment } from './apply-segment.js';
import { BulkJob } from './bulk/bulk-job.js';
import { mergeSegments } from './bulk/merge-segments.js';
import { DamagedSegmentError, segmentHead, takeSegment } from './bulk/segment.js';
import { FollowedFile } from './followed-file.js';

const BEGINNING: ReadingState = { place: { offset: 0 }, plugins: new Map() };
const fileOf = () => new FollowedFile('f', 'f', 0, () => createEventReader({ onEvent() {}, onGap() {} }));

/** What the index and its listener know. */
function known(index: RunIndex, gaps: readonly IndexedGap[], lastStep: number | null) {
  return {
    columns: [...index.columns()].map((column) => [
      column.tag,
      column.kind,
      Buffer.from(column.bytes(0)).toString('hex'),
      column instanceof IndexedScalars && column.wide,
    ]),
    ...{ gaps, gapCount: index.gapCount, lastStep, hasFailed: index.hasFailedSession },
    summary: index.summary('run', { state: 'idle', bytes: 0, readToEnd: true }),
  };
}

/** As the hub's own reader adds it. */
function readWhole(bytes: Uint8Array) {
  const index = new RunIndex(1);
  const gaps: IndexedGap[] = [];
  let lastStep: number | null = null;
  const open: IndexedGap[] = [];
  const addGap = (gap: { offset: number; length: number; reason: string }) => {
    const one: IndexedGap = { file: 'f', ...gap, afterStep: lastStep, beforeStep: null };
    if (index.addGap(one)) open.push(one);
  };
  const reader = createEventReader({
    onEvent(event, data, offset) {
      const step = Number(event.step);
      for (const gap of open.splice(0)) {
        gap.beforeStep = step;
        gaps.push(gap);
      }
      const problem = index.add(event, 0, offset, data.length, () => undefined);
      if (problem) addGap({ offset, length: data.length + 16, reason: problem });
      if (event.values.length > 0) lastStep = step;
    },
    onGap: addGap,
  });
  reader.push(bytes);
  return known(index, gaps, lastStep);
}

/** As threads read it: in pieces, and by several jobs in turn. */
function segmentsOf(bytes: Uint8Array, sizes: readonly number[], holdBytes: number): Uint8Array[] {
  const segments: Uint8Array[] = [];
  const plugins = new Map<string, string>();
  let job = new BulkJob(BEGINNING, null, holdBytes);
  let next: { offset: number; length: number } | null = { offset: 0, length: 1 };
  for (let turn = 0; next !== null && next.offset < bytes.length; turn++) {
    const size = Math.max(next.length, sizes[turn % sizes.length]!);
    const piece = bytes.slice(next.offset, next.offset + size);
    const answer = job.read(piece, next.offset, bytes.length);
    const segment = new Uint8Array(answer.segment);
    segments.push(segment);
    const head = segmentHead(segment);
    for (const [tag, plugin] of head.plugins) plugins.set(tag, plugin);
    next = answer.next;
    // Another thread goes on.
    if (next !== null && turn % 3 === 2) {
      const state = { place: head.place, plugins: new Map(plugins) };
      job = new BulkJob(state, head.lastStep, holdBytes);
      next = { offset: state.place.offset, length: 1 };
    }
  }
  return segments;
}

/** Their blocks follow each other. */
function segmentsOfOneJob(bytes: Uint8Array): Uint8Array[] {
  const job = new BulkJob(BEGINNING, null);
  const segments: Uint8Array[] = [];
  for (let next: { offset: number } | null = { offset: 0 }; next !== null && next.offset < bytes.length; ) {
    const answer = job.read(bytes.slice(next.offset, next.offset + 5000), next.offset, bytes.length);
    segments.push(new Uint8Array(answer.segment));
    next = answer.next;
  }
  return segments;
}

function applied(segments: readonly Uint8Array[]) {
  const index = new RunIndex(1);
  const gaps: IndexedGap[] = [];
  const file = fileOf();
  for (const segment of segments)
    applySegment(segment, file, {
      index,
      gap: (gap) => gaps.push(gap),
      announceGaps: (step) => {
        for (const gap of file.openGaps.splice(0)) {
          gap.beforeStep = step;
          gaps.push(gap);
        }
      },
    });
  return known(index, gaps, file.lastStep);
}

const readInSegments = (...how: Parameters<typeof segmentsOf>) => applied(segmentsOf(...how));

/** Merges so many segments each, where they can be merged. */
async function merged(segments: readonly Uint8Array[], count: number): Promise<Uint8Array[]> {
  const left = [...segments];
  const all: Uint8Array[] = [];
  while (left.length > 0) {
    const some = left.splice(0, count);
    const one = await mergeSegments(some);
    all.push(...(one === null ? some : [one]));
  }
  return all;
}

function eventFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return eventFiles(path);
    return entry.name.includes('tfevents') ? [path] : [];
  });
}

it('segments say of every known log what its own reader says, however it is read in pieces', () => {
  const files = eventFiles(fileURLToPath(ORACLES));
  expect(files.length).toBeGreaterThan(50);
  for (const path of files) {
    const bytes = new Uint8Array(readFileSync(path));
    const whole = readWhole(bytes);
    for (const [size, hold] of [
      [1 << 20, 1 << 20],
      [997, 4096],
      [64, 64],
    ] as const)
      expect(readInSegments(bytes, [size], hold), `${path} by ${size}`).toEqual(whole);
  }
});

it('segments that are merged say of every known log the same', async () => {
  for (const path of eventFiles(fileURLToPath(ORACLES))) {
    const bytes = new Uint8Array(readFileSync(path));
    const segments = segmentsOf(bytes, [997], 4096);
    const whole = readWhole(bytes);
    for (const count of [2, 5, segments.length])
      expect(applied(await merged(segments, count)), `${path} by ${count}`).toEqual(whole);
  }
});

it('of a long log that is read in pieces the merged segment has one block after the other, and no rows between them', async () => {
  const rows = Array.from({ length: 3000 }, (_, row) =>
    scalar(`t${row % 3}`, row, row === 1234 ? 1e60 : row / 7),
  );
  const bytes = new Uint8Array(Buffer.concat([picture('p', 3, 40), ...rows, picture('p', 4, 40)]));
  const pieces = segmentsOfOneJob(bytes);
  expect(pieces.length).toBeGreaterThan(10);
  const one = (await mergeSegments(pieces))!;
  expect(applied([one])).toEqual(readWhole(bytes));
  const { head, parts } = takeSegment(one);
  expect(head.reads).toHaveLength(pieces.length);
  expect(parts.map(({ series }) => series.map(({ first, last }) => [first.length, last.length]))).toEqual([
    // Of 1000 rows 15 blocks of 64 and 40 rows.
    [1, 2, 3].map(() => [0, 40 * RAW_ROW_NUMBERS]),
  ]);
  // What follows a first half goes on with its blocks.
  const half = pieces.length >> 1;
  const halves = await Promise.all([pieces.slice(0, half), pieces.slice(half)].map(mergeSegments));
  expect(applied(halves.map((one) => one!))).toEqual(readWhole(bytes));
});

/** A field of protobuf with these bytes. */
const field = (number: number, bytes: Uint8Array) =>
  Buffer.concat([Buffer.of(8 * number + 2, bytes.length), bytes]);

/** A scalar as TF2 writes it, of float64. Steps below 128. */
function double(tag: string, step: number, number: number): Buffer {
  const value = Buffer.alloc(8);
  value.writeDoubleLE(number);
  const tensor = Buffer.concat([Buffer.of(0x08, 2), field(2, Buffer.of()), field(6, value)]);
  const metadata = field(9, field(1, field(1, Buffer.from('scalars'))));
  const summary = field(5, field(1, Buffer.concat([field(1, Buffer.from(tag)), field(8, tensor), metadata])));
  return encodeFrame(Buffer.concat([Buffer.of(0x10, step), summary])) as Buffer;
}

it('blocks that are alike are taken over at once, and say the same', async () => {
  const runs = (step: (row: number) => number, write = scalar) =>
    Array.from({ length: 640 }, (_, row) => write('loss', step(row), row / 7));
  const kinds: readonly (readonly [string, readonly Buffer[], boolean])[] = [
    ['even steps', runs((row) => 3 * row), true],
    ['uneven steps', runs((row) => 3 * row + (row % 3)), true],
    ['one step that was logged again', runs((row) => (row === 400 ? 399 : row)), false],
    ['steps that fall between two blocks', runs((row) => row % 128), false],
    ['distances of other widths', runs((row) => (row < 320 ? row : row * row)), false],
    ['float64', runs((row) => row, double).slice(0, 128), true],
    [
      'float32, then float64',
      [...runs((row) => row % 64).slice(0, 64), ...runs((row) => 64 + (row % 64), double).slice(0, 64)],
      false,
    ],
  ];
  for (const [what, rows, areAlike] of kinds) {
    const bytes = new Uint8Array(Buffer.concat([...rows]));
    const one = (await mergeSegments(segmentsOfOneJob(bytes)))!;
    const [series] = takeSegment(one).parts[0]!.series;
    expect(series!.blocks.byteLength, what).toBeGreaterThan(0);
    expect(series!.alike > 0, what).toBe(areAlike);
    expect(applied([one]), what).toEqual(readWhole(bytes));
    // After rows that are no whole block they are not taken over.
    const before = segmentsOfOneJob(new Uint8Array(scalar('loss', -1, 1)));
    expect(applied([...before, one]).columns, what).toEqual(
      readWhole(new Uint8Array(Buffer.concat([scalar('loss', -1, 1), bytes]))).columns,
    );
  }
});

it('of a flood of gaps segments list as many as a run lists, and count the rest', async () => {
  const one = Buffer.concat([encodeFrame(new Uint8Array(0)), Buffer.of(1)]);
  const count = 3 * INDEX_LIMITS.gapsOfRun;
  const bytes = Buffer.concat([...Array.from({ length: count }, () => one), scalar('loss', 1, 0.5)]);
  const whole = readWhole(bytes);
  expect([whole.gaps.length, whole.gapCount]).toEqual([INDEX_LIMITS.gapsOfRun, count]);
  for (const size of [1 << 20, 5000]) {
    const segments = segmentsOf(bytes, [size], 1 << 20);
    expect(applied(segments), `by ${size}`).toEqual(whole);
    expect(applied(await merged(segments, segments.length)), `merged of ${size}`).toEqual(whole);
  }
  const { segment } = new BulkJob(BEGINNING, null, 1 << 20).read(bytes, 0, bytes.length);
  // The place and reason of a listed gap take less than 200 bytes.
  expect(segment.byteLength).toBeLessThan(200 * INDEX_LIMITS.gapsOfRun);
});

it('segments say of damaged, restarted and mixed logs what their own reader says', async () => {
  const restart = encodeFrame(Uint8Array.of(0x10, 3, 0x3a, 2, 0x08, 1));
  const parts = [
    encodeFrame(encodeFileVersion(1.7e9)),
    runHead(uid('a')),
    scalar('loss', 1, 0.5),
    scalar('loss', 2, Number.NaN),
    scalar('other', 2, -0),
    picture('p', 3, 40),
    encodeFrame(encodeEvent({ kind: 'scalar', tag: 'loss', step: -5, wallTime: Number.NaN, value: 1 })),
    encodeFrame(Uint8Array.of(0x0f)),
    restart,
    runEnd(7, 'failed'),
    hparams({ lr: 0.1, wd: Number.NaN, name: 'x' }),
    sessionEnd('failure'),
    Buffer.alloc(37),
    Buffer.from('garbage'),
    encodeFrame(new Uint8Array(0)),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(parts.length - 1), { maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 9 }),
      fc.constantFrom(64, 4096, 1 << 20),
      fc.array(fc.tuple(fc.nat(20_000), fc.nat(255)), { maxLength: 2 }),
      async (order, sizes, hold, flips) => {
        const bytes = new Uint8Array(Buffer.concat(order.map((at) => parts[at]!)));
        for (const [at, bits] of flips) if (at < bytes.length) bytes[at]! ^= bits;
        const segments = segmentsOf(bytes, sizes, hold);
        const whole = readWhole(bytes);
        expect(applied(segments)).toEqual(whole);
        expect(applied(await merged(segments, sizes[0]!))).toEqual(whole);
      },
    ),
    { numRuns: 300 },
  );
});

it('bytes that are not a segment are refused, whatever they are', () => {
  const bytes = Buffer.concat([
    runHead(uid('a')),
    scalar('loss', 1, 0.5),
    picture('p', 3, 40),
    scalar('x', 2, 1),
  ]);
  const { segment } = new BulkJob(BEGINNING, null).read(new Uint8Array(bytes), 0, bytes.length);
  const ignored = { gap: () => undefined, announceGaps: () => undefined };
  fc.assert(
    fc.property(
      fc.nat(segment.byteLength),
      fc.array(fc.tuple(fc.nat(segment.byteLength - 1), fc.nat(255)), { maxLength: 4 }),
      (length, changes) => {
        const damaged = new Uint8Array(segment.slice(0));
        for (const [at, value] of changes) damaged[at] = value;
        try {
          applySegment(damaged.subarray(0, length), fileOf(), { index: new RunIndex(1), ...ignored });
        } catch (error) {
          if (!(error instanceof DamagedSegmentError)) throw error;
        }
      },
    ),
    { numRuns: 2000 },
  );
});
