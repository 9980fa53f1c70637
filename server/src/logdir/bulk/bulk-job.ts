import {
  createEventReader,
  type EventReader,
  type ReadingState,
} from '@convscope/shared/event-log/event-reader.js';
import type { WantedBytes } from '@convscope/shared/event-log/frame-reader.js';
import { hashOf, SAMPLE_BYTES } from './content-hash.js';
import { scanMemory } from './scan-memory.js';
import { SegmentBuilder } from './segment-builder.js';

/** How much of a record is held until the rest of it comes. A longer one is read again in one piece. */
const HELD_BYTES = 4 * 1024 * 1024;

/** One file that is read in bulk: from its bytes to segments. */
export class BulkJob {
  readonly #memory = scanMemory();
  readonly #builder: SegmentBuilder;
  readonly #reader: EventReader;

  /** @param lastStep of the newest event with values before, if there is one */
  constructor(from: ReadingState, lastStep: number | null, holdBytes = HELD_BYTES) {
    const memory = this.#memory;
    const builder = new SegmentBuilder(lastStep, from.plugins.size, memory);
    this.#builder = builder;
    this.#reader = createEventReader({
      onEvent: (event, data, offset) => builder.event(event, offset, data.length),
      onRows: (batch) => builder.rows(batch),
      onGap: (gap) => builder.gap(gap),
      wantsReason: () => builder.listsGaps,
      takeFrames: (bytes, start, end, isScalar) =>
        memory.holds(bytes) ? builder.scan(bytes, start, end, isScalar) : null,
      ...{ holdBytes, from },
    });
  }

  /** Takes the bytes from `offset` on of a file that has this size. Returns what they say, and what to read next. */
  read(
    bytes: Uint8Array,
    offset: number,
    size: number,
  ): { segment: ArrayBufferLike; next: WantedBytes | null } {
    const reader = this.#reader;
    const hash = hashOf(bytes);
    const sample = hashOf(bytes.subarray(-SAMPLE_BYTES));
    this.#builder.begin();
    reader.push(this.#memory.takeIn(bytes));
    const next = reader.next(size);
    const { state } = reader;
    if (state === null) throw new Error('The end of a file is not decided while it is read in bulk.');
    const read = { from: offset, to: offset + bytes.length, hash, sample };
    return { segment: this.#builder.take(state, read), next };
  }
}
