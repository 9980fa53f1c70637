import { SCALAR_ROW_BYTES, writeScalarRow } from '@convscope/shared/protocol/rows.js';
import { expect, test } from 'vitest';
import { ScalarColumn } from './columns.js';
import { medianOf } from './median.js';

function append(column: ScalarColumn, values: readonly number[]): ScalarColumn {
  const bytes = new Uint8Array(values.length * SCALAR_ROW_BYTES);
  const view = new DataView(bytes.buffer);
  values.forEach((value, at) => {
    writeScalarRow(view, at * SCALAR_ROW_BYTES, column.rows + at, 0, value);
  });
  column.append(bytes);
  return column;
}

test('the median is the middle value, or the mean of the two in the middle, of those that are finite', () => {
  expect(medianOf(append(new ScalarColumn(), [9, 1, 5]))).toBe(5);
  expect(medianOf(append(new ScalarColumn(), [10, 2, 9, 1]))).toBe(5.5);
  expect(medianOf(append(new ScalarColumn(), [Number.NaN, 4, Number.POSITIVE_INFINITY]))).toBe(4);
  expect(medianOf(append(new ScalarColumn(), [Number.NaN]))).toBeUndefined();
  expect(medianOf(new ScalarColumn())).toBeUndefined();
  expect(medianOf(undefined)).toBeUndefined();
});

test('new rows count', () => {
  const column = append(new ScalarColumn(), [1]);
  expect(medianOf(column)).toBe(1);
  expect(medianOf(append(column, [3]))).toBe(2);
});
