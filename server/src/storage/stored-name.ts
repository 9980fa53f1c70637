/**
 * Names of files as text. A file system's name is any bytes; most are UTF-8 and are that text. A byte that is not part of
 * UTF-8 becomes an escape such as `\xff`, which can be shown, sent and put into an address. So that two names are never
 * the same text, the backslash of a name that really contains such an escape becomes `\x5c`.
 */
import { isUtf8 } from 'node:buffer';

const ESCAPE = /\\x([89a-f][0-9a-f]|5c)/g;

export function nameOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return guarded(bytes.toString());
  let name = '';
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((n) => at + n <= bytes.length && isUtf8(bytes.subarray(at, at + n)));
    if (length === undefined) {
      name += `${guarded(text)}\\x${bytes[at]!.toString(16)}`;
      text = '';
      at++;
    } else {
      text += bytes.toString('utf8', at, at + length);
      at += length;
    }
  }
  return name + guarded(text);
}

/** The bytes of a name, or of a path of names. */
export function bytesOfName(name: string): Buffer {
  if (!name.includes('\\x')) return Buffer.from(name);
  const parts: Buffer[] = [];
  let end = 0;
  for (const match of name.matchAll(ESCAPE)) {
    parts.push(Buffer.from(name.slice(end, match.index)), Buffer.from([Number.parseInt(match[1]!, 16)]));
    end = match.index + match[0].length;
  }
  parts.push(Buffer.from(name.slice(end)));
  return Buffer.concat(parts);
}

function guarded(text: string): string {
  return text.replace(ESCAPE, '\\x5cx$1');
}
