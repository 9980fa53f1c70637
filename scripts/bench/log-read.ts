/**
 * How fast an event log is read and written, in events a second: a million scalars, as a long run leaves them.
 *
 *   node scripts/dist/bench/log-read.js [COUNT]
 */
import {
  createEventDecoder,
  encodeEvent,
  encodeFileVersion,
} from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { createFrameReader } from '@convscope/shared/event-log/frame-reader.js';

const TAGS = [
  'train/loss',
  'train/accuracy',
  'perf/step_ms',
  'perf/images_per_second',
  'train/learning_rate',
];
const STRETCH = 256 * 1024;

const count = Number(process.argv[2] ?? 1_000_000);
if (!Number.isInteger(count) || count < 1)
  throw new Error(`COUNT must be a whole number above 0; it is ${process.argv[2]}.`);

const started = performance.now();
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
const written = performance.now() - started;
const log = Buffer.concat(frames);

const rows = [{ what: 'encode and frame', ...rate(written) }];
rows.push({ what: 'frames only', ...rate(time(() => read(() => {}))) });
const decoder = createEventDecoder();
let sum = 0;
rows.push({
  what: 'frames and events',
  ...rate(
    time(() =>
      read((data) => {
        for (const value of decoder.decodeEvent(data).values) sum += value.scalar ?? 0;
      }),
    ),
  ),
});
if (!Number.isFinite(sum)) throw new Error('The scalars were not read as they were written.');
console.table(rows);
console.log(JSON.stringify({ bench: 'log-read', node: process.version, count, bytes: log.length, rows }));

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

/** Milliseconds, the best of three: what else runs on the machine only ever slows it. */
function time(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const begin = performance.now();
    run();
    best = Math.min(best, performance.now() - begin);
  }
  return best;
}

function rate(milliseconds: number): { eventsPerSecond: number; megabytesPerSecond: number } {
  return {
    eventsPerSecond: Math.round((count / milliseconds) * 1000),
    megabytesPerSecond: Math.round(log.length / milliseconds / 100) / 10,
  };
}
