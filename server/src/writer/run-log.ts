import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import type { RunRecord, TensorDtype } from '@convscope/shared/run-record.js';
import type { MapsToLog, RunWriter } from './run-writer.js';

/** What a training run logs through: every record gets the current wall time. */
export interface RunLog {
  scalar(tag: string, step: number, value: number): void;
  tensor(
    tag: string,
    step: number,
    dtype: TensorDtype,
    shape: readonly number[],
    values: Float32Array | Float64Array,
  ): void;
  histogram(tag: string, step: number, buckets: Float64Array): void;
  text(tag: string, step: number, text: string): void;
  /** Feature maps of one layer. The buffer of their values is transferred. */
  maps(maps: MapsToLog): void;
  record(record: RunRecord): void;
}

/** Seconds since the epoch. */
export function wallTime(): number {
  return Date.now() / 1000;
}

export function createRunLog(writer: RunWriter): RunLog {
  const record = (entry: RunRecord) => writer.add(entry);
  return {
    record,
    maps: (maps) => writer.addMaps(maps),
    // Event files store scalars as float32.
    scalar: (tag, step, value) =>
      record({ kind: 'scalar', tag, step, wallTime: wallTime(), value: Math.fround(value) }),
    tensor: (tag, step, dtype, shape, values) =>
      record(createTensorRecord({ tag, step, wallTime: wallTime(), dtype, shape, values })),
    histogram: (tag, step, buckets) =>
      record({ kind: 'histogram', tag, step, wallTime: wallTime(), buckets }),
    text: (tag, step, text) =>
      record({ kind: 'text', tag, step, wallTime: wallTime(), strings: [text], shape: [] }),
  };
}
