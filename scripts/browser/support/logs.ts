/** Logs for browser tests, written as convscope writes them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import type { RunRecord } from '@convscope/shared/run-record.js';

const FIRST = 1_700_000_000;

/** Writes one run, whose folder is made. */
export function writeRun(logdir: string, name: string, records: readonly RunRecord[]): void {
  const folder = join(logdir, name);
  mkdirSync(folder, { recursive: true });
  const events = [encodeFileVersion(FIRST), ...records.map((record) => encodeEvent(record))];
  writeFileSync(
    join(folder, `events.out.tfevents.${FIRST}.host.1.0`),
    Buffer.concat(events.map(encodeFrame)),
  );
}

export function scalar(tag: string, step: number, value: number): RunRecord {
  return { kind: 'scalar', tag, step, wallTime: FIRST + step, value: Math.fround(value) };
}

/** A float32 tensor as torch's `add_tensor` logs it. `value` gets the place of a value, row-major. */
export function tensor(
  tag: string,
  step: number,
  shape: readonly number[],
  value: (at: number) => number,
): RunRecord {
  const length = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length }, (_, at) => value(at));
  return createTensorRecord({
    tag,
    step,
    wallTime: FIRST + step,
    dtype: 'float32',
    shape: [...shape],
    values,
  });
}
