import { expect, test } from 'vitest';
import { decodeEvent, encodeEvent } from '../event-log/decode-event.js';
import { createTensorRecord } from '../event-log/tensor-proto.js';
import type { RunRecord } from '../run-record.js';
import { RunIndex } from './run-index.js';

function indexOf(...records: readonly RunRecord[]): RunIndex {
  const index = new RunIndex(1);
  let offset = 0;
  for (const record of records) {
    const data = encodeEvent(record);
    index.add(decodeEvent(data), 0, offset, data.length, () => undefined);
    offset += data.length + 16;
  }
  return index;
}

const scalar = (tag: string, step: number, value: number): RunRecord => ({
  kind: 'scalar',
  tag,
  step,
  wallTime: 1,
  value,
});

test("a tensor is listed as one only if it is TensorBoard's own kind of tensor or names no plugin", () => {
  const tensor = (tag: string, plugin: string): RunRecord => {
    const values = new Float32Array(6);
    return createTensorRecord({
      tag,
      step: 0,
      wallTime: 1,
      dtype: 'float32',
      shape: [1, 2, 3],
      values,
      plugin,
    });
  };
  const index = indexOf(tensor('maps', 'tensor'), tensor('bare', ''), tensor('mesh_VERTEX', 'mesh'));
  expect(index.tags().map(({ tag, kind }) => [tag, kind])).toEqual([
    ['maps', 'tensor'],
    ['bare', 'tensor'],
    ['mesh_VERTEX', 'other'],
  ]);
});

test('the highest step of a run may be negative', () => {
  expect(indexOf(scalar('loss', -20, 1), scalar('loss', -5, 1)).lastStep).toBe(-5);
  expect(indexOf().lastStep).toBe(-1);
});

test('the listed loss is that of training, under whatever name it was logged first', () => {
  const lossOf = (...records: readonly RunRecord[]) =>
    indexOf(...records).summary('a', { state: 'idle', bytes: 1, readToEnd: true }).loss;
  expect(lossOf(scalar('Acc/Valid', 0, 9), scalar('Loss/Valid', 0, 2), scalar('Loss/Train', 0, 1))).toBe('1');
  expect(lossOf(scalar('train_loss', 0, 3), scalar('train/loss', 0, 4), scalar('train/loss', 1, 5))).toBe(
    '5',
  );
  expect(lossOf(scalar('MAE', 0, 1))).toBeUndefined();
});

test('the list of runs says which kinds of records a run has', () => {
  const kindsOf = (index: RunIndex) => index.summary('a', { state: 'idle', bytes: 1, readToEnd: true }).kinds;
  expect(kindsOf(indexOf())).toEqual([]);
  const note = (step: number): RunRecord => ({
    ...{ kind: 'text', tag: 'note', step, wallTime: 1, shape: [], strings: ['x'] },
  });
  expect(kindsOf(indexOf(note(0), scalar('loss', 0, 1), note(1), scalar('error', 1, 1)))).toEqual([
    'scalar',
    'text',
  ]);
});

test('scalars in a batch are indexed as they are one by one', () => {
  const records = Array.from({ length: 300 }, (_, at) => scalar(`t${at % 3}`, at, Math.fround(at / 7)));
  const one = indexOf(...records);
  const batch = new RunIndex(1);
  batch.addScalars({
    tags: ['t0', 'not in a row', 't1', 't2'],
    tag: Uint32Array.from(records, (_, at) => [0, 2, 3][at % 3]!),
    step: Float64Array.from(records, (_, at) => at),
    wallTime: Float64Array.from(records, () => 1),
    value: Float64Array.from(records, (_, at) => Math.fround(at / 7)),
    count: 299,
  });
  batch.add(decodeEvent(encodeEvent(records[299]!)), 0, 0, 1, () => undefined);
  const told = (index: RunIndex) => ({
    tags: index.tags(),
    grown: [...index.takeGrown()].map(({ tag }) => tag),
    summary: index.summary('a', { state: 'idle', bytes: 1, readToEnd: true }),
    rows: ['t0', 't1', 't2'].map((tag) => index.scalars(tag)?.bytes(0)),
  });
  expect(told(batch)).toEqual(told(one));
});
