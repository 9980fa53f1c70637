/** Messages between the hub and the thread that summarises captures. */

export interface ToHistoryThread {
  readonly id: number;
  readonly tag: string;
  readonly kind: 'channels' | 'tensor';
  readonly step: number;
  readonly findDuplicates: boolean;
  /** The event's data; its buffer is transferred. */
  readonly event: Uint8Array;
}

export interface FromHistoryThread {
  readonly id: number;
  /** As `shared/protocol/history` describes. */
  readonly block: Uint8Array;
}
