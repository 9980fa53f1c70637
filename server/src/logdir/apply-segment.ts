import { FRAME_OVERHEAD_BYTES } from '@convscope/shared/event-log/frame.js';
import type { IndexedGap, RunIndex } from '@convscope/shared/log-index/run-index.js';
import { readSegment, type SegmentGap, type SegmentHead } from './bulk/segment.js';
import { summaryValueOf } from './bulk/value-details.js';
import type { FollowedFile } from './followed-file.js';

/**
 * Adds what a stretch of a file says to the index, like the file's own reader would. The records themselves are not told:
 * viewers learn of their rows and fetch what they show. The index may keep the bytes: nobody may write to them any more.
 */
export function applySegment(
  bytes: Uint8Array,
  file: FollowedFile,
  {
    index,
    gap,
    announceGaps,
  }: {
    readonly index: RunIndex;
    /** Hears of a listed gap that is followed by an event. */
    readonly gap: (gap: IndexedGap) => void;
    /** Announces the gaps before, which are followed by an event with this step. */
    readonly announceGaps: (step: number) => void;
  },
): SegmentHead {
  let head: SegmentHead | undefined;
  const addGap = ({ offset, length, reason, afterStep, beforeStep }: SegmentGap) => {
    const known: IndexedGap = { file: file.name, offset, length, reason, afterStep, beforeStep };
    if (!index.addGap(known)) return;
    if (beforeStep === null) file.openGaps.push(known);
    else gap(known);
  };
  readSegment(bytes, {
    head(read, blockBytes) {
      head = read;
      if (blockBytes > bytes.length / 2) index.adopt(bytes);
      if (read.firstStep !== null) announceGaps(read.firstStep);
    },
    restart(step) {
      index.add({ wallTime: 0, step, sessionStart: true, values: [] }, file.number, 0, 0, () => undefined);
    },
    span: ({ step, first, last }) => index.note(step, first, last),
    gap: addGap,
    unlistedGaps: (count) => index.countGaps(count),
    event({ offset, length, step, wallTime, values, afterStep, beforeStep }) {
      const event = { wallTime, step, values: values.map((value) => summaryValueOf(value, step, wallTime)) };
      const problem = index.add(event, file.number, offset, length, () => file.ranges.add(offset, length));
      if (problem === null) return;
      const whole = length + FRAME_OVERHEAD_BYTES;
      addGap({ offset, length: whole, reason: problem, afterStep, beforeStep });
    },
    rows: (tag, rows) => index.addRows(tag, rows),
    blocks: (tag, blocks, alike) => index.addBlocks(tag, blocks, alike),
  });
  if (head === undefined) throw new Error('A segment was read without its head.');
  file.lastStep = head.lastStep;
  return head;
}
