/**
 * Several events of a run in one answer (api/events): for each event that was asked for, in the same order, the length of
 * its data as u32, little-endian, and the data. NOT_THERE instead of the length stands for an event that cannot be had.
 */

import { EVENTS_LIMITS } from './limits.js';
import type { BlobRow } from './rows.js';

export const EVENT_HEAD_BYTES = 4;
const NOT_THERE = 0xffffffff;

/** Where an event lies; what an index row says of it. */
export type EventPlace = Pick<BlobRow, 'file' | 'offset' | 'length'>;

/** The JSON body of the request. */
export interface EventsRequest {
  readonly run: string;
  readonly generation: number;
  /** [file, offset, length] of each event. */
  readonly events: readonly (readonly [file: number, offset: number, length: number])[];
}

/** What precedes the data of an event. `length` is undefined for one that cannot be had. */
export function eventHead(length: number | undefined): Uint8Array {
  const view = new DataView(new ArrayBuffer(EVENT_HEAD_BYTES));
  view.setUint32(0, length ?? NOT_THERE, true);
  return new Uint8Array(view.buffer);
}

/** How many of these events one request may ask for, from the first on. At least one, unless there are none. */
export function countInOneRequest(places: readonly EventPlace[]): number {
  let bytes = 0;
  const most = Math.min(places.length, EVENTS_LIMITS.events);
  for (let count = 0; count < most; count++) {
    bytes += places[count]!.length;
    if (bytes > EVENTS_LIMITS.answerBytes) return Math.max(1, count);
  }
  return most;
}

/** Takes the answer in pieces of any size, and gives the events that are complete. */
export class EventsReader {
  readonly #lengths: readonly number[];
  readonly #head = new Uint8Array(EVENT_HEAD_BYTES);
  #headBytes = 0;
  #data: Uint8Array<ArrayBuffer> | undefined;
  #dataBytes = 0;
  #count = 0;

  /** `places` are those of the request. */
  constructor(places: readonly EventPlace[]) {
    this.#lengths = places.map(({ length }) => length);
  }

  /** Whether all events have been read. */
  get isComplete(): boolean {
    return this.#count === this.#lengths.length;
  }

  /**
   * The events that are complete with these bytes; undefined for one that cannot be had. Each has a buffer of its own.
   * @throws RangeError if the bytes are not such an answer
   */
  push(bytes: Uint8Array): (Uint8Array<ArrayBuffer> | undefined)[] {
    const events: (Uint8Array<ArrayBuffer> | undefined)[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#data === undefined) {
        this.#head[this.#headBytes++] = bytes[at++]!;
        if (this.#headBytes < EVENT_HEAD_BYTES) continue;
        this.#headBytes = 0;
        const length = new DataView(this.#head.buffer).getUint32(0, true);
        const expected = this.#lengths[this.#count];
        if (expected === undefined || (length !== NOT_THERE && length !== expected))
          throw new RangeError('The answer does not hold the events that were asked for.');
        if (length === NOT_THERE) {
          this.#count++;
          events.push(undefined);
          continue;
        }
        this.#data = new Uint8Array(length);
        this.#dataBytes = 0;
      }
      const part = bytes.subarray(at, at + this.#data.length - this.#dataBytes);
      this.#data.set(part, this.#dataBytes);
      this.#dataBytes += part.length;
      at += part.length;
      if (this.#dataBytes < this.#data.length) continue;
      events.push(this.#data);
      this.#data = undefined;
      this.#count++;
    }
    return events;
  }
}
