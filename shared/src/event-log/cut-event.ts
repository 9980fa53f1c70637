/** Tells bytes that are no event without throwing, which takes V8 a microsecond or two: a hostile file holds 60,000 such records a MB. */
import { EVENT, METADATA, SHAPE, SUMMARY_VALUE, TENSOR, VALUE } from './event-fields.js';
import { GROUP_LEVELS } from './limits.js';
import { BYTES, FIXED32, FIXED64, GROUP_END, GROUP_START, VARINT } from './wire-reader.js';

/** The fields of a message that hold messages which the decoder looks into, and those in turn. */
interface Message {
  readonly [field: number]: Message;
}
const NOTHING_INSIDE: Message = {};
const TENSOR_MESSAGE: Message = { [TENSOR.shape]: { [SHAPE.dim]: NOTHING_INSIDE } };
const VALUE_MESSAGE: Message = { [VALUE.metadata]: { [METADATA.pluginData]: NOTHING_INSIDE } };
const EVENT_MESSAGE: Message = {
  [EVENT.summary]: { [SUMMARY_VALUE]: VALUE_MESSAGE },
  [EVENT.sessionLog]: NOTHING_INSIDE,
};

/**
 * Whether these bytes are certainly not an event: a field of it, or of a message that the decoder looks into, is cut or has no
 * valid number or type. The decoder refuses what this finds, and more.
 */
export function isCutEvent(bytes: Uint8Array): boolean {
  return isCut(bytes, 0, bytes.length, EVENT_MESSAGE);
}

function isCut(bytes: Uint8Array, start: number, end: number, message: Message): boolean {
  /** Of several forms of a value the last counts. */
  let tensorStart = -1;
  let tensorEnd = -1;
  for (let at = start; at < end; ) {
    const keyEnd = varintEnd(bytes, at, end);
    if (keyEnd < 0) return true;
    const key = varint(bytes, at, keyEnd);
    const field = Math.floor(key / 8);
    const wire = key & 7;
    at = field === 0 ? -1 : valueEnd(bytes, keyEnd, end, field, wire);
    if (at < 0) return true;
    if (wire === BYTES) {
      const inner = message[field];
      if (inner !== undefined && isCut(bytes, varintEnd(bytes, keyEnd, end), at, inner)) return true;
    }
    if (message === VALUE_MESSAGE && isForm(field, wire)) {
      tensorStart = field === VALUE.tensor ? varintEnd(bytes, keyEnd, end) : -1;
      tensorEnd = at;
    }
  }
  return tensorStart >= 0 && isCut(bytes, tensorStart, tensorEnd, TENSOR_MESSAGE);
}

/** Whether the field of a value holds its data. */
function isForm(field: number, wire: number): boolean {
  if (field === VALUE.simpleValue) return wire === FIXED32;
  if (wire !== BYTES) return false;
  return field === VALUE.tensor || field === VALUE.image || field === VALUE.histo || field === VALUE.audio;
}

/** Where the value of a field ends that begins at `at`; negative if it is cut or of no type. */
function valueEnd(bytes: Uint8Array, at: number, end: number, field: number, wire: number): number {
  switch (wire) {
    case VARINT:
      return varintEnd(bytes, at, end);
    case FIXED64:
      return at + 8 <= end ? at + 8 : -1;
    case FIXED32:
      return at + 4 <= end ? at + 4 : -1;
    case BYTES: {
      const start = varintEnd(bytes, at, end);
      if (start < 0) return -1;
      const length = varint(bytes, at, start);
      return length <= end - start ? start + length : -1;
    }
    case GROUP_START:
      return groupEnd(bytes, at, end, field);
    default:
      return -1;
  }
}

function groupEnd(bytes: Uint8Array, start: number, end: number, first: number): number {
  const open = [first];
  for (let at = start; ; ) {
    const keyEnd = varintEnd(bytes, at, end);
    if (keyEnd < 0) return -1;
    const key = varint(bytes, at, keyEnd);
    const field = Math.floor(key / 8);
    const wire = key & 7;
    if (field === 0) return -1;
    at = keyEnd;
    if (wire === GROUP_START) {
      if (open.push(field) > GROUP_LEVELS) return -1;
    } else if (wire === GROUP_END) {
      if (open.pop() !== field) return -1;
      if (open.length === 0) return at;
    } else {
      at = valueEnd(bytes, at, end, field, wire);
      if (at < 0) return -1;
    }
  }
}

/** Where the number that begins at `at` ends; negative if it is cut or too long. */
function varintEnd(bytes: Uint8Array, at: number, end: number): number {
  const last = Math.min(end, at + 10);
  for (let place = at; place < last; place++) if (bytes[place]! < 128) return place + 1;
  return -1;
}

/** As a double, exact below 2^53. */
function varint(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  let scale = 1;
  for (let at = start; at < end; at++) {
    value += (bytes[at]! & 0x7f) * scale;
    scale *= 128;
  }
  return value;
}
