/** Lays out segments and their parts as `segment.ts` describes them. */
import { upTo8 } from './cursor.js';
import { ENTRY_NUMBERS, HEAD_BYTES, PART_BYTES, type PartTables, type SegmentHead } from './segment.js';

/** Bytes that are written when there is a place for them. */
export interface Layout {
  readonly size: number;
  write(to: ArrayBufferLike, begin: number): void;
}

/** @param series the series of all tags of the part, one after the other */
export function layOutPart({ head, numbers, forms, subjects, details }: PartTables, series: Layout): Layout {
  const json = Buffer.from(JSON.stringify(head));
  const entries = numbers.length / ENTRY_NUMBERS;
  const tables =
    PART_BYTES +
    upTo8(json.length) +
    numbers.byteLength +
    forms.byteLength +
    upTo8(subjects.byteLength) +
    upTo8(details.length);
  const write = (to: ArrayBufferLike, begin: number) => {
    const bytes = new Uint8Array(to);
    new Uint32Array(to, begin, 8).set([
      json.length,
      entries,
      subjects.length,
      details.length,
      head.tags.length,
    ]);
    let at = begin + PART_BYTES;
    bytes.set(json, at);
    at += upTo8(json.length);
    new Float64Array(to, at, numbers.length).set(numbers);
    at += numbers.byteLength;
    new Uint32Array(to, at, forms.length).set(forms);
    at += forms.byteLength;
    new Uint32Array(to, at, subjects.length).set(subjects);
    at += upTo8(subjects.byteLength);
    bytes.set(details, at);
    series.write(to, begin + tables);
  };
  return { size: tables + series.size, write };
}

export function layOutBytes(bytes: Uint8Array): Layout {
  return { size: bytes.length, write: (to, begin) => new Uint8Array(to).set(bytes, begin) };
}

/**
 * @param blockBytes the length of all blocks of rows
 * @param isShared whether it is memory that threads can share
 */
export function layOutSegment(
  head: SegmentHead,
  parts: readonly Layout[],
  blockBytes: number,
  isShared: (size: number) => boolean,
): ArrayBufferLike {
  const json = Buffer.from(JSON.stringify(head));
  const begin = HEAD_BYTES + upTo8(json.length);
  const size = parts.reduce((sum, part) => sum + part.size, begin);
  const buffer = isShared(size) ? new SharedArrayBuffer(size) : new ArrayBuffer(size);
  new Uint32Array(buffer, 0, 4).set([parts.length, json.length, blockBytes]);
  new Uint8Array(buffer).set(json, HEAD_BYTES);
  let at = begin;
  for (const part of parts) {
    part.write(buffer, at);
    at += part.size;
  }
  return buffer;
}
