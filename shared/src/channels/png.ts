/**
 * Encodes and decodes 8-bit grey, RGB and RGBA PNGs without interlacing (PNG specification, third edition, W3C 2025).
 * The caller passes in deflate and inflate: node:zlib on Node, fflate in the page. The page does not decode through a
 * canvas, because privacy settings may alter the pixels that a canvas returns. One file, because both directions share the
 * format's constants and filters.
 */

import { DEFLATE_RATIO, PICTURE_BYTES, PICTURE_PARTS, PICTURE_SIDE } from '../event-log/limits.js';
import { shortText } from '../event-log/short-text.js';
import { messageOf } from '../message-of.js';

/** Compresses to the zlib format (RFC 1950). */
export type Deflate = (bytes: Uint8Array) => Uint8Array;
/**
 * Decompresses the zlib format. `size` is the length that an intact picture inflates to. Stop there, so that a small
 * file cannot expand to gigabytes: on Node `inflateSync(bytes, { maxOutputLength: size })`; with fflate, which stops
 * silently when `out` is full, `unzlibSync(bytes, { out: new Uint8Array(size + 1) })`.
 */
export type Inflate = (bytes: Uint8Array, size: number) => Uint8Array;

export type PngChannels = 1 | 3 | 4;

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: PngChannels;
  /** [y, x, channel] */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** The bytes are not a PNG, or not one of those that are decoded here. The only error of decoding. */
export class MalformedPictureError extends Error {
  override name = 'MalformedPictureError';
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const COLOUR_TYPE: Record<PngChannels, number> = { 1: 0, 3: 2, 4: 6 };
const CHANNELS_OF: Readonly<Record<number, PngChannels>> = { 0: 1, 2: 3, 6: 4 };

/** The row filter applied before deflate. `none` suits flat pictures, `up` and `paeth` smooth ones. */
export type PngFilter = 'none' | 'sub' | 'up' | 'average' | 'paeth';
const FILTER: Record<PngFilter, number> = { none: 0, sub: 1, up: 2, average: 3, paeth: 4 };

/** A grey PNG of width × height bytes. */
export function encodeGreyPng(
  pixels: Uint8Array,
  width: number,
  height: number,
  deflate: Deflate,
  filter: PngFilter = 'none',
): Uint8Array<ArrayBuffer> {
  return encodePng(pixels, width, height, 1, deflate, filter);
}

/**
 * `pixels` are [y, x, channel].
 * @throws Error when the picture is empty or too large, or `pixels` does not match its size.
 */
export function encodePng(
  pixels: Uint8Array,
  width: number,
  height: number,
  channels: PngChannels,
  deflate: Deflate,
  filter: PngFilter = 'none',
): Uint8Array<ArrayBuffer> {
  checkSize(width, height, channels);
  const stride = width * channels;
  if (pixels.length !== stride * height) {
    throw new Error(
      `A picture of ${width}×${height} has ${stride * height} bytes; ${pixels.length} were given.`,
    );
  }
  const compressed = deflate(filterRows(pixels, height, stride, channels, FILTER[filter]));
  const png = new Uint8Array(8 + 25 + 12 + compressed.length + 12);
  png.set(SIGNATURE);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8;
  header[9] = COLOUR_TYPE[channels];
  let at = writeChunk(png, 8, 'IHDR', header);
  at = writeChunk(png, at, 'IDAT', compressed);
  writeChunk(png, at, 'IEND', new Uint8Array(0));
  return png;
}

/**
 * The pixels of an 8-bit grey PNG, [y, x].
 * @throws MalformedPictureError when the PNG is damaged or not an 8-bit grey picture.
 */
export function decodeGreyPng(
  png: Uint8Array,
  inflate: Inflate,
): { width: number; height: number; pixels: Uint8Array<ArrayBuffer> } {
  const { width, height, channels, pixels } = decodePng(png, inflate);
  if (channels !== 1) {
    throw new MalformedPictureError(`The picture is not grey: it has ${channels} colour channels.`);
  }
  return { width, height, pixels };
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly channels: PngChannels;
}

/**
 * The size that the header of a PNG claims. It is checked against the bytes of the PNG, so that memory may be allocated.
 * @throws MalformedPictureError when there is no such header or the PNG is too short for it
 */
export function readPngSize(png: Uint8Array): PictureSize {
  if (SIGNATURE.some((byte, at) => png[at] !== byte))
    throw new MalformedPictureError('The file is not a PNG: it does not start with the PNG signature.');
  if (png.length < 33) throw new MalformedPictureError('The PNG ends inside its header.');
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  if (nameOf(png, 12) !== 'IHDR') throw new MalformedPictureError('The PNG has no header.');
  const size = readHeader(png, view, 16, view.getUint32(8));
  const bytes = (size.width * size.channels + 1) * size.height;
  if (bytes > DEFLATE_RATIO * png.length) {
    throw new MalformedPictureError(
      `The PNG claims ${size.width}×${size.height} pixels, more than its ${png.length} bytes can hold.`,
    );
  }
  return size;
}

/**
 * @throws MalformedPictureError when the PNG is damaged or not an 8-bit grey, RGB or RGBA picture without interlacing.
 */
export function decodePng(png: Uint8Array, inflate: Inflate): Picture {
  const { width, height, channels } = readPngSize(png);
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 8; ; ) {
    if (at + 12 > png.length) throw new MalformedPictureError('The PNG ends before its end chunk.');
    const length = view.getUint32(at);
    if (length > png.length - at - 12)
      throw new MalformedPictureError(`A chunk of the PNG claims ${length} bytes, more than there are.`);
    const name = nameOf(png, at + 4);
    if (crc32(png, at + 4, at + 8 + length) !== view.getUint32(at + 8 + length)) {
      throw new MalformedPictureError(`The checksum of the PNG's ${name} chunk does not match.`);
    }
    if (name === 'IEND') break;
    if (name === 'IDAT') {
      if (parts.length === PICTURE_PARTS) {
        throw new MalformedPictureError(`The PNG has more than ${PICTURE_PARTS} data chunks.`);
      }
      parts.push(png.subarray(at + 8, at + 8 + length));
    }
    at += 12 + length;
  }
  const stride = width * channels;
  const rows = inflated(joinParts(parts), (stride + 1) * height, inflate);
  if (rows.length !== (stride + 1) * height) {
    throw new MalformedPictureError(
      `A PNG of ${width}×${height} holds ${rows.length} bytes instead of ${(stride + 1) * height}.`,
    );
  }
  return { width, height, channels, pixels: unfilterRows(rows, height, stride, channels) };
}

function nameOf(png: Uint8Array, at: number): string {
  return String.fromCharCode(png[at]!, png[at + 1]!, png[at + 2]!, png[at + 3]!);
}

/** Every inflate has errors of its own. */
function inflated(bytes: Uint8Array, size: number, inflate: Inflate): Uint8Array {
  try {
    return inflate(bytes, size);
  } catch (error) {
    throw new MalformedPictureError(
      `The pixels of the PNG cannot be inflated: ${shortText(messageOf(error), 200)}`,
    );
  }
}

function readHeader(png: Uint8Array, view: DataView, at: number, length: number): PictureSize {
  if (length !== 13) throw new MalformedPictureError(`The PNG's header has ${length} bytes instead of 13.`);
  const width = view.getUint32(at);
  const height = view.getUint32(at + 4);
  const channels = CHANNELS_OF[png[at + 9]!];
  if (png[at + 8] !== 8 || channels === undefined || png[at + 12] !== 0) {
    throw new MalformedPictureError(
      `The PNG has bit depth ${png[at + 8]}, colour type ${png[at + 9]} and interlace method ${png[at + 12]}. ` +
        'Only 8-bit grey, RGB and RGBA without interlacing can be decoded.',
    );
  }
  checkSize(width, height, channels);
  return { width, height, channels };
}

function checkSize(width: number, height: number, channels: number): void {
  const whole = Number.isInteger(width) && Number.isInteger(height);
  if (
    !whole ||
    width < 1 ||
    height < 1 ||
    width > PICTURE_SIDE ||
    height > PICTURE_SIDE ||
    width * height * channels > PICTURE_BYTES
  ) {
    throw new MalformedPictureError(
      `A picture of ${width}×${height} is empty or too large (at most ${PICTURE_SIDE} pixels a side).`,
    );
  }
}

function filterRows(
  pixels: Uint8Array,
  height: number,
  stride: number,
  channels: number,
  filter: number,
): Uint8Array<ArrayBuffer> {
  const rows = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    const from = y * stride;
    const to = y * (stride + 1) + 1;
    rows[to - 1] = filter;
    if (filter <= 1) {
      rows.set(pixels.subarray(from, from + stride), to);
      if (filter === 1) {
        for (let x = channels; x < stride; x++)
          rows[to + x] = pixels[from + x]! - pixels[from + x - channels]!;
      }
      continue;
    }
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? pixels[from + x - channels]! : 0;
      const above = y > 0 ? pixels[from + x - stride]! : 0;
      const corner = x >= channels && y > 0 ? pixels[from + x - stride - channels]! : 0;
      rows[to + x] = pixels[from + x]! - predict(filter, left, above, corner);
    }
  }
  return rows;
}

function unfilterRows(
  rows: Uint8Array,
  height: number,
  stride: number,
  channels: number,
): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1) + 1;
    const to = y * stride;
    const filter = rows[from - 1]!;
    if (filter > 4)
      throw new MalformedPictureError(`Row ${y} of the PNG has filter ${filter}; only 0 to 4 exist.`);
    if (filter <= 1) {
      pixels.set(rows.subarray(from, from + stride), to);
      // Atlases use this filter and the page decodes one per capture, so it has a loop without branches.
      if (filter === 1) {
        for (let at = to + channels; at < to + stride; at++) pixels[at]! += pixels[at - channels]!;
      }
      continue;
    }
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? pixels[to + x - channels]! : 0;
      const above = y > 0 ? pixels[to + x - stride]! : 0;
      const corner = x >= channels && y > 0 ? pixels[to + x - stride - channels]! : 0;
      pixels[to + x] = rows[from + x]! + predict(filter, left, above, corner);
    }
  }
  return pixels;
}

function predict(filter: number, left: number, above: number, corner: number): number {
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  const distanceLeft = Math.abs(above - corner);
  const distanceAbove = Math.abs(left - corner);
  const distanceCorner = Math.abs(left + above - 2 * corner);
  if (distanceLeft <= distanceAbove && distanceLeft <= distanceCorner) return left;
  return distanceAbove <= distanceCorner ? above : corner;
}

function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function writeChunk(png: Uint8Array, at: number, name: string, data: Uint8Array): number {
  const view = new DataView(png.buffer);
  view.setUint32(at, data.length);
  for (let index = 0; index < 4; index++) png[at + 4 + index] = name.charCodeAt(index);
  png.set(data, at + 8);
  view.setUint32(at + 8 + data.length, crc32(png, at + 4, at + 8 + data.length));
  return at + 12 + data.length;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** CRC-32 (IEEE), the checksum of PNG chunks. */
function crc32(bytes: Uint8Array, start: number, end: number): number {
  let crc = -1;
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}
