/**
 * Collects what a stretch of an event file says, and gives it as the bytes of a segment. One file of more than 300 lines,
 * because collecting a part and writing it share all of its state.
 */
import type { DecodedEvent } from '@convscope/shared/event-log/decode-event.js';
import type { ReadingState } from '@convscope/shared/event-log/event-reader.js';
import type { FrameGap } from '@convscope/shared/event-log/frame-reader.js';
import type { ScalarBatch } from '@convscope/shared/event-log/scan-events.js';
import { INDEX_LIMITS } from '@convscope/shared/log-index/index-room.js';
import { BLOCK_ROWS } from '@convscope/shared/log-index/scalar-blocks.js';
import { stepToNumber } from '@convscope/shared/run-record.js';
import { RowsBefore } from './rows-before.js';
import { type ScanMemory, scanMemory } from './scan-memory.js';
import { ENTRY, ENTRY_NUMBERS, type PartHead, type ReadStretch, type SegmentHead } from './segment.js';
import { type Layout, layOutBytes, layOutPart, layOutSegment } from './segment-layout.js';
import { SubjectList } from './subject-list.js';
import { detailOf } from './value-details.js';

interface MutableEntry {
  readonly form: number;
  readonly offset: number;
  readonly length: number;
  readonly afterStep: number | null;
  beforeStep: number | null;
  readonly step: number;
  readonly wallTime: number;
  readonly values: number;
}

export class SegmentBuilder {
  /** Holds the rows of the part that is being collected, between `begin` and `take`. */
  readonly #memory: ScanMemory;
  /** Complete parts of this segment. */
  #parts: Layout[] = [];
  #blockBytes = 0;
  #restart: number | null = null;
  #span: { step: number; first: number; last: number } | null = null;
  readonly #tags = new Map<string, number>();
  /** How many rows of each tag earlier segments and parts hold. */
  readonly #rowsBefore = new RowsBefore();
  readonly #subjects = new SubjectList();
  #entries: MutableEntry[] = [];
  /** Entries that no event has followed yet. */
  #open: MutableEntry[] = [];
  #values: number[] = [];
  #reasons: string[] = [];
  /** Gaps with a place, of this segment and earlier ones. */
  #listedGaps = 0;
  #unlistedGaps = 0;
  #details: PartHead['details'] = [];
  #detailBytes: Uint8Array[] = [];
  #firstStep: number | null = null;
  #lastStep: number | null;
  /** Plugins of the state that earlier segments named. */
  #plugins: number;

  /** @param lastStep of the newest event with values before, if there is one */
  constructor(lastStep: number | null, knownPlugins: number, memory = scanMemory()) {
    this.#memory = memory;
    this.#lastStep = lastStep;
    this.#plugins = knownPlugins;
  }

  /** Begins a stretch. The memory is this builder's until `take`. */
  begin(): void {
    this.#memory.beginPart();
  }

  /**
   * Takes rows from the beginning of bytes[start, end), which its memory holds, as far as the scanner knows the frames.
   * Returns where the first begins that it does not know.
   */
  scan(bytes: Uint8Array, start: number, end: number, isScalar: (tag: string) => boolean): number {
    const memory = this.#memory;
    const sink = { numberOf: (tag: string) => this.#tagNumber(tag), isScalar };
    for (let at = start; ; ) {
      const before = memory.rows;
      at = memory.scan(bytes, at, end, sink);
      if (memory.rows > before) {
        const { firstStep, lastStep, highestStep, firstWallTime, lastWallTime } = memory.scanned;
        this.#follow(firstStep);
        this.#cover(highestStep, firstWallTime);
        this.#cover(highestStep, lastWallTime);
        this.#lastStep = lastStep;
      }
      if (!memory.isOutOfRoom) return at;
      this.#endPart();
    }
  }

  /** Whether another gap is listed with its place. A file may have one every 16 bytes, and no run lists more than so many. */
  get listsGaps(): boolean {
    return this.#listedGaps < INDEX_LIMITS.gapsOfRun;
  }

  gap({ offset, length, reason }: FrameGap): void {
    if (!this.listsGaps) {
      this.#unlistedGaps++;
      return;
    }
    this.#listedGaps++;
    this.#reasons.push(reason);
    this.#addEntry({
      ...{ form: ENTRY.gap, offset, length, afterStep: this.#lastStep, beforeStep: null },
      ...{ step: 0, wallTime: 0, values: 0 },
    });
  }

  rows(batch: ScalarBatch): void {
    const { tags, tag, count, step, wallTime, value } = batch;
    this.#follow(step[0]!);
    const memory = this.#memoryFor(count);
    const at = memory.rows;
    for (let row = 0; row < count; row++) {
      this.#cover(step[row]!, wallTime[row]!);
      memory.tags[at + row] = this.#tagNumber(tags[tag[row]!]!);
    }
    memory.steps.set(step.subarray(0, count), at);
    memory.wallTimes.set(wallTime.subarray(0, count), at);
    memory.values.set(value.subarray(0, count), at);
    memory.addRows(count);
    this.#lastStep = step[count - 1]!;
  }

  /** The memory with room for so many rows. All that was collected may end here. */
  #memoryFor(rows: number): ScanMemory {
    if (this.#memory.room < rows) this.#endPart();
    return this.#memory;
  }

  /** An event with this step follows what is open. */
  #follow(step: number): void {
    this.#firstStep ??= step;
    if (this.#open.length === 0) return;
    for (const entry of this.#open) entry.beforeStep = step;
    this.#open = [];
  }

  /** @param length of the event's data */
  event(event: DecodedEvent, offset: number, length: number): void {
    const step = stepToNumber(event.step);
    this.#follow(step);
    if (event.sessionStart) {
      this.#endPart();
      this.#restart = step;
    }
    const { values, wallTime } = event;
    if (values.length === 0) return;
    const memory = this.#memoryFor(values.length);
    this.#cover(step, wallTime);
    let others = 0;
    for (const value of values) {
      if (value.kind === 'scalar' && value.scalar !== undefined) {
        const row = memory.rows;
        memory.tags[row] = this.#tagNumber(value.tag);
        memory.steps[row] = step;
        memory.wallTimes[row] = wallTime;
        memory.values[row] = value.scalar;
        memory.addRows(1);
        continue;
      }
      others++;
      const detail = detailOf(value);
      if (detail !== undefined) {
        this.#details.push([this.#values.length, typeof detail === 'string' ? detail : detail.length]);
        if (typeof detail !== 'string') this.#detailBytes.push(detail);
      }
      this.#values.push(this.#subjects.numberOf([value.tag, value.kind, value.plugin]));
    }
    const place = { offset, length, afterStep: this.#lastStep, beforeStep: null };
    if (others > 0) this.#addEntry({ form: ENTRY.event, ...place, step, wallTime, values: others });
    this.#lastStep = step;
  }

  /**
   * Takes out what was collected.
   * @param read the bytes of the file that were read for it
   */
  take(state: ReadingState, read: ReadStretch): ArrayBufferLike {
    const last = this.#hasPart ? this.#layOutPart() : null;
    const { place } = state;
    const isKnown = state.plugins.size === this.#plugins;
    const plugins = isKnown ? [] : [...state.plugins].slice(this.#plugins);
    this.#plugins = state.plugins.size;
    const head: SegmentHead = {
      ...{ place, plugins, reads: [read], firstStep: this.#firstStep, lastStep: this.#lastStep },
    };
    const parts = last ? [...this.#parts, last] : this.#parts;
    // What the hub keeps as it is (see `applySegment`) does not count as new memory there, which would cause collections of
    // garbage while there is hardly any.
    const isKept = (size: number) => this.#blockBytes > size / 2;
    const buffer = layOutSegment(head, parts, this.#blockBytes, isKept);
    this.#clearPart();
    this.#open = [];
    this.#parts = [];
    this.#blockBytes = 0;
    this.#firstStep = null;
    return buffer;
  }

  #addEntry(entry: MutableEntry): void {
    this.#entries.push(entry);
    this.#open.push(entry);
  }

  #cover(step: number, wallTime: number): void {
    this.#span ??= { step, first: 0, last: 0 };
    const span = this.#span;
    if (step > span.step) span.step = step;
    // A log may hold any double; 0 means that there is none.
    if (!Number.isFinite(wallTime) || wallTime === 0) return;
    if (span.first === 0 || wallTime < span.first) span.first = wallTime;
    if (span.last === 0 || wallTime > span.last) span.last = wallTime;
  }

  #tagNumber(tag: string): number {
    let number = this.#tags.get(tag);
    if (number === undefined) {
      number = this.#tags.size;
      this.#tags.set(tag, number);
    }
    return number;
  }

  get #hasPart(): boolean {
    return (
      this.#restart !== null || this.#span !== null || this.#entries.length > 0 || this.#unlistedGaps > 0
    );
  }

  #endPart(): void {
    if (this.#hasPart) {
      // The memory is used again before the segment is written.
      const { size, write } = this.#layOutPart();
      const part = new ArrayBuffer(size);
      write(part, 0);
      this.#parts.push(layOutBytes(new Uint8Array(part)));
    }
    this.#clearPart();
  }

  #clearPart(): void {
    this.#restart = null;
    this.#span = null;
    this.#tags.clear();
    this.#subjects.clear();
    this.#entries = [];
    this.#values = [];
    this.#reasons = [];
    this.#unlistedGaps = 0;
    this.#details = [];
    this.#detailBytes = [];
    this.#memory.beginPart();
  }

  /** To be written before the memory is used again. */
  #layOutPart(): Layout {
    const entries = this.#entries;
    const head: PartHead = {
      ...{ restart: this.#restart, span: this.#span, tags: [...this.#tags.keys()] },
      ...{ subjects: this.#subjects.all, reasons: this.#reasons, unlistedGaps: this.#unlistedGaps },
      details: this.#details,
    };
    const numbers = new Float64Array(ENTRY_NUMBERS * entries.length);
    const forms = new Uint32Array(2 * entries.length);
    for (const [i, entry] of entries.entries()) {
      const { offset, length, afterStep, beforeStep, step, wallTime } = entry;
      numbers.set([offset, length, afterStep ?? Number.NaN, beforeStep ?? Number.NaN], i * ENTRY_NUMBERS);
      numbers.set([step, wallTime], i * ENTRY_NUMBERS + 4);
      forms.set([entry.form, entry.values], 2 * i);
    }
    const subjects = Uint32Array.from(this.#values);
    const details = Buffer.concat(this.#detailBytes);
    return layOutPart({ head, numbers, forms, subjects, details }, layOutBytes(this.#encodeSeries()));
  }

  /** The rows by tag, valid until the memory is used again. */
  #encodeSeries(): Uint8Array {
    const memory = this.#memory;
    const counts = new Uint32Array(this.#tags.size);
    for (const tag of memory.tags.subarray(0, memory.rows)) counts[tag]!++;
    for (const [tag, number] of this.#tags) {
      const before = this.#rowsBefore.add(tag, counts[number]!);
      memory.firstRows[number] = (BLOCK_ROWS - (before % BLOCK_ROWS)) % BLOCK_ROWS;
    }
    const { series, blockBytes } = memory.encode(this.#tags.size);
    this.#blockBytes += blockBytes;
    return series;
  }
}
