import { createTensorRecord } from '@convscope/shared/event-log/tensor-proto.js';
import type { RunRecord, TensorDtype } from '@convscope/shared/run-record.js';
import type { RunWriter } from './run-writer.js';

/** Records with the wall time of now, so that the code that measures only says what it measured. */
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
  record(record: RunRecord): void;
}

export function wallTime(): number {
  return Date.now() / 1000;
}

export function createRunLog(writer: RunWriter): RunLog {
  const record = (entry: RunRecord) => writer.add(entry);
  return {
    record,
    // What the file holds: float32.
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
