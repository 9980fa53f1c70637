import { isCutEvent } from './cut-event.js';
import { createEventDecoder, type DecodedEvent } from './decode-event.js';
import { PLUGIN } from './event-fields.js';
import { FRAME_OVERHEAD_BYTES } from './frame.js';
import { createFrameReader, type FrameGap, type ReadingPlace, type WantedBytes } from './frame-reader.js';
import { EventScanner, type ScalarBatch } from './scan-events.js';
import { MalformedEventError } from './wire-reader.js';

/** A global of pages, workers and Node alike; this folder is compiled without their types. */
declare const performance: { now(): number };

/** How much of a file is held between two pushes. A larger record is read again when all of it is there. */
export const HELD_BYTES = 4096;
/**
 * Writers complete a record within moments. One that is incomplete for longer, in ms, while its file is read to its end, is
 * torn if intact records follow.
 */
const TORN_AFTER_MS = 2000;

const NOT_AN_EVENT = 'The record holds no event.';

/** One for all files, since it keeps nothing of them but tags. */
const scanner = new EventScanner();

/** Where another reader of the file can go on, and what it must know of the events before. */
export interface ReadingState {
  readonly place: ReadingPlace;
  /** The plugins that earlier events stated, by tag. */
  readonly plugins: ReadonlyMap<string, string>;
}

export interface EventReader {
  /** Takes the bytes of the file from `offset` on, any number of them. */
  push(bytes: Uint8Array): void;
  /** What to push next, given the size of the file; null if nothing can be decided before the file grows. */
  next(size: number): WantedBytes | null;
  /**
   * Signals that the file has not grown for a while. Names a torn record, for which `next` may want bytes again, and
   * damage at the end.
   * @param size of the file; that of what was pushed by default
   */
  finish(size?: number): void;
  /** Number of bytes that are held until more arrive. */
  readonly pendingBytes: number;
  /** Offset in the file of the next pushed byte. It may go back when `holdBytes` is given. */
  readonly offset: number;
  /** Where another reader can go on; null while it is being decided what the end of the file is. */
  readonly state: ReadingState | null;
}

/**
 * Reads the bytes of one event file and calls back with its events and gaps. A frame that does not contain an event is
 * reported as a gap. `data` is valid only during the call; `offset` is where its frame begins. With `onRows`, most events
 * that hold nothing but scalars are passed on as rows, which is several times as fast. Rows, events and gaps come in file
 * order. With `holdBytes`, push what `next` names; without it, a record that is not complete is held, whatever its length.
 */
export function createEventReader(options: {
  readonly onEvent: (event: DecodedEvent, data: Uint8Array, offset: number) => void;
  readonly onGap: (gap: FrameGap) => void;
  /** The batch is valid only during the call, unless its arrays are transferred. */
  readonly onRows?: (batch: ScalarBatch) => void;
  /**
   * Takes intact frames with nothing but scalars from the beginning of bytes[start, end), in place of `onRows`, and returns
   * where the first begins that it leaves. null if it takes nothing of these bytes; `onRows` hears of them then.
   */
  readonly takeFrames?: (
    bytes: Uint8Array,
    start: number,
    end: number,
    isScalar: (tag: string) => boolean,
  ) => number | null;
  /**
   * Whether the reason of another gap is of use; always by default. Otherwise records that are not protobuf are reported with a
   * common reason, which takes a fraction of the time.
   */
  readonly wantsReason?: () => boolean;
  readonly holdBytes?: number;
  /** Where another reader of the file stopped. By default the beginning of the file. */
  readonly from?: ReadingState | undefined;
  /** Milliseconds of a clock that does not jump. */
  readonly now?: () => number;
}): EventReader {
  const { now = () => performance.now(), holdBytes, onRows, takeFrames, from } = options;
  const decoder = createEventDecoder(from === undefined ? {} : { known: from.plugins });
  const sink = onRows && {
    rows: onRows,
    isScalar: (tag: string) => decoder.plugins.get(tag) === PLUGIN.scalars,
  };
  /** Whether the last record was not an event, so that the next may be none either. */
  let isFlood = false;
  const frames = createFrameReader({
    onEvent(data, offset) {
      if (isFlood && options.wantsReason?.() === false && isCutEvent(data)) {
        options.onGap({ offset, length: data.length + FRAME_OVERHEAD_BYTES, reason: NOT_AN_EVENT });
        return;
      }
      let event: DecodedEvent;
      try {
        event = decoder.decodeEvent(data);
      } catch (error) {
        if (!(error instanceof MalformedEventError)) throw error;
        isFlood = true;
        options.onGap({ offset, length: data.length + FRAME_OVERHEAD_BYTES, reason: error.message });
        return;
      }
      isFlood = false;
      options.onEvent(event, data, offset);
    },
    onGap: options.onGap,
    ...(sink === undefined
      ? {}
      : {
          takeFrames: (bytes: Uint8Array, start: number, end: number) =>
            takeFrames?.(bytes, start, end, sink.isScalar) ?? scanner.scan(bytes, start, end, sink),
        }),
    ...(holdBytes === undefined ? {} : { holdBytes }),
    ...(from === undefined ? {} : { from: from.place }),
  });
  /** The record that is waited for, and when to look behind it. */
  let waiting: { readonly at: number; readonly until: number } | undefined;
  return {
    push: frames.push,
    finish: frames.finish,
    next(size) {
      const wanted = frames.next(size);
      const at = frames.waitsAt;
      if (wanted !== null || at === undefined) {
        if (at === undefined) waiting = undefined;
        return wanted;
      }
      if (waiting?.at !== at) waiting = { at, until: now() + TORN_AFTER_MS };
      if (now() < waiting.until) return null;
      waiting = { at, until: now() + TORN_AFTER_MS };
      frames.lookBehind(size);
      return frames.next(size);
    },
    get pendingBytes() {
      return frames.pendingBytes;
    },
    get offset() {
      return frames.offset;
    },
    get state() {
      const { place } = frames;
      return place === null ? null : { place, plugins: decoder.plugins };
    },
  };
}
