/**
 * Makes one segment of several that follow each other. Read from disk, each segment costs its JSON and, for every tag, a block
 * that has to be encoded where two segments meet.
 */
import { joinedNumbers } from '@convscope/shared/joined.js';
import {
  BLOCK_ROWS,
  blockBytes,
  doStepsAscend,
  encodeBlock,
  isWideBlock,
  RAW_ROW_NUMBERS,
  stepOf,
} from '@convscope/shared/log-index/scalar-blocks.js';
import { TimeBudget } from '@convscope/shared/time-budget.js';
import { upTo8 } from './cursor.js';
import {
  ENTRY_NUMBERS,
  type PartHead,
  type PartSeries,
  SERIES_BYTES,
  type SegmentHead,
  type SegmentPart,
  takeSegment,
} from './segment.js';
import { type Layout, layOutPart, layOutSegment } from './segment-layout.js';
import { SubjectList } from './subject-list.js';

/** Where the numbers of an entry hold the step of the event after it. */
const BEFORE_STEP = 3;

/**
 * Says what the segments say, and lets other work run meanwhile. Their bytes are not written to.
 * @returns null if the blocks of a tag do not follow each other
 */
export async function mergeSegments(segments: readonly Uint8Array[]): Promise<Uint8Array | null> {
  const merged = new MergedSegment();
  const budget = new TimeBudget();
  for (const bytes of segments) {
    const { head, parts } = takeSegment(bytes);
    merged.addHead(head);
    for (const part of parts) if (!merged.addPart(part)) return null;
    await budget.rest();
  }
  return new Uint8Array(merged.take());
}

class MergedSegment {
  #head: SegmentHead | undefined;
  /** Complete parts. */
  readonly #parts: Layout[] = [];
  #blockBytes = 0;
  #part = new MergedPart(null);
  /** The numbers of entries that no event has followed yet. */
  #open: Float64Array[] = [];

  addHead(head: SegmentHead): void {
    const { firstStep } = head;
    if (firstStep !== null) {
      for (const numbers of this.#open) closeEntries(numbers, firstStep);
      this.#open = [];
    }
    const before = this.#head;
    this.#head =
      before === undefined
        ? head
        : {
            ...head,
            plugins: [...before.plugins, ...head.plugins],
            reads: [...before.reads, ...head.reads],
            firstStep: before.firstStep ?? firstStep,
          };
  }

  addPart(part: SegmentPart): boolean {
    if (part.head.restart !== null) {
      this.#endPart();
      this.#part = new MergedPart(part.head.restart);
    }
    const numbers = part.numbers.slice();
    this.#open.push(numbers);
    return this.#part.add(part, numbers);
  }

  take(): ArrayBufferLike {
    if (this.#head === undefined) throw new TypeError('There is no segment to merge.');
    this.#endPart();
    return layOutSegment(this.#head, this.#parts, this.#blockBytes, () => false);
  }

  #endPart(): void {
    if (this.#part.isEmpty) return;
    const { layout, blockBytes } = this.#part.layOut();
    this.#parts.push(layout);
    this.#blockBytes += blockBytes;
  }
}

/** Says of entries that no event has followed what the next one is. */
function closeEntries(numbers: Float64Array, step: number): void {
  for (let at = BEFORE_STEP; at < numbers.length; at += ENTRY_NUMBERS)
    if (Number.isNaN(numbers[at])) numbers[at] = step;
}

class MergedPart {
  readonly #restart: number | null;
  #span: PartHead['span'] = null;
  readonly #subjects = new SubjectList();
  readonly #reasons: string[] = [];
  #unlistedGaps = 0;
  readonly #details: PartHead['details'] = [];
  readonly #detailBytes: Uint8Array[] = [];
  readonly #numbers: Float64Array[] = [];
  readonly #forms: Uint32Array[] = [];
  readonly #values: number[] = [];
  readonly #series = new Map<string, MergedSeries>();
  isEmpty = true;

  constructor(restart: number | null) {
    this.#restart = restart;
  }

  /** @param numbers those of the part's entries, which may still be written to before `layOut` */
  add(part: SegmentPart, numbers: Float64Array): boolean {
    this.isEmpty = false;
    const { head, forms, subjects, details, series } = part;
    this.#span = union(this.#span, head.span);
    this.#reasons.push(...head.reasons);
    this.#unlistedGaps += head.unlistedGaps;
    for (const [value, detail] of head.details) this.#details.push([this.#values.length + value, detail]);
    if (details.length > 0) this.#detailBytes.push(details);
    this.#numbers.push(numbers);
    this.#forms.push(forms);
    const places = head.subjects.map((subject) => this.#subjects.numberOf(subject));
    for (const subject of subjects) {
      const place = places[subject];
      if (place === undefined) return false;
      this.#values.push(place);
    }
    for (const one of series) {
      const merged = this.#series.get(one.tag) ?? new MergedSeries();
      this.#series.set(one.tag, merged);
      if (!merged.add(one)) return false;
    }
    return true;
  }

  layOut(): { readonly layout: Layout; readonly blockBytes: number } {
    const all = [...this.#series.values()];
    const head: PartHead = {
      ...{ restart: this.#restart, span: this.#span, tags: [...this.#series.keys()] },
      alike: all.map((one) => one.alike()),
      ...{ subjects: this.#subjects.all, reasons: this.#reasons, unlistedGaps: this.#unlistedGaps },
      details: this.#details,
    };
    const series: Layout = {
      size: all.reduce((sum, one) => sum + one.size, 0),
      write(to, begin) {
        let at = begin;
        for (const [tag, one] of all.entries()) {
          one.write(tag, to, at);
          at += one.size;
        }
      },
    };
    const tables = {
      head,
      numbers: joinedNumbers(this.#numbers),
      forms: Uint32Array.from(this.#forms.flatMap((forms) => [...forms])),
      subjects: Uint32Array.from(this.#values),
      details: Buffer.concat(this.#detailBytes),
    };
    const blockBytes = all.reduce((sum, series) => sum + series.blockBytes, 0);
    return { layout: layOutPart(tables, series), blockBytes };
  }
}

/** The rows of one tag. */
class MergedSeries {
  /** They end a block that began before this part. */
  readonly #first: Float64Array[] = [];
  readonly #blocks: Uint8Array[] = [];
  blockBytes = 0;
  readonly #last = new Float64Array(BLOCK_ROWS * RAW_ROW_NUMBERS);
  /** Of numbers in `last`. */
  #lastLength = 0;
  #isAligned = false;

  add({ first, blocks, last }: PartSeries): boolean {
    if (this.#isAligned) this.#addRows(first);
    else this.#first.push(first);
    if (blocks.byteLength > 0 || last.length > 0) this.#isAligned = true;
    if (blocks.byteLength > 0) {
      if (this.#lastLength > 0) return false;
      this.#addBlocks(new Uint8Array(blocks.buffer, blocks.byteOffset, blocks.byteLength));
    }
    this.#addRows(last);
    return true;
  }

  /** As `PartSeries` describes it. */
  alike(): number {
    let [length, isWide, last] = [0, false, Number.NEGATIVE_INFINITY];
    for (const blocks of this.#blocks) {
      const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length);
      for (let at = 0; at < view.byteLength; at += length) {
        if (length === 0) [length, isWide] = [blockBytes(view, at), isWideBlock(view, at)];
        const isAlike = blockBytes(view, at) === length && isWideBlock(view, at) === isWide;
        if (!isAlike || !doStepsAscend(view, at) || stepOf(view, at, 0) <= last) return 0;
        last = stepOf(view, at, BLOCK_ROWS - 1);
      }
    }
    return length;
  }

  get size(): number {
    return SERIES_BYTES + this.#firstBytes + upTo8(this.blockBytes) + 8 * this.#lastLength;
  }

  write(tag: number, to: ArrayBufferLike, begin: number): void {
    const rowsOf = (bytes: number) => bytes / (8 * RAW_ROW_NUMBERS);
    const [firstRows, lastRows] = [rowsOf(this.#firstBytes), rowsOf(8 * this.#lastLength)];
    new Uint32Array(to, begin, 4).set([tag, firstRows, this.blockBytes, lastRows]);
    const bytes = new Uint8Array(to);
    let at = begin + SERIES_BYTES;
    for (const rows of this.#first) {
      new Float64Array(to, at, rows.length).set(rows);
      at += rows.byteLength;
    }
    for (const blocks of this.#blocks) {
      bytes.set(blocks, at);
      at += blocks.length;
    }
    const last = this.#last.subarray(0, this.#lastLength);
    new Float64Array(to, upTo8(at), last.length).set(last);
  }

  get #firstBytes(): number {
    return this.#first.reduce((sum, rows) => sum + rows.byteLength, 0);
  }

  #addRows(rows: Float64Array): void {
    for (let from = 0; from < rows.length; ) {
      const to = Math.min(rows.length, from + this.#last.length - this.#lastLength);
      this.#last.set(rows.subarray(from, to), this.#lastLength);
      this.#lastLength += to - from;
      from = to;
      if (this.#lastLength < this.#last.length) continue;
      this.#addBlocks(encodeBlock(new DataView(this.#last.buffer), 0, false).slice());
      this.#lastLength = 0;
    }
  }

  #addBlocks(blocks: Uint8Array): void {
    this.#blocks.push(blocks);
    this.blockBytes += blocks.length;
  }
}

/** Wall times of 0 are none. */
function union(one: PartHead['span'], other: PartHead['span']): PartHead['span'] {
  if (one === null || other === null) return one ?? other;
  const extreme = (of: (...times: number[]) => number, a: number, b: number) =>
    a === 0 || b === 0 ? a || b : of(a, b);
  return {
    step: Math.max(one.step, other.step),
    first: extreme(Math.min, one.first, other.first),
    last: extreme(Math.max, one.last, other.last),
  };
}
