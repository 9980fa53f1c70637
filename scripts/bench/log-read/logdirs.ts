/** Logdirs of scalars, as long runs and sweeps leave them. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';

export interface LogdirShape {
  readonly runs: number;
  readonly tags: number;
  readonly steps: number;
}

export const LOGDIRS = {
  '1m': { runs: 10, tags: 10, steps: 10_000 },
  '10m': { runs: 10, tags: 10, steps: 100_000 },
  'runs-500': { runs: 500, tags: 5, steps: 200 },
} as const satisfies Record<string, LogdirShape>;

export type LogdirName = keyof typeof LOGDIRS;

const BEGIN = 1_700_000_000;
const SECONDS_A_STEP = 0.1;
/** Bytes that are collected before they are written. */
const STRETCH = 1 << 20;

export const runName = (run: number) => `sweep/run${String(run).padStart(3, '0')}`;
export const tagName = (tag: number) => `group${tag % 3}/metric${tag}`;

/** A curve that falls, with noise that is the same every time. */
function valueAt(run: number, tag: number, step: number): number {
  const noise = (Math.imul(step * 10 + tag, 2_654_435_761) >>> 8) / 2 ** 24;
  return Math.fround((2 + run / 10) * Math.exp(-step / 5000) + tag + 0.3 * noise);
}

/** Writes one event file a run. @returns how many bytes that are */
export function writeLogdir(logdir: string, { runs, tags, steps }: LogdirShape): number {
  let bytes = 0;
  for (let run = 0; run < runs; run++) {
    const folder = join(logdir, runName(run));
    mkdirSync(folder, { recursive: true });
    const file = openSync(join(folder, `events.out.tfevents.${BEGIN}.bench.1.0`), 'w');
    try {
      for (const part of stretches(run, tags, steps)) bytes += writeSync(file, part);
    } finally {
      closeSync(file);
    }
  }
  return bytes;
}

function* stretches(run: number, tags: number, steps: number): Generator<Buffer> {
  let frames = [encodeFrame(encodeFileVersion(BEGIN))];
  let length = 0;
  for (let step = 0; step < steps; step++)
    for (let tag = 0; tag < tags; tag++) {
      const value = valueAt(run, tag, step);
      const wallTime = BEGIN + step * SECONDS_A_STEP;
      const frame = encodeFrame(encodeEvent({ kind: 'scalar', tag: tagName(tag), step, wallTime, value }));
      frames.push(frame);
      length += frame.length;
      if (length < STRETCH) continue;
      yield Buffer.concat(frames);
      [frames, length] = [[], 0];
    }
  yield Buffer.concat(frames);
}
