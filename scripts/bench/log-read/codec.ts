/** How fast our own code writes and reads a log that is in memory, without a hub. */
import {
  createEventDecoder,
  encodeEvent,
  encodeFileVersion,
} from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { createFrameReader } from '@convscope/shared/event-log/frame-reader.js';
import { EventScanner } from '@convscope/shared/event-log/scan-events.js';
import { type BenchRow, benchRow } from '../report.js';
import { tagName } from './logdirs.js';

const TAGS = 5;
const STRETCH = 256 * 1024;
const SCANNED_WANTED = 3_000_000;

export function codecRows(count: number, rounds: number): BenchRow[] {
  const timed = (run: () => void): number => {
    const begin = performance.now();
    run();
    return performance.now() - begin;
  };
  /** Milliseconds of every round. */
  const time = (run: () => void) => Array.from({ length: rounds }, () => timed(run));
  let log: Buffer = Buffer.alloc(0);
  const written = time(() => {
    log = encodeLog(count);
  });
  const framesRead = time(() => read(log, count, () => {}));
  const decoder = createEventDecoder();
  let sum = 0;
  const eventsRead: number[] = [];
  const scanned: number[] = [];
  const scanner = new EventScanner();
  for (let round = 0; round < rounds; round++) {
    const decode = () =>
      read(log, count, (data) => {
        for (const value of decoder.decodeEvent(data).values) sum += value.scalar ?? 0;
      });
    eventsRead.push(timed(decode));
    scanned.push(timed(() => read(log, count, () => {}, scanner)));
  }
  if (!Number.isFinite(sum)) throw new Error('The scalars were not read as they were written.');
  const perSecond = (milliseconds: readonly number[]) =>
    milliseconds.map((ms) => Math.round((count / ms) * 1000));
  const rates = (name: string, milliseconds: readonly number[]) => [
    benchRow({ name, unit: 'events/s', ours: perSecond(milliseconds) }),
    benchRow({ name, unit: 'MB/s', ours: milliseconds.map((ms) => log.length / ms / 1000) }),
  ];
  return [
    ...rates('encode and frame', written),
    ...rates('read frames', framesRead),
    ...rates('read frames and events', eventsRead),
    // The peer is the reader of frames and events, which takes turns with the scanner.
    benchRow({
      ...{ name: 'scan scalars', unit: 'events/s', wanted: SCANNED_WANTED },
      ...{ ours: perSecond(scanned), peer: perSecond(eventsRead) },
    }),
  ];
}

function encodeLog(count: number): Buffer {
  const frames = [encodeFrame(encodeFileVersion(1))];
  for (let index = 0; index < count; index++) {
    const step = Math.floor(index / TAGS);
    const tag = tagName(index % TAGS);
    const value = Math.sin(index);
    frames.push(
      encodeFrame(encodeEvent({ kind: 'scalar', tag, step, wallTime: 1.7e9 + index / 100, value })),
    );
  }
  return Buffer.concat(frames);
}

function read(log: Buffer, count: number, onEvent: (data: Uint8Array) => void, scanner?: EventScanner): void {
  let events = 0;
  const sink = {
    rows: (batch: { readonly count: number }) => {
      events += batch.count;
    },
    isScalar: () => false,
  };
  const reader = createFrameReader({
    onEvent(data) {
      events++;
      onEvent(data);
    },
    onGap(gap) {
      throw new Error(`The log has a gap at ${gap.offset}: ${gap.reason}`);
    },
    ...(scanner === undefined
      ? {}
      : {
          takeFrames: (bytes: Uint8Array, start: number, end: number) =>
            scanner.scan(bytes, start, end, sink),
        }),
  });
  for (let at = 0; at < log.length; at += STRETCH) reader.push(log.subarray(at, at + STRETCH));
  if (events !== count + 1) throw new Error(`${events} events were read instead of ${count + 1}.`);
}
