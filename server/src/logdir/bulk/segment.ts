/**
 * What a stretch of an event file says, as bytes: the form in which a worker thread hands it over and in which it is kept
 * on disk. Scalars lie by tag. The bytes are checked like any other input, since a file of the cache may hold anything; only of
 * blocks that are said to be alike not each is, since the hash of an index tells whether it is as it was written.
 *
 *   u32 parts | u32 bytes of JSON | u32 bytes of blocks in all parts | u32 unused | JSON (SegmentHead) | parts, each:
 *     u32 bytes of JSON | u32 entries | u32 values | u32 bytes of details | u32 series | u32 × 3 unused
 *     JSON (PartHead) | f64 × 6 an entry | u32 × 2 an entry | u32 a value | details | series, each:
 *       u32 tag | u32 first rows | u32 bytes of blocks | u32 last rows | first rows | blocks | last rows
 *
 * Rows and blocks of rows are those of `index/scalar-blocks.ts`. The blocks begin where those of a column begin that has
 * all rows of this file and no others, so that they can be taken over as they are.
 *
 * Everything begins at a multiple of 8 bytes. Where a writer restarted, a new part begins.
 */
import { NAME_BYTES, REASON_CHARACTERS, TAG_BYTES } from '@convscope/shared/event-log/limits.js';
import { RAW_ROW_NUMBERS } from '@convscope/shared/log-index/scalar-blocks.js';
import type { RecordKind } from '@convscope/shared/run-record.js';
import { z } from '@convscope/shared/zod.js';
import { Cursor } from './cursor.js';

export const HEAD_BYTES = 16;
export const PART_BYTES = 32;
export const ENTRY_NUMBERS = 6;
export const SERIES_BYTES = 16;

/** What an entry is. */
export const ENTRY = { gap: 0, event: 1 } as const;

const KINDS = [
  ...(['scalar', 'channels', 'image', 'tensor', 'histogram', 'text', 'hparams'] as const),
  ...(['run-start', 'run-end', 'other', 'gap'] as const),
] satisfies readonly RecordKind[];

const count = z.int().check(z.nonnegative());
const text = (most: number) => z.string().check(z.maxLength(most));
const step = z.nullable(z.number());

/** Checked at once, as an index on disk has hundreds of segments and each names the tags of its rows. */
const texts = (most: number) =>
  z.custom<readonly string[]>(
    (given) => Array.isArray(given) && given.every((one) => typeof one === 'string' && one.length <= most),
  );

const placeSchema = z.object({
  offset: count,
  damage: z.exactOptional(z.object({ from: count, reason: text(REASON_CHARACTERS) })),
});

const headSchema = z.object({
  /** Where a reader goes on after this stretch. */
  place: placeSchema,
  /** Plugins that this stretch is the first to state, by tag. */
  plugins: z.array(z.tuple([text(TAG_BYTES), text(NAME_BYTES)])),
  /** The bytes that were read of the file, one stretch after the other: their hash, and that of their last SAMPLE_BYTES. */
  reads: z
    .array(z.object({ from: count, to: count, hash: text(32), sample: text(32) }))
    .check(z.minLength(1)),
  /** The step of the first event, if there is one: it ends the gaps before it. */
  firstStep: step,
  /** The step of the newest event with values, in this stretch or before. */
  lastStep: step,
});

const partSchema = z.object({
  /** The step from which on a restarted writer logs again, if this part begins there. */
  restart: step,
  /** Of all events with values: the highest step, and the first and last wall time. */
  span: z.nullable(z.object({ step: z.number(), first: z.number(), last: z.number() })),
  tags: texts(TAG_BYTES),
  /** By tag, the length of its blocks if they are alike (see `PartSeries`), else 0. Only merged segments say it. */
  alike: z.exactOptional(z.array(count)),
  /** Tag, kind and plugin of values that are not scalars. */
  subjects: z.array(z.tuple([text(TAG_BYTES), z.enum(KINDS), text(NAME_BYTES)])),
  /** The reasons of the gaps that have a place, in their order. */
  reasons: texts(REASON_CHARACTERS),
  /** Further gaps, which are only counted. */
  unlistedGaps: count,
  /** Values of which the index needs more than the place: their number, the length of that, or why it cannot be read. */
  details: z.array(z.tuple([count, z.union([count, text(REASON_CHARACTERS)])])),
});

export type SegmentHead = z.infer<typeof headSchema>;
export type ReadStretch = SegmentHead['reads'][number];
export type PartHead = z.infer<typeof partSchema>;

/** The gaps of a part, and its events that hold more than scalars. */
export interface PartTables {
  readonly head: PartHead;
  /** ENTRY_NUMBERS an entry: offset, length, steps of the events before and after it, its step and its wall time. */
  readonly numbers: Float64Array;
  /** Two an entry: what it is, and how many values it has. */
  readonly forms: Uint32Array;
  /** One a value: its place in `head.subjects`. */
  readonly subjects: Uint32Array;
  /** All details one after the other. */
  readonly details: Uint8Array;
}

export interface SegmentPart extends PartTables {
  readonly series: readonly PartSeries[];
}

/** The rows of a tag: those before its first block, its blocks, and those after its last block. */
export interface PartSeries {
  readonly tag: string;
  readonly first: Float64Array;
  readonly blocks: DataView;
  /** The length of each if they are alike: equally long, all or none wide, all steps ascending. 0 if that is not known. */
  readonly alike: number;
  readonly last: Float64Array;
}

/** A gap or an event that holds more than scalars, with the steps of the events before and after it. */
interface Entry {
  readonly offset: number;
  readonly length: number;
  readonly afterStep: number | null;
  /** null if no event has followed yet. */
  readonly beforeStep: number | null;
}

export interface SegmentGap extends Entry {
  readonly reason: string;
}

export interface SegmentEvent extends Entry {
  readonly step: number;
  readonly wallTime: number;
  readonly values: readonly SegmentValue[];
}

export interface SegmentValue {
  readonly tag: string;
  readonly kind: RecordKind;
  readonly plugin: string;
  /** JSON of what the index needs besides the place (see `value-details.ts`), or a sentence why that cannot be read. */
  readonly detail?: Uint8Array | string;
}

/** Called with what a segment holds, in an order that keeps that of the file for each tag. */
export interface SegmentVisitor {
  /**
   * Called before all others.
   * @param blockBytes the length of all blocks of rows
   */
  head(head: SegmentHead, blockBytes: number): void;
  restart(step: number): void;
  span(span: NonNullable<PartHead['span']>): void;
  gap(gap: SegmentGap): void;
  /** Gaps that are only counted. */
  unlistedGaps(count: number): void;
  event(event: SegmentEvent): void;
  /** Rows of scalars of one tag, and blocks of such rows. */
  rows(tag: string, rows: Float64Array): void;
  blocks(tag: string, blocks: DataView, alike: PartSeries['alike']): void;
}

/** The bytes are not a segment. */
export class DamagedSegmentError extends Error {}

/** Reads the head of a segment alone. @throws DamagedSegmentError */
export function segmentHead(bytes: Uint8Array): SegmentHead {
  return guarded(() => openSegment(bytes).head);
}

/**
 * Reads a segment. What was visited before an error stays visited.
 * @param bytes begin at a multiple of 8 in their buffer
 * @throws DamagedSegmentError
 */
export function readSegment(bytes: Uint8Array, visitor: SegmentVisitor): void {
  guarded(() => {
    const { head, parts, blockBytes, cursor } = openSegment(bytes);
    visitor.head(head, blockBytes);
    for (let part = 0; part < parts; part++) readPart(takePart(cursor), visitor);
  });
}

/** The head of a segment and its parts as they lie in it. @throws DamagedSegmentError */
export function takeSegment(bytes: Uint8Array): {
  readonly head: SegmentHead;
  readonly parts: SegmentPart[];
} {
  return guarded(() => {
    const { head, parts, cursor } = openSegment(bytes);
    return { head, parts: several(parts, () => takePart(cursor)) };
  });
}

function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError || error instanceof z.core.$ZodError)
      throw new DamagedSegmentError('The bytes are not a segment of an index.', { cause: error });
    throw error;
  }
}

function openSegment(bytes: Uint8Array) {
  const cursor = new Cursor(bytes);
  const [parts = 0, length = 0, blockBytes = 0] = cursor.words(4);
  return { parts, blockBytes, head: headSchema.parse(cursor.json(length)), cursor };
}

function takePart(cursor: Cursor): SegmentPart {
  const [jsonLength = 0, entryCount = 0, valueCount = 0, detailBytes = 0, series = 0] = cursor.words(8);
  const head = partSchema.parse(cursor.json(jsonLength));
  const tables = {
    head,
    numbers: cursor.numbers(ENTRY_NUMBERS * entryCount),
    forms: cursor.words(2 * entryCount),
    subjects: cursor.words(valueCount),
    details: cursor.bytes(detailBytes),
  };
  return { ...tables, series: several(series, () => takeSeries(cursor, head)) };
}

/** One by one: a count that is damaged takes no memory before the bytes end. */
function several<T>(count: number, take: () => T): T[] {
  const all: T[] = [];
  for (let at = 0; at < count; at++) all.push(take());
  return all;
}

function takeSeries(cursor: Cursor, { tags, alike }: PartHead): PartSeries {
  const [tag = 0, firstRows = 0, blockBytes = 0, lastRows = 0] = cursor.words(4);
  return {
    tag: there(tags[tag]),
    first: cursor.numbers(firstRows * RAW_ROW_NUMBERS),
    blocks: cursor.view(blockBytes),
    alike: alike?.[tag] ?? 0,
    last: cursor.numbers(lastRows * RAW_ROW_NUMBERS),
  };
}

function readPart(part: SegmentPart, visitor: SegmentVisitor): void {
  const { head, series } = part;
  if (head.restart !== null) visitor.restart(head.restart);
  if (head.span !== null) visitor.span(head.span);
  readEntries(part, visitor);
  if (head.unlistedGaps > 0) visitor.unlistedGaps(head.unlistedGaps);
  for (const { tag, first, blocks, alike, last } of series) {
    if (first.length > 0) visitor.rows(tag, first);
    if (blocks.byteLength > 0) visitor.blocks(tag, blocks, alike);
    if (last.length > 0) visitor.rows(tag, last);
  }
}

function readEntries(
  { head, numbers, forms, subjects, details: bytes }: PartTables,
  visitor: SegmentVisitor,
): void {
  const details = new Map(head.details);
  let value = 0;
  let gap = 0;
  let detailAt = 0;
  for (let entry = 0; entry < forms.length / 2; entry++) {
    const at = entry * ENTRY_NUMBERS;
    const [form, count = 0] = [forms[2 * entry], forms[2 * entry + 1]];
    const place = {
      offset: whole(numbers[at]!),
      length: whole(numbers[at + 1]!),
      afterStep: orNull(numbers[at + 2]!),
      beforeStep: orNull(numbers[at + 3]!),
    };
    if (form === ENTRY.gap) {
      visitor.gap({ ...place, reason: there(head.reasons[gap++]) });
      continue;
    }
    if (form !== ENTRY.event) throw new RangeError('A segment holds an entry of no known form.');
    const read: SegmentValue[] = [];
    for (let left = count; left > 0; left--, value++) {
      const [tag, kind, plugin] = there(head.subjects[there(subjects[value])]);
      const detail = details.get(value);
      if (typeof detail === 'number') {
        if (detailAt + detail > bytes.length) throw new RangeError('A detail of a segment is cut short.');
        read.push({ tag, kind, plugin, detail: bytes.subarray(detailAt, detailAt + detail) });
        detailAt += detail;
      } else read.push({ tag, kind, plugin, ...(detail === undefined ? {} : { detail }) });
    }
    visitor.event({ ...place, step: numbers[at + 4]!, wallTime: numbers[at + 5]!, values: read });
  }
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new RangeError('A segment names something that it does not hold.');
  return value;
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('A place in a segment is no place.');
  return value;
}

function orNull(step: number): number | null {
  return Number.isNaN(step) ? null : step;
}
