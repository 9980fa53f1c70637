/** Reads a log with the decoder alone, which is the reference, or with the scanner before it, for tests that compare them. */
import { createEventDecoder } from '../event-log/decode-event.js';
import { PLUGIN } from '../event-log/event-fields.js';
import { createFrameReader, type FrameReader } from '../event-log/frame-reader.js';
import { EventScanner } from '../event-log/scan-events.js';
import { MalformedEventError } from '../event-log/wire-reader.js';
import { stepToNumber } from '../run-record.js';

export interface ReadLog {
  /** Each row, other value, event and gap in the order of reading, as a text that tells it from all others. */
  readonly entries: readonly string[];
  /** Rows that the scanner took. */
  readonly scanned: number;
  readonly pendingBytes: number;
}

const scanner = new EventScanner();

/**
 * @param push the bytes of the file; what is wanted again at its end is pushed afterwards
 * @param isScanned whether a scanner reads what it knows: `by`, or that of `scan-events.ts`
 */
export function readLog(
  bytes: Uint8Array,
  push: (reader: FrameReader) => void,
  {
    isScanned,
    holdBytes,
    by = scanner,
  }: { readonly isScanned: boolean; readonly holdBytes?: number; readonly by?: Pick<EventScanner, 'scan'> },
): ReadLog {
  const entries: string[] = [];
  let scanned = 0;
  const row = (tag: string, step: number, wallTime: number, value: number): void => {
    entries.push(JSON.stringify(['row', tag, ...[step, wallTime, value].map(textOf)]));
  };
  const decoder = createEventDecoder();
  const reader = createFrameReader({
    onEvent(data, offset) {
      try {
        const event = decoder.decodeEvent(data);
        const step = stepToNumber(event.step);
        for (const { tag, kind, plugin, scalar } of event.values) {
          if (scalar !== undefined) row(tag, step, event.wallTime, scalar);
          else entries.push(JSON.stringify(['value', tag, kind, plugin, offset, data.length]));
        }
        if (event.values.length === 0)
          entries.push(JSON.stringify(['event', offset, event.fileVersion, event.sessionStart]));
      } catch (error) {
        if (!(error instanceof MalformedEventError)) throw error;
        entries.push(JSON.stringify(['event', offset, error.message]));
      }
    },
    onGap: (gap) => entries.push(JSON.stringify(['gap', gap])),
    ...(holdBytes === undefined ? {} : { holdBytes }),
    ...(isScanned
      ? {
          takeFrames: (held: Uint8Array, start: number, end: number) =>
            by.scan(held, start, end, {
              rows({ tags, tag, step, wallTime, value, count }) {
                scanned += count;
                for (let at = 0; at < count; at++) row(tags[tag[at]!]!, step[at]!, wallTime[at]!, value[at]!);
              },
              isScalar: (tag) => decoder.plugins.get(tag) === PLUGIN.scalars,
            }),
        }
      : {}),
  });
  push(reader);
  reader.finish(bytes.length);
  if (holdBytes !== undefined) {
    for (let wanted = reader.next(bytes.length); wanted !== null; wanted = reader.next(bytes.length))
      reader.push(bytes.subarray(wanted.offset, wanted.offset + wanted.length));
  }
  return { entries, scanned, pendingBytes: reader.pendingBytes };
}

/** JSON has neither infinities nor −0. */
function textOf(number: number): string {
  return Object.is(number, -0) ? '-0' : String(number);
}
