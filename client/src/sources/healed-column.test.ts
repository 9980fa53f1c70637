import { BLOB_ROW_BYTES, writeBlobRow } from '@convscope/shared/protocol/rows.js';
import { expect, test, vi } from 'vitest';
import { HealedColumn } from './healed-column.js';

/** Rows [from, to) of an index whose offsets are the row numbers. */
function rows(from: number, to: number): Uint8Array {
  const bytes = new Uint8Array((to - from) * BLOB_ROW_BYTES);
  const view = new DataView(bytes.buffer);
  for (let row = from; row < to; row++)
    writeBlobRow(view, (row - from) * BLOB_ROW_BYTES, {
      step: row * 10,
      wallTime: 0,
      file: 0,
      offset: row,
      length: 4,
      replacesFrom: row * 10,
    });
  return bytes;
}

function healed(there: () => number) {
  const asked: number[] = [];
  const failed = vi.fn();
  const column = new HealedColumn({
    fetchRows: async (from) => {
      asked.push(from);
      return rows(from, there());
    },
    changed: () => undefined,
    failed,
  });
  const values = () => Array.from({ length: column.column.rows }, (_, row) => column.column.row(row)?.offset);
  return { column, asked, failed, values };
}

test('consecutive rows are appended without a fetch', () => {
  const { column, asked, values } = healed(() => 0);
  column.offer(0, rows(0, 2));
  column.offer(2, rows(2, 5));
  expect(values()).toEqual([0, 1, 2, 3, 4]);
  expect(asked).toEqual([]);
});

test('an overlap is dropped', () => {
  const { column, values } = healed(() => 0);
  column.offer(0, rows(0, 3));
  column.offer(1, rows(1, 5));
  column.offer(0, rows(0, 2));
  expect(values()).toEqual([0, 1, 2, 3, 4]);
});

test('missing rows are fetched once, and no row is duplicated', async () => {
  const { column, asked, values } = healed(() => 9);
  column.offer(0, rows(0, 2));
  column.offer(6, rows(6, 8));
  column.offer(8, rows(8, 9));
  await vi.waitFor(() => expect(values()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]));
  expect(asked).toEqual([2]);
});

test('live rows that arrive during a fetch are not lost', async () => {
  let give: (bytes: Uint8Array) => void = () => undefined;
  const asked: number[] = [];
  const column = new HealedColumn({
    fetchRows: (from) => {
      asked.push(from);
      return new Promise((resolve) => {
        give = resolve;
      });
    },
    changed: () => undefined,
    failed: (error) => {
      throw error;
    },
  });
  column.expect(3);
  column.offer(3, rows(3, 5));
  give(rows(0, 3));
  await vi.waitFor(() => expect(asked).toEqual([0, 3]));
  give(rows(3, 5));
  await vi.waitFor(() => expect(column.column.rows).toBe(5));
  expect(column.column.row(4)?.offset).toBe(4);
});

test('a hub that announces rows but returns none is reported, and not asked forever', async () => {
  const { column, asked, failed } = healed(() => 0);
  column.expect(4);
  await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce());
  expect(asked).toEqual([0]);
});
