/** Logs for browser tests, written as other programs and convscope's trainer write them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeEvent, encodeFileVersion } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import type { RunRecord } from '@convscope/shared/run-record.js';

const FIRST = 1_700_000_000;

/** Writes a run with one event file. The records for which `isDamaged` holds get a wrong checksum. */
export function writeLog(
  logdir: string,
  run: string,
  records: readonly RunRecord[],
  isDamaged: (record: RunRecord) => boolean = () => false,
): void {
  const folder = join(logdir, run);
  mkdirSync(folder, { recursive: true });
  const frames = records.map((record) => {
    const frame = encodeFrame(encodeEvent(record));
    if (isDamaged(record)) frame[frame.length - 1]! ^= 0xff;
    return frame;
  });
  const file = join(folder, `events.out.tfevents.${FIRST}.host.1.0`);
  writeFileSync(file, Buffer.concat([encodeFrame(encodeFileVersion(FIRST)), ...frames]));
}

export function scalar(tag: string, step: number, value: number): RunRecord {
  return { kind: 'scalar', tag, step, wallTime: FIRST + 1, value };
}

/** `valueAt` is called with the step of each point. */
export function scalars(
  tag: string,
  steps: readonly number[],
  valueAt: (step: number) => number,
): RunRecord[] {
  return steps.map((step) => scalar(tag, step, valueAt(step)));
}

/** A tensor as torch's add_tensor writes it, with values that depend on the step. */
export function maps(tag: string, step: number, shape: readonly number[], plugin = 'tensor'): RunRecord {
  const size = shape.reduce((product, side) => product * side, 1);
  const values = Float32Array.from({ length: size }, (_, at) => Math.sin(at * 0.7 + step));
  return createTensorRecord({ tag, step, wallTime: FIRST + 1, dtype: 'float32', shape, values, plugin });
}

export function range(from: number, to: number, by = 1): number[] {
  return Array.from({ length: Math.ceil((to - from) / by) }, (_, at) => from + at * by);
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
    wallTime: FIRST + 1,
    dtype: 'float32',
    shape: [...shape],
    values,
  });
}
