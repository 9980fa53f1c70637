/**
 * The histories of tags over HTTP (api/histories): an answer has a part for each that was asked for (see `parts`), which is one
 * block per capture, in the order of the tag's index rows. All numbers are little-endian. A block is
 *
 *   step f64, range (min, max, absolute, positive) 4 × f64,
 *   flags u32, channels u32, pictures u32, count of non-finite channels u32, count of duplicates u32,
 *   minima and maxima of the channels, f32 each, or f64 if WIDE is set (SINGLE: each channel has one value),
 *   for each channel with non-finite values: channel u32, number of values u32,
 *   for each duplicate: channel u32, the channel that it repeats u32, correlation f32.
 *
 * The block of a capture that cannot be read has the flag UNREADABLE and no channels.
 */
import type { CaptureSummary } from '../channels/capture-summary.js';

/** The JSON body of the request. */
export interface HistoriesRequest {
  readonly run: string;
  readonly generation: number;
  /** The most important first, as an answer ends after some time. */
  readonly histories: readonly HistoryQuestion[];
}

export interface HistoryQuestion {
  readonly tag: string;
  readonly kind: string;
  /** The first row of the tag's index that is wanted. */
  readonly from: number;
  readonly findDuplicates: boolean;
}

export const HISTORIES_LIMITS = {
  histories: 256,
  /** The body of the POST. The page asks for long tags in several requests. */
  bodyBytes: 1024 * 1024,
} as const;

const HEAD_BYTES = 60;
const WIDE = 1;
const UNREADABLE = 2;
const SINGLE = 4;
const NON_FINITE_BYTES = 8;
const DUPLICATE_BYTES = 12;

/** One row of a tag's history. */
export type HistoryRow = CaptureSummary | { readonly step: number; readonly unreadable: true };

export function isReadable(row: HistoryRow): row is CaptureSummary {
  return !('unreadable' in row);
}

export function encodeHistoryRow(row: HistoryRow): Uint8Array<ArrayBuffer> {
  if (!isReadable(row)) {
    const view = new DataView(new ArrayBuffer(HEAD_BYTES));
    view.setFloat64(0, row.step, true);
    view.setUint32(40, UNREADABLE, true);
    return new Uint8Array(view.buffer);
  }
  const { step, channels, pictures, isSingle, range, min, max, nonFinite, duplicates } = row;
  const isWide = min instanceof Float64Array;
  const size = isWide ? 8 : 4;
  const sick = [...nonFinite.entries()].filter(([, count]) => count > 0);
  const bytes =
    HEAD_BYTES + 2 * channels * size + sick.length * NON_FINITE_BYTES + duplicates.length * DUPLICATE_BYTES;
  const view = new DataView(new ArrayBuffer(bytes));
  [step, range.min, range.max, range.absolute, range.positive].forEach((value, at) => {
    view.setFloat64(at * 8, value, true);
  });
  const flags = (isWide ? WIDE : 0) | (isSingle ? SINGLE : 0);
  [flags, channels, pictures, sick.length, duplicates.length].forEach((value, at) => {
    view.setUint32(40 + at * 4, value, true);
  });
  let at = HEAD_BYTES;
  for (const limits of [min, max]) {
    for (const value of limits) {
      if (isWide) view.setFloat64(at, value, true);
      else view.setFloat32(at, value, true);
      at += size;
    }
  }
  for (const [channel, count] of sick) {
    view.setUint32(at, channel, true);
    view.setUint32(at + 4, count, true);
    at += NON_FINITE_BYTES;
  }
  for (const { channel, of, correlation } of duplicates) {
    view.setUint32(at, channel, true);
    view.setUint32(at + 4, of, true);
    view.setFloat32(at + 8, correlation, true);
    at += DUPLICATE_BYTES;
  }
  return new Uint8Array(view.buffer);
}

/** @throws RangeError when the bytes are not whole blocks. */
export function decodeHistory(bytes: Uint8Array): HistoryRow[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rows: HistoryRow[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const [step, min, max, absolute, positive] = [0, 8, 16, 24, 32].map((offset) =>
      view.getFloat64(at + offset, true),
    ) as [number, number, number, number, number];
    const [flags, channels, pictures, sick, duplicated] = [40, 44, 48, 52, 56].map((offset) =>
      view.getUint32(at + offset, true),
    ) as [number, number, number, number, number];
    at += HEAD_BYTES;
    if (flags & UNREADABLE) {
      rows.push({ step, unreadable: true });
      continue;
    }
    const isWide = (flags & WIDE) !== 0;
    const size = isWide ? 8 : 4;
    // Checked before anything is allocated.
    const length = 2 * channels * size + sick * NON_FINITE_BYTES + duplicated * DUPLICATE_BYTES;
    if (at + length > bytes.byteLength) throw new RangeError('The history ends in the middle of a capture.');
    const limits = [0, 1].map(() => {
      const values = isWide ? new Float64Array(channels) : new Float32Array(channels);
      for (let channel = 0; channel < channels; channel++, at += size)
        values[channel] = isWide ? view.getFloat64(at, true) : view.getFloat32(at, true);
      return values;
    }) as [Float32Array | Float64Array, Float32Array | Float64Array];
    const nonFinite = new Uint32Array(channels);
    for (let one = 0; one < sick; one++, at += NON_FINITE_BYTES)
      nonFinite[view.getUint32(at, true)] = view.getUint32(at + 4, true);
    const duplicates = Array.from({ length: duplicated }, () => {
      const duplicate = {
        channel: view.getUint32(at, true),
        of: view.getUint32(at + 4, true),
        correlation: view.getFloat32(at + 8, true),
      };
      at += DUPLICATE_BYTES;
      return duplicate;
    });
    const range = { min, max, absolute, positive };
    const isSingle = (flags & SINGLE) !== 0;
    rows.push({
      step,
      channels,
      pictures,
      isSingle,
      range,
      min: limits[0],
      max: limits[1],
      nonFinite,
      duplicates,
    });
  }
  return rows;
}
