import { expect, test } from 'vitest';
import { encodeEvent } from '../event-log/decode-event.js';
import { encodeFrame } from '../event-log/frame.js';
import { joined, joinedPieces } from '../joined.js';
import { readBlobRow } from '../protocol/rows.js';
import { RUN_END_TAG } from '../run-record.js';
import { runStartRecord } from '../testing/run-start.js';
import { createFileLog } from './file-log.js';
import type { LogFile } from './log-file.js';

function scalar(step: number, value: number): Uint8Array {
  return encodeFrame(
    encodeEvent({ kind: 'scalar', tag: 'loss', step: BigInt(step), wallTime: 1_700_000_000 + step, value }),
  );
}

function text(step: number, said: string): Uint8Array {
  return encodeFrame(
    encodeEvent({
      kind: 'text',
      tag: 'note',
      step: BigInt(step),
      wallTime: 1_700_000_000,
      strings: [said],
      shape: [],
    }),
  );
}

/** A file that notes which ranges were read. */
function file(path: string, bytes: Uint8Array, reads: number[] = []): LogFile {
  return {
    path,
    size: bytes.length,
    async read(from, to) {
      reads.push(to - from);
      return bytes.slice(from, to);
    },
  };
}

async function opened(files: readonly LogFile[]) {
  const log = createFileLog({ name: 'dropped', files, generation: 7 });
  for (const run of log.runs.values()) await run.read(() => undefined);
  return log;
}

test('each folder with event files is a run, and other files are counted', async () => {
  const log = await opened([
    file('b/events.out.tfevents.2', scalar(2, 0.5)),
    file('b/events.out.tfevents.1', scalar(1, 1)),
    file('a/x/events.out.tfevents.1', scalar(1, 3)),
    file('a/checkpoint.pt', new Uint8Array(9)),
  ]);
  expect([...log.runs.keys()]).toEqual(['a/x', 'b']);
  expect(log.notices).toEqual(['1 file is not an event file and is left out.']);
  expect(log.runs.get('b')?.scalars('loss')?.read(0, 9).values).toEqual(Float64Array.of(1, 0.5));
  expect(log.runs.get('b')?.summary()).toMatchObject({ readToEnd: true, generation: 7, lastStep: 2 });
});

test('of a run without an end, files do not say that its process is lost: it may have trained on when they were copied', async () => {
  const start = encodeFrame(encodeEvent(runStartRecord({}, 1_700_000_000)));
  const end = encodeFrame(
    encodeEvent({
      kind: 'run-end',
      tag: RUN_END_TAG,
      step: 2n,
      wallTime: 1_700_000_009,
      end: { version: 1, reason: 'failed', seconds: 9 },
    }),
  );
  const log = await opened([
    file('copied/events.out.tfevents.1', joined([start, scalar(1, 1)])),
    file('ended/events.out.tfevents.1', joined([start, scalar(1, 1), end])),
  ]);
  expect([...log.runs.values()].map((run) => run.state())).toEqual(['idle', 'failed']);
});

test('the event of a row is read by its range, and nothing else can be read', async () => {
  const bytes = joined([scalar(1, 1), text(2, 'hello'), scalar(3, 1)]);
  const log = await opened([file('events.out.tfevents.1', bytes)]);
  const column = log.runs.get('.')?.column('note', 'text');
  const rows = column?.bytes(0) ?? new Uint8Array();
  const row = readBlobRow(new DataView(rows.buffer, rows.byteOffset), 0);
  const pieces = await log.event('.', row.file, row.offset, row.length);
  expect(new TextDecoder().decode(pieces ? await joinedPieces(pieces) : undefined)).toContain('hello');
  expect(await log.event('.', 0, 0, 40)).toBeNull();
});

test('damage in the middle and a torn end are named, and what is intact around them is shown', async () => {
  const damaged = scalar(2, 1).with(20, 255);
  const bytes = joined([scalar(1, 1), damaged, scalar(3, 2), text(4, 'torn').subarray(0, 25)]);
  const log = await opened([file('events.out.tfevents.1', bytes)]);
  const { gaps, summary } = log.runs.get('.')?.detail() ?? { gaps: [], summary: undefined };
  expect(summary?.gaps).toBe(1);
  expect(summary?.notShown).toEqual([
    'events.out.tfevents.1 ends within a record, 25 bytes after its beginning.',
  ]);
  expect(gaps.map(({ afterStep, beforeStep }) => [afterStep, beforeStep])).toEqual([[1, 3]]);
  expect(log.runs.get('.')?.scalars('loss')?.read(0, 9).values).toEqual(Float64Array.of(1, 2));
});

test('a large file is read a megabyte at a time', async () => {
  const reads: number[] = [];
  const one = text(1, 'x'.repeat(100_000));
  const bytes = joined(Array.from({ length: 50 }, () => one));
  const log = await opened([file('events.out.tfevents.1', bytes, reads)]);
  expect(log.runs.get('.')?.column('note', 'text')?.rows).toBe(50);
  expect(Math.max(...reads)).toBeLessThanOrEqual(1024 * 1024);
});

test('a compressed file and one that cannot be read are named, and the others are read', async () => {
  const failing: LogFile = {
    path: 'events.out.tfevents.3',
    size: 100,
    read: () => Promise.reject(new Error('it was moved')),
  };
  const log = await opened([
    file('events.out.tfevents.1', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)),
    file('events.out.tfevents.2', scalar(5, 1)),
    failing,
  ]);
  expect(log.runs.get('.')?.summary().notShown).toEqual([
    'events.out.tfevents.1 is compressed (gzip); unpack it to see what it holds.',
    'events.out.tfevents.3 cannot be read (it was moved).',
  ]);
  expect(log.runs.get('.')?.summary().lastStep).toBe(5);
});
