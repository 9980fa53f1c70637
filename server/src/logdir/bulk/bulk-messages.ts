/** Messages between the hub and the threads that read in bulk. */

import type { ReadingState } from '@convscope/shared/event-log/event-reader.js';
import type { WantedBytes } from '@convscope/shared/event-log/frame-reader.js';

export type ToBulkThread =
  /** Begins to read a file. `lastStep` is that of the newest event with values before, if there is one. */
  | {
      readonly type: 'open';
      readonly job: number;
      readonly state: ReadingState;
      readonly lastStep: number | null;
    }
  /** Bytes of the file from `offset` on, which is of this size now. Their buffer is transferred unless it is shared. */
  | {
      readonly type: 'bytes';
      readonly job: number;
      readonly offset: number;
      readonly size: number;
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'close'; readonly job: number };

/** What the bytes said. All buffers are transferred that are not shared. */
export interface FromBulkThread {
  readonly job: number;
  /** As `segment.ts` describes. */
  readonly segment: ArrayBufferLike;
  /** What to read next; null at the end of the file. */
  readonly next: WantedBytes | null;
  /** The bytes that were taken, to be filled again. */
  readonly bytes: Uint8Array;
}

/** The buffers to transfer of those of a message. Shared ones stay where they are. */
export function transferable(...buffers: readonly ArrayBufferLike[]): ArrayBuffer[] {
  return buffers.filter((buffer) => buffer instanceof ArrayBuffer);
}
