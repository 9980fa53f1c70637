/**
 * Reads format and size of an encoded picture from its header, before anything is decoded: a few bytes can claim gigabytes
 * of pixels. (PNG, third edition, W3C 2025; JPEG, ITU-T T.81 B.2.2; GIF89a; WebP container, RFC 9649.)
 */

export type PictureFormat = 'PNG' | 'JPEG' | 'GIF' | 'WebP';

export interface PictureHeader {
  readonly format: PictureFormat;
  readonly width: number;
  readonly height: number;
  /** Bits per channel. */
  readonly bits: number;
}

export const MEDIA_TYPES: Readonly<Record<PictureFormat, string>> = {
  PNG: 'image/png',
  JPEG: 'image/jpeg',
  GIF: 'image/gif',
  WebP: 'image/webp',
};

/** The pixels of a picture that is decoded: 128 MB in memory, as RGBA. */
export const MOST_PIXELS = 2 ** 25;
/** Deflate makes at most so many bytes of one, so a PNG of few bytes cannot hold many pixels. */
const DEFLATE_RATIO = 1032;

/** The picture is of no known format, ends too early, or claims too much. Its message is a sentence for the reader. */
export class RefusedPictureError extends Error {
  override name = 'RefusedPictureError';
}

/**
 * @param instead what to do with a picture that is too large
 * @throws RefusedPictureError if the picture must not be decoded
 */
export function readPictureHeader(
  bytes: Uint8Array,
  instead = 'Download it to open it elsewhere.',
): PictureHeader {
  const header = headerOf(bytes);
  if (header === undefined) {
    throw new RefusedPictureError(
      bytes.length === 0
        ? 'The log holds no bytes of this picture.'
        : 'These bytes are not a PNG, JPEG, GIF or WebP whose size can be read, so they are not decoded.',
    );
  }
  const { format, width, height } = header;
  const size = `${width.toLocaleString('en-US')}×${height.toLocaleString('en-US')}`;
  if (width === 0 || height === 0) throw new RefusedPictureError(`The ${format} claims a size of ${size}.`);
  if (width * height > MOST_PIXELS) {
    throw new RefusedPictureError(
      `The ${format} claims ${size} pixels, more than the ${MOST_PIXELS.toLocaleString('en-US')} that this page ` +
        `decodes. ${instead}`,
    );
  }
  if (format === 'PNG' && (width * height) / 8 > DEFLATE_RATIO * bytes.length)
    throw new RefusedPictureError(`The PNG claims ${size} pixels, more than its bytes can hold.`);
  return header;
}

function headerOf(bytes: Uint8Array): PictureHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const has = (at: number, text: string): boolean =>
    at + text.length <= bytes.length && [...text].every((char, i) => bytes[at + i] === char.charCodeAt(0));
  if (has(0, '\x89PNG\r\n\x1a\n') && has(12, 'IHDR') && bytes.length >= 33)
    return { format: 'PNG', width: view.getUint32(16), height: view.getUint32(20), bits: bytes[24]! };
  if ((has(0, 'GIF87a') || has(0, 'GIF89a')) && bytes.length >= 13)
    return { format: 'GIF', width: view.getUint16(6, true), height: view.getUint16(8, true), bits: 8 };
  if (has(0, 'RIFF') && has(8, 'WEBP')) return webpHeader(bytes, view, has);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegHeader(bytes, view);
  return undefined;
}

function webpHeader(
  bytes: Uint8Array,
  view: DataView,
  has: (at: number, text: string) => boolean,
): PictureHeader | undefined {
  if (bytes.length < 30) return undefined;
  const of = (width: number, height: number): PictureHeader => ({ format: 'WebP', width, height, bits: 8 });
  if (has(12, 'VP8 ')) return of(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
  if (has(12, 'VP8L')) {
    const sizes = view.getUint32(21, true);
    return of((sizes & 0x3fff) + 1, ((sizes >>> 14) & 0x3fff) + 1);
  }
  if (!has(12, 'VP8X')) return undefined;
  const side = (at: number) => (view.getUint16(at, true) | (bytes[at + 2]! << 16)) + 1;
  return of(side(24), side(27));
}

/** Looks for the frame header among the segments before the first scan. */
function jpegHeader(bytes: Uint8Array, view: DataView): PictureHeader | undefined {
  for (let at = 2; at + 9 <= bytes.length; ) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    // 0xC4, 0xC8 and 0xCC are tables and an extension, not frames.
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame)
      return {
        format: 'JPEG',
        width: view.getUint16(at + 7),
        height: view.getUint16(at + 5),
        bits: bytes[at + 4]!,
      };
    if (marker === 0xda || marker === 0xd9) return undefined;
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}
