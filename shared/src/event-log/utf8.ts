/**
 * UTF-8 without naming the DOM's or Node's types: this folder is compiled with neither, and runs in both, where
 * TextEncoder and TextDecoder are globals.
 */
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };
declare const TextDecoder: new (
  label: string,
  options: { ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };

const encoder = new TextEncoder();
// A leading U+FEFF is part of the text, not a mark to be taken off.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** Bytes that are no UTF-8 become U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  // Tags are short and mostly ASCII: building them by hand is several times faster than a call into the decoder.
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
