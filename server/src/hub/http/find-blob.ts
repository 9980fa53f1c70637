import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import type { Column, Run } from '@convscope/shared/log-index/run.js';
import { BLOB_ROW_BYTES, type BlobRow, readBlobRow } from '@convscope/shared/protocol/rows.js';
import type { RunRecord } from '@convscope/shared/run-record.js';

/** Where the event of a record lies, and which of its values with this tag and kind it is. */
export interface FoundBlob extends BlobRow {
  readonly column: Column;
  readonly value: number;
}

/**
 * The newest record of the tag that is not a scalar, at a step or at all. Without a kind, that of the tag's first kind.
 * Null when there is none, or only one that was replaced when the run was resumed from an earlier step.
 */
export function findBlob(run: Run, tag: string, kind?: string, step?: number): FoundBlob | null {
  const column = kind === undefined ? firstOther(run, tag) : run.column(tag, kind);
  if (!column || column.kind === 'scalar') return null;
  const bytes = column.bytes(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rowAt = (row: number) => readBlobRow(view, row * BLOB_ROW_BYTES);
  let replacedFrom = Number.POSITIVE_INFINITY;
  for (let row = bytes.byteLength / BLOB_ROW_BYTES - 1; row >= 0; row--) {
    const found = rowAt(row);
    const isReplaced = found.step >= replacedFrom;
    replacedFrom = Math.min(replacedFrom, found.replacesFrom);
    if (isReplaced || (step !== undefined && found.step !== step)) continue;
    let value = 0;
    for (let before = row - 1; before >= 0; before--, value++) {
      const { file, offset } = rowAt(before);
      if (file !== found.file || offset !== found.offset) break;
    }
    return { ...found, column, value };
  }
  return null;
}

function firstOther(run: Run, tag: string): Column | null {
  for (const column of run.columns()) if (column.tag === tag && column.kind !== 'scalar') return column;
  return null;
}

/** One part of a record, as other programs read it. */
export interface BlobPart {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/**
 * A picture of an image or channels record, or a text of a text record; null if there are fewer.
 * @param data the event's data
 * @throws MalformedEventError if the bytes are not an event with such a record
 */
export function partOf(data: Uint8Array, { column, value }: FoundBlob, index: number): BlobPart | null {
  const { tag, kind } = column;
  const { values } = decodeEvent(data, { kindOf: () => kind });
  const record = values.filter((one) => one.tag === tag && one.kind === kind)[value]?.toRecord();
  return record ? partOfRecord(record, index) : null;
}

function partOfRecord(record: RunRecord, index: number): BlobPart | null {
  if (record.kind === 'image' || record.kind === 'channels') {
    const picture = (record.kind === 'image' ? record.images : record.atlases)[index];
    return picture ? { type: pictureType(picture), bytes: picture } : null;
  }
  const text = record.kind === 'text' ? record.strings[index] : undefined;
  return text === undefined
    ? null
    : { type: 'text/plain; charset=utf-8', bytes: new TextEncoder().encode(text) };
}

/** Said only of what browsers cannot take for a page. */
function pictureType(bytes: Uint8Array): string {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  if (start === '\x89PNG') return 'image/png';
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  return start === 'GIF8' ? 'image/gif' : 'application/octet-stream';
}
