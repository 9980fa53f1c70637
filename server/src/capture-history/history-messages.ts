/** Messages between the hub and the thread that summarises captures. */
import type { HistoryCapture } from '@convscope/shared/answers/summarise-event.js';

/** The buffer of the event is transferred. */
export interface ToHistoryThread extends HistoryCapture {
  readonly id: number;
}

export interface FromHistoryThread {
  readonly id: number;
  /** As `shared/protocol/history` describes. */
  readonly block: Uint8Array;
}
