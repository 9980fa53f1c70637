/** Damaged files with what a reader must find in them, and their reading in pieces. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { createFrameReader, type FrameGap } from '../frame-reader.js';

interface BaseEvent {
  index: number;
  offset: number;
  wall_time: number;
  step: number;
  tag?: string;
  value?: number;
  file_version?: string;
}
interface DamagedCase {
  bytes: number;
  lost_base_records: number[];
  readable_before_first_damage: number[];
  readable_after_resync_only: number[];
}
const folder = new URL('../fixtures/events/damaged/', import.meta.url);
export const expected: {
  base_events: BaseEvent[];
  cases: Record<string, DamagedCase>;
  growing: { prefixes: { bytes: number; events: number }[] };
} = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8'));

export const fileOf = (name: string) =>
  new Uint8Array(readFileSync(new URL(`${name}/events.out.tfevents.1700000000.testhost.1.0`, folder)));

/** Reads a file that arrives in the given chunks. */
export function read(stretches: Iterable<Uint8Array>, maxRecordBytes = 1 << 20) {
  const events: { data: Uint8Array; offset: number }[] = [];
  const gaps: FrameGap[] = [];
  const reader = createFrameReader({
    maxRecordBytes,
    onEvent: (data, offset, length) => {
      expect(data.length).toBe(length);
      events.push({ data: data.slice(), offset });
    },
    onGap: (gap) => gaps.push(gap),
  });
  for (const stretch of stretches) {
    // Overwrite the pushed bytes: the reader must not keep a view of them.
    const copy = stretch.slice();
    reader.push(copy);
    copy.fill(0xee);
  }
  const gapsBeforeFinish = gaps.length;
  reader.finish();
  return { events, gaps, gapsBeforeFinish, reader };
}

export function* split(bytes: Uint8Array, size: (at: number) => number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const next = Math.min(bytes.length, at + size(at));
    yield bytes.subarray(at, next);
    at = next;
  }
}

export const join = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

export function repeated(pattern: Uint8Array, least: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(least / pattern.length) * pattern.length);
  for (let at = 0; at < bytes.length; at += pattern.length) bytes.set(pattern, at);
  return bytes;
}
