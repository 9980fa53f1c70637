/**
 * Base64, in pieces and without a browser's or Node's own. Denser encodings of bytes in HTML exist (base-122 in UTF-8, a
 * Windows-1252 page), but break where a mail program, a wiki or an editor changes the encoding of the file.
 */
import { decodeUtf8 } from '../event-log/utf8.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PADDING = 61;

const codes = Uint8Array.from(LETTERS, (letter) => letter.charCodeAt(0));
const numbers = new Uint8Array(128);
codes.forEach((code, number) => {
  numbers[code] = number;
});

/** The pieces together are the base64 of all bytes. */
export async function* base64Of(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest = new Uint8Array(0);
  for await (const piece of pieces) {
    const bytes = new Uint8Array(rest.length + piece.length);
    bytes.set(rest);
    bytes.set(piece, rest.length);
    const whole = bytes.length - (bytes.length % 3);
    rest = bytes.slice(whole);
    if (whole > 0) yield encodeBase64(bytes.subarray(0, whole));
  }
  if (rest.length > 0) yield encodeBase64(rest);
}

export function encodeBase64(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil(bytes.length / 3) * 4);
  let at = 0;
  for (let from = 0; from < bytes.length; from += 3) {
    const three = (bytes[from]! << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    text[at++] = codes[three >> 18]!;
    text[at++] = codes[(three >> 12) & 63]!;
    text[at++] = from + 1 < bytes.length ? codes[(three >> 6) & 63]! : PADDING;
    text[at++] = from + 2 < bytes.length ? codes[three & 63]! : PADDING;
  }
  return decodeUtf8(text);
}

/** Without whitespace; what is not base64 becomes bytes that mean nothing. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array(Math.max(0, Math.floor(text.length / 4) * 3 - padding));
  let at = 0;
  for (let from = 0; from < text.length; from += 4) {
    let four = 0;
    for (let letter = 0; letter < 4; letter++)
      four = (four << 6) | (numbers[text.charCodeAt(from + letter) & 127] ?? 0);
    bytes[at] = four >> 16;
    if (at + 1 < bytes.length) bytes[at + 1] = (four >> 8) & 255;
    if (at + 2 < bytes.length) bytes[at + 2] = four & 255;
    at += 3;
  }
  return bytes;
}
