/**
 * JSON whose size is checked before it is parsed, because a parsed value takes many times the memory of its text and a
 * schema's list of problems many times that again.
 */
import { shortText } from './short-text.js';
import { decodeUtf8, encodeUtf8 } from './utf8.js';
import { MalformedEventError } from './wire-reader.js';

export interface JsonBounds {
  /** Bytes of the text, after long strings have been cut. */
  readonly bytes: number;
  /** Lists and objects inside each other. */
  readonly levels: number;
  /** Values, lists and objects. */
  readonly items: number;
  /** Strings with more characters are cut, see `cutText`. */
  readonly stringLength: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const CURLY = 0x7b;
const SQUARE = 0x5b;
const CURLY_END = 0x7d;
const SQUARE_END = 0x5d;
const LETTER_U = 0x75;

/** What is left of a string for its beginning when the mark of a cut is added. */
const MARK_LENGTH = 48;

/** The text, or its beginning and how many characters it had, in at most `most` characters. */
export function cutText(text: string, most: number): string {
  return text.length <= most ? text : `${shortText(text, most - MARK_LENGTH)}${mark(text.length)}`;
}

function mark(length: number): string {
  return ` (cut; it had ${length} characters)`;
}

/**
 * Parses the JSON in `json`.
 * @throws MalformedEventError if it is not JSON or exceeds the bounds. `what` names it.
 */
export function parseJson(json: Uint8Array, what: string, bounds: JsonBounds): unknown {
  const text = decodeUtf8(boundedJson(json, what, bounds));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new MalformedEventError(`${what} is not JSON: ${String(error)}`);
  }
}

/** @throws MalformedEventError if `json` exceeds the bounds, whether it is JSON or not. `what` names it. */
export function checkJson(json: Uint8Array, what: string, bounds: JsonBounds): void {
  boundedJson(json, what, bounds);
}

/** Copies JSON up to its bounds. What is not JSON is copied as well: the parser says what is wrong with it. */
function boundedJson(
  json: Uint8Array,
  what: string,
  { bytes, levels, items, stringLength }: JsonBounds,
): Uint8Array {
  if (json.length > bytes && stringLength >= bytes) {
    throw new MalformedEventError(`${what} has ${json.length} bytes, more than the limit of ${bytes}.`);
  }
  const kept = new Uint8Array(Math.min(json.length, bytes));
  let length = 0;
  let level = 0;
  let count = 1;
  const keep = (from: number, to: number): void => {
    if (to - from > kept.length - length) {
      throw new MalformedEventError(`${what} has more than ${bytes} bytes.`);
    }
    kept.set(json.subarray(from, to), length);
    length += to - from;
  };
  let from = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === COMMA || byte === CURLY || byte === SQUARE) {
      if (++count > items) throw new MalformedEventError(`${what} holds more than ${items} values.`);
      if (byte !== COMMA && ++level > levels) {
        throw new MalformedEventError(`${what} holds lists and objects on more than ${levels} levels.`);
      }
    } else if (byte === CURLY_END || byte === SQUARE_END) level--;
    else if (byte === QUOTE) {
      const string = readString(json, at + 1, stringLength);
      if (string.cut !== undefined) {
        keep(from, string.cut);
        const note = encodeUtf8(`…${mark(string.characters)}`);
        if (note.length > kept.length - length) {
          throw new MalformedEventError(`${what} has more than ${bytes} bytes.`);
        }
        kept.set(note, length);
        length += note.length;
        from = string.end;
      }
      at = string.end;
    }
  }
  keep(from, json.length);
  return kept.subarray(0, length);
}

interface StringExtent {
  /** The index of the closing quote, or of the end of the bytes. */
  readonly end: number;
  readonly characters: number;
  /** Where to cut the string; undefined if it is short enough. */
  readonly cut: number | undefined;
}

/** Measures the string whose first character is at `start`. */
function readString(json: Uint8Array, start: number, most: number): StringExtent {
  let characters = 0;
  let cut = start;
  let at = start;
  while (at < json.length && json[at] !== QUOTE) {
    if (characters === most - MARK_LENGTH) cut = at;
    if (json[at] === BACKSLASH) at += json[at + 1] === LETTER_U ? 6 : 2;
    else {
      at++;
      // The other bytes of a character in UTF-8.
      while (at < json.length && (json[at]! & 0xc0) === 0x80) at++;
    }
    characters++;
  }
  const end = Math.min(at, json.length);
  return { end, characters, cut: characters > most ? cut : undefined };
}
