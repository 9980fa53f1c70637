import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { createEventDecoder } from '@convscope/shared/event-log/decode-event.js';
import { createFrameReader } from '@convscope/shared/event-log/frame-reader.js';
import type { RecordKind, RecordOf, RunRecord } from '@convscope/shared/run-record.js';

/** Every record of an undamaged event file. @throws Error if it is damaged */
export function readLog(file: string): RunRecord[] {
  const records: RunRecord[] = [];
  const decoder = createEventDecoder();
  const reader = createFrameReader({
    onEvent: (data) => {
      for (const value of decoder.decodeEvent(data).values) records.push(value.toRecord());
    },
    onGap: ({ reason, offset }) => {
      throw new Error(`${file}, byte ${offset}: ${reason}`);
    },
  });
  reader.push(readFileSync(file));
  reader.finish();
  return records;
}

/** Narrows the record to this kind. @throws Error if it has another kind */
export function asKind<K extends RecordKind>(record: RunRecord | undefined, kind: K): RecordOf<K> {
  if (record?.kind !== kind)
    throw new Error(`expected a record of kind ${kind}, found ${record?.kind ?? 'none'}`);
  return record as RecordOf<K>;
}

export function inflate(bytes: Uint8Array, size: number): Uint8Array {
  return inflateSync(bytes, { maxOutputLength: size });
}
