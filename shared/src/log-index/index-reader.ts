import { createEventReader, type EventReader, type ReadingState } from '../event-log/event-reader.js';
import { FRAME_OVERHEAD_BYTES } from '../event-log/frame.js';
import type { FrameGap } from '../event-log/frame-reader.js';
import { stepToNumber } from '../run-record.js';
import type { EventRanges } from './event-ranges.js';
import type { IndexedBlobs } from './indexed-blobs.js';
import type { IndexedGap, RunIndex } from './run-index.js';

/** An event file as far as it has been read into the index of its run. */
export interface IndexedFile {
  readonly name: string;
  /** Index into the run's files. */
  readonly number: number;
  readonly ranges: EventRanges;
  /** The step of the newest event in this file. */
  lastStep: number | null;
  /** Listed gaps that have not been announced, because no event has followed them yet. */
  openGaps: IndexedGap[];
}

export interface IndexReaderOptions {
  readonly index: RunIndex;
  readonly file: IndexedFile;
  /** A record that is not a scalar was added. `data` is valid during the call. */
  readonly blob?: (column: IndexedBlobs, data: Uint8Array) => void;
  readonly gap: (gap: IndexedGap) => void;
  readonly holdBytes?: number;
  /** Where another reader stopped; the beginning of the file by default. */
  readonly from?: ReadingState | undefined;
  /** Milliseconds of a clock that does not jump. */
  readonly now?: () => number;
}

/** Reads an event file into the index of its run. */
export function openIndexReader({
  index,
  file,
  blob,
  gap,
  holdBytes,
  from,
  now,
}: IndexReaderOptions): EventReader {
  const addGap = (found: FrameGap) => {
    const known: IndexedGap = { file: file.name, ...found, afterStep: file.lastStep, beforeStep: null };
    if (index.addGap(known)) file.openGaps.push(known);
  };
  return createEventReader({
    onEvent: (event, data, offset) => {
      const step = stepToNumber(event.step);
      announceGaps(file, step, gap);
      const problem = index.add(event, file.number, offset, data.length, (column) => {
        file.ranges.add(offset, data.length);
        blob?.(column, data);
      });
      if (problem) addGap({ offset, length: data.length + FRAME_OVERHEAD_BYTES, reason: problem });
      if (event.values.length > 0) file.lastStep = step;
    },
    onRows: (batch) => {
      announceGaps(file, batch.step[0]!, gap);
      index.addScalars(batch);
      file.lastStep = batch.step[batch.count - 1]!;
    },
    onGap: addGap,
    wantsReason: () => index.listsGaps,
    ...(holdBytes === undefined ? {} : { holdBytes }),
    ...(now === undefined ? {} : { now }),
    from,
  });
}

/** Announces each gap once, with the step after it if there is one. */
export function announceGaps(
  file: IndexedFile,
  beforeStep: number | null,
  gap: (gap: IndexedGap) => void,
): void {
  if (file.openGaps.length === 0) return;
  for (const open of file.openGaps) {
    open.beforeStep = beforeStep;
    gap(open);
  }
  file.openGaps = [];
}
