/** What one capture says about its channels. */
import { summariseCapture } from '../channels/capture-summary.js';
import type { Inflate } from '../channels/png.js';
import { decodeEvent } from '../event-log/decode-event.js';
import { encodeHistoryRow, type HistoryRow } from '../protocol/history.js';

export type HistoryKind = 'channels' | 'tensor';

export interface HistoryCapture {
  readonly tag: string;
  readonly kind: HistoryKind;
  readonly step: number;
  readonly findDuplicates: boolean;
  /** The event's data. */
  readonly event: Uint8Array;
}

/** The capture's block of history, as `protocol/history` describes. */
export function summariseEvent(capture: HistoryCapture, inflate: Inflate): Uint8Array<ArrayBuffer> {
  return encodeHistoryRow(rowOf(capture, inflate));
}

function rowOf({ tag, kind, step, findDuplicates, event }: HistoryCapture, inflate: Inflate): HistoryRow {
  const unreadable = { step, unreadable: true } as const;
  try {
    const { values } = decodeEvent(event, { kindOf: () => kind });
    const record = values.find((value) => value.tag === tag && value.kind === kind)?.toRecord();
    if (record?.kind !== 'channels' && record?.kind !== 'tensor') return unreadable;
    return summariseCapture(record, { inflate, findDuplicates });
  } catch {
    // Damaged maps. The history names the step, and the page says what is wrong where it shows the maps.
    return unreadable;
  }
}
