import { BLOB_ROW_BYTES, writeBlobRow } from '@convscope/shared/protocol/rows.js';
import { expect, test } from 'vitest';
import { BlobColumn } from './blob-column.js';

function indexOf(steps: readonly number[]): BlobColumn {
  const bytes = new Uint8Array(steps.length * BLOB_ROW_BYTES);
  const view = new DataView(bytes.buffer);
  steps.forEach((step, row) => {
    writeBlobRow(view, row * BLOB_ROW_BYTES, { step, wallTime: 0, offset: row * 1000, length: 7, file: 0 });
  });
  const column = new BlobColumn();
  column.append(bytes);
  return column;
}

test('the row at a step is the last one at or before it', () => {
  const column = indexOf([0, 8, 16]);
  expect([column.rowAt(-1), column.rowAt(0), column.rowAt(7), column.rowAt(8), column.rowAt(99)]).toEqual([
    undefined,
    0,
    0,
    1,
    2,
  ]);
});

test('for a step that was logged twice the later row counts', () => {
  const column = indexOf([0, 8, 16, 8]);
  expect(column.rowAt(8)).toBe(3);
  expect(column.steps).toEqual([0, 8, 16]);
  expect(column.row(3)?.offset).toBe(3000);
});
