/**
 * Decodes a PNG to the numbers that were logged. A canvas has 8 bits a channel and multiplies them by alpha, so values are
 * not read from it. Runs in a worker.
 */
import { decode } from 'fast-png';
import { inflate } from '../../decode/inflate.js';
import { RefusedPictureError, readPictureHeader } from '../../decode/picture-header.js';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** 1: grey, 2: grey and alpha, 3: red, green and blue, 4: with alpha. */
  readonly channels: number;
  /** 255 or 65,535 in most pictures. */
  readonly largest: number;
  /** [y, x, channel] */
  readonly data: Uint8Array | Uint16Array;
}

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** What the library needs. It would inflate a colour profile without a limit. */
const KEPT = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

/** @throws an error with a sentence if the PNG is damaged, or of a form that is not read */
export function decodePixels(png: Uint8Array): Pixels {
  const { width, height, bits } = readPictureHeader(png);
  const channels = CHANNELS[png[25]!];
  const isInterlaced = png[28] !== 0;
  if (channels === undefined || (isInterlaced && bits < 8))
    throw new RefusedPictureError('Values of a PNG of this form are not read.');
  const { file, data } = partsOf(png);
  // The library inflates whatever there is.
  const expected = (Math.ceil((width * channels * bits) / 8) + 1) * height;
  const room = isInterlaced ? 2 * expected + 8 * height : expected;
  if (inflate(data, room).length > room)
    throw new RefusedPictureError('The PNG holds more pixels than its header says.');
  const decoded = decode(file);
  if (decoded.palette !== undefined) return withPalette(width, height, bits, decoded.data, decoded.palette);
  const values = bits < 8 ? unpacked(decoded.data, width * channels, height, bits) : decoded.data;
  if (values instanceof Uint8ClampedArray) throw new RefusedPictureError('Values of this PNG are not read.');
  return { width, height, channels, largest: 2 ** bits - 1, data: values };
}

/** The PNG without the chunks that are not needed, and its data chunks joined. */
function partsOf(png: Uint8Array): { file: Uint8Array; data: Uint8Array } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const kept: Uint8Array[] = [png.subarray(0, 8)];
  const data: Uint8Array[] = [];
  for (let at = 8; at + 12 <= png.length; ) {
    const length = view.getUint32(at);
    if (length > png.length - at - 12) throw new RefusedPictureError('The PNG ends inside one of its parts.');
    const name = String.fromCharCode(...png.subarray(at + 4, at + 8));
    if (KEPT.has(name)) kept.push(png.subarray(at, at + 12 + length));
    if (name === 'IDAT') data.push(png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
    if (name === 'IEND') return { file: joined(kept), data: joined(data) };
  }
  throw new RefusedPictureError('The PNG ends before its last part.');
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Values of less than a byte; each row begins at a byte. */
function unpacked(data: ArrayLike<number>, perRow: number, height: number, bits: number): Uint8Array {
  const values = new Uint8Array(perRow * height);
  const rowBytes = Math.ceil((perRow * bits) / 8);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < perRow; x++) {
      const bit = x * bits;
      const byte = data[y * rowBytes + (bit >> 3)]!;
      values[y * perRow + x] = (byte >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
    }
  }
  return values;
}

function withPalette(
  width: number,
  height: number,
  bits: number,
  data: ArrayLike<number>,
  palette: readonly (readonly number[])[],
): Pixels {
  const indexes = bits < 8 ? unpacked(data, width, height, bits) : data;
  const channels = palette[0]?.length ?? 3;
  const colours = new Uint8Array(width * height * channels);
  for (let place = 0; place < width * height; place++)
    colours.set(palette[indexes[place]!] ?? [], place * channels);
  return { width, height, channels, largest: 255, data: colours };
}
