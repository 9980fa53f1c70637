import { BLOB_ROW_BYTES, writeBlobRow } from '@convscope/shared/protocol/rows.js';
import { expect, test, vi } from 'vitest';
import { BlobColumn } from '../series/blob-column.js';
import type { BlobRows } from './blobs.js';
import { CardSteps } from './card-steps.js';

function rowsAt(...steps: readonly number[]): BlobRows {
  const column = new BlobColumn();
  const bytes = new Uint8Array(steps.length * BLOB_ROW_BYTES);
  steps.forEach((step, row) => {
    const at = { step, wallTime: 0, file: 0, offset: row, length: 1, replacesFrom: step };
    writeBlobRow(new DataView(bytes.buffer), row * BLOB_ROW_BYTES, at);
  });
  column.append(bytes);
  return { run: 'a', tag: 't', kind: 'text', generation: 1, column, count: steps.length, isComplete: true };
}

test('the steps of all cards are those of the slider, until a card is gone', async () => {
  const cards = new CardSteps();
  cards.offer('a', rowsAt(0, 5, 10));
  cards.offer('b', rowsAt(7, 10));
  await vi.waitFor(() => expect(cards.steps.get()).toEqual([0, 5, 7, 10]));
  cards.offer('b', undefined);
  await vi.waitFor(() => expect(cards.steps.get()).toEqual([0, 5, 10]));
});

test('moving on ends at the first step, and at the newest and those that come', async () => {
  const cards = new CardSteps();
  cards.offer('a', rowsAt(0, 10, 20));
  await vi.waitFor(() => expect(cards.steps.get()).toHaveLength(3));
  expect(cards.moved(undefined, -1)).toBe(10);
  expect(cards.moved(10, -10)).toBe(0);
  expect(cards.moved(15, 1)).toBe(undefined);
  expect(cards.moved(0, 1)).toBe(10);
});
