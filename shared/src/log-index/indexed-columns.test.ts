import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readBlobRow } from '../protocol/rows.js';
import { IndexRoom } from './index-room.js';
import { IndexedBlobs } from './indexed-blobs.js';
import { IndexedScalars } from './indexed-scalars.js';
import { RowMemory } from './row-memory.js';
import type { IndexedColumn } from './run-index.js';

it('rows of many columns that share memory stay what they were, in bytes that were taken at any time', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3000 }), (order) => {
      const memory = new RowMemory(new IndexRoom());
      const columns = Array.from({ length: 10 }, (_, i) =>
        i % 2 === 0 ? new IndexedScalars(`t${i}`, memory) : new IndexedBlobs(`t${i}`, 'image', memory),
      );
      const early: { column: IndexedColumn; bytes: Uint8Array; copy: Uint8Array }[] = [];
      const steps: number[][] = columns.map(() => []);
      order.forEach((at, step) => {
        const column = columns[at]!;
        if (column instanceof IndexedScalars) column.append(step, step / 2, at);
        else column.append({ step, wallTime: step / 2, file: at, offset: step * 10, length: step });
        steps[at]!.push(step);
        if (step % 100 === 0) early.push({ column, bytes: column.bytes(0), copy: column.bytes(0).slice() });
      });
      columns.forEach((column, at) => {
        expect(Array.from({ length: column.rows }, (_, row) => column.step(row))).toEqual(steps[at]);
        const last = column.rows - 1;
        if (last < 0) return;
        const bytes = column.bytes(last);
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        if (column instanceof IndexedScalars) expect(column.value(last)).toBe(at);
        else expect(column.blob(last)).toEqual(readBlobRow(view, 0));
      });
      for (const { bytes, copy } of early) expect(bytes).toEqual(copy);
    }),
    { numRuns: 50 },
  );
});
