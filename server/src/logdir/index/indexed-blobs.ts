import { BLOB_ROW_BYTES, type BlobRow, readBlobRow, writeBlobRow } from '@convscope/shared/protocol/rows.js';
import type { RecordKind } from '@convscope/shared/run-record.js';
import { RowColumn } from './row-column.js';
import type { RowMemory } from './row-memory.js';

/** Where the records of one tag and kind lie that are not scalars. */
export class IndexedBlobs extends RowColumn<RecordKind> {
  constructor(tag: string, kind: RecordKind, memory: RowMemory) {
    super(tag, kind, BLOB_ROW_BYTES, memory);
  }

  append(row: BlobRow): void {
    const place = this.addRow();
    writeBlobRow(this.view, place, row);
  }

  blob(row: number): BlobRow {
    return readBlobRow(this.view, this.placeOf(row));
  }
}
