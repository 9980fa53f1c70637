/**
 * Measures how fast an event log is written and read, in events a second: a million scalars, as a long run leaves them.
 *
 *   node scripts/dist/bench/log-read.js [--count N] [--rounds N] [--json FILE]
 */
import {
  createEventDecoder,
  encodeEvent,
  encodeFileVersion,
} from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { createFrameReader } from '@convscope/shared/event-log/frame-reader.js';
import { readCommandLine, wholeNumber } from '../command-line.js';
import { type BenchRow, benchRow, jsonFlag, report } from './report.js';

const TAGS = [
  'train/loss',
  'train/accuracy',
  'perf/step_ms',
  'perf/images_per_second',
  'train/learning_rate',
];
const STRETCH = 256 * 1024;

const { flags } = readCommandLine({
  run: 'node scripts/dist/bench/log-read.js',
  purpose: 'Measures how fast an event log of scalars is written and read.',
  flags: {
    count: wholeNumber('events in the log', 1_000_000),
    rounds: wholeNumber('times that each is measured', 3),
    json: jsonFlag,
  },
});
const { count } = flags;

let log: Buffer = Buffer.alloc(0);
const written = time(() => {
  log = encodeLog();
});
const framesRead = time(() => read(() => {}));
const decoder = createEventDecoder();
let sum = 0;
const eventsRead = time(() =>
  read((data) => {
    for (const value of decoder.decodeEvent(data).values) sum += value.scalar ?? 0;
  }),
);
if (!Number.isFinite(sum)) throw new Error('The scalars were not read as they were written.');
report(
  'log-read',
  [
    ...rates('encode and frame', written),
    ...rates('read frames', framesRead),
    ...rates('read frames and events', eventsRead),
  ],
  flags.json,
);

function encodeLog(): Buffer {
  const frames = [encodeFrame(encodeFileVersion(1))];
  for (let index = 0; index < count; index++) {
    const tag = TAGS[index % TAGS.length]!;
    const step = Math.floor(index / TAGS.length);
    frames.push(
      encodeFrame(
        encodeEvent({ kind: 'scalar', tag, step, wallTime: 1.7e9 + index / 100, value: Math.sin(index) }),
      ),
    );
  }
  return Buffer.concat(frames);
}

function read(onEvent: (data: Uint8Array) => void): void {
  let events = 0;
  const reader = createFrameReader({
    onEvent(data) {
      events++;
      onEvent(data);
    },
    onGap(gap) {
      throw new Error(`The log has a gap at ${gap.offset}: ${gap.reason}`);
    },
  });
  for (let at = 0; at < log.length; at += STRETCH) reader.push(log.subarray(at, at + STRETCH));
  if (events !== count + 1) throw new Error(`${events} events were read instead of ${count + 1}.`);
}

/** Milliseconds of every round. */
function time(run: () => void): number[] {
  return Array.from({ length: flags.rounds }, () => {
    const begin = performance.now();
    run();
    return performance.now() - begin;
  });
}

function rates(name: string, milliseconds: readonly number[]): BenchRow[] {
  return [
    benchRow({ name, unit: 'events/s', ours: milliseconds.map((ms) => Math.round((count / ms) * 1000)) }),
    benchRow({ name, unit: 'MB/s', ours: milliseconds.map((ms) => log.length / ms / 1000) }),
  ];
}
