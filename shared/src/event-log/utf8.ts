/**
 * UTF-8 without the DOM's or Node's types. This folder is compiled with neither; TextEncoder and TextDecoder are globals
 * in both.
 */
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
declare const TextDecoder: new (
  label: string,
  options: { ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

const encoder = new TextEncoder();
// A leading U+FEFF is part of the text, not a byte order mark to be removed.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Invalid bytes become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  // Tags are short and mostly ASCII, and building such strings by hand is several times faster than the decoder.
  if (end - start <= 48) {
    let text = '';
    let at = start;
    for (; at < end; at++) {
      const code = bytes[at]!;
      if (code > 127) break;
      text += String.fromCharCode(code);
    }
    if (at === end) return text;
  }
  return decoder.decode(bytes.subarray(start, end));
}
