import { IndexRoom } from '@convscope/shared/log-index/index-room.js';
import { IndexedBlobs } from '@convscope/shared/log-index/indexed-blobs.js';
import { forEachKept } from '@convscope/shared/log-index/replaced-rows.js';
import { Restarts } from '@convscope/shared/log-index/restarts.js';
import { RowMemory } from '@convscope/shared/log-index/row-memory.js';
import { BLOB_ROW_BYTES, writeBlobRow } from '@convscope/shared/protocol/rows.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlobColumn } from './blob-column.js';

/** @param replaces the steps from which on rows replace those before them: their own, if not said otherwise */
function indexOf(steps: readonly number[], replaces: readonly number[] = steps): BlobColumn {
  const bytes = new Uint8Array(steps.length * BLOB_ROW_BYTES);
  const view = new DataView(bytes.buffer);
  steps.forEach((step, row) => {
    const place = { step, wallTime: 0, offset: row * 1000, length: 7, file: 0 };
    writeBlobRow(view, row * BLOB_ROW_BYTES, { ...place, replacesFrom: replaces[row]! });
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
  const column = indexOf([0, 8, 8]);
  expect(column.rowAt(8)).toBe(2);
  expect(column.steps).toEqual([0, 8]);
  expect(column.row(2)?.offset).toBe(2000);
});

test('what an earlier branch logged at later steps is gone when its run has been resumed, but keeps its row', () => {
  const column = indexOf([0, 8, 16, 24, 8]);
  expect(column.steps).toEqual([0, 8]);
  expect([column.rowAt(8), column.rowAt(99), column.lastStep]).toEqual([4, 4, 8]);
  expect(column.rows).toBe(5);
  expect(column.row(3)?.step).toBe(24);
});

test('a restart voids rows from its step on, though the next row is of a later one', () => {
  expect(indexOf([0, 8, 16, 24], [0, 8, 16, 4]).steps).toEqual([0, 24]);
});

test('the page keeps the rows that the hub keeps, however steps and restarts follow each other', () => {
  const moves = fc.record({ step: fc.integer({ min: -3, max: 12 }), isRestart: fc.boolean() });
  fc.assert(
    fc.property(fc.array(moves, { maxLength: 40 }), (order) => {
      const indexed = new IndexedBlobs('maps', 'channels', new RowMemory(new IndexRoom()));
      const restarts = new Restarts();
      const column = new BlobColumn();
      for (const { step, isRestart } of order) {
        if (isRestart) restarts.add(step);
        else {
          indexed.follow(restarts);
          indexed.append({ step, wallTime: 0, file: 0, offset: 0, length: 1 });
        }
        // Some come one by one, some together.
        if (step % 2 === 0) column.append(indexed.bytes(column.rows));
      }
      column.append(indexed.bytes(column.rows));
      const kept: number[] = [];
      forEachKept(indexed.replaced, indexed.rows, (from, to) => {
        for (let row = from; row < to; row++) kept.push(indexed.step(row));
      });
      expect(column.steps).toEqual(kept);
    }),
  );
});
