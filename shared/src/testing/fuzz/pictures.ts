/** PNGs that claim what they do not hold. */
import { zlibSync } from 'fflate';
import { encodePng, type PngChannels } from '../../channels/png.js';
import type { Random } from './random.js';

/** Of some hundred bytes each: a byte may inflate to 1,032. */
const BOMBS = [1e4, 1e5].map((size) => zlibSync(new Uint8Array(size)));
const SIDES = [1, 2, 7, 8, 100, 1000, 65_000, 65_535, 65_536, 2 ** 31];
const CHANNELS: readonly PngChannels[] = [1, 3, 4];
const FILTERS = ['none', 'sub', 'up', 'average', 'paeth'] as const;

/** A small intact PNG, or one whose header claims another size than it has. */
export function pngOf(random: Random): Uint8Array {
  const channels = random.pick(CHANNELS);
  const width = 1 + random.int(8);
  const height = 1 + random.int(8);
  const deflate = (bytes: Uint8Array) => (random() < 0.3 ? random.pick(BOMBS) : zlibSync(bytes));
  const pixels = random.bytes(width * height * channels);
  const png = encodePng(pixels, width, height, channels, deflate, random.pick(FILTERS));
  if (random() < 0.5) return png;
  const view = new DataView(png.buffer);
  view.setUint32(16, random.pick(SIDES));
  view.setUint32(20, random.pick(SIDES));
  view.setUint32(29, crc32(png.subarray(12, 29)));
  return png;
}

/** CRC-32 bit by bit, by its definition. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
