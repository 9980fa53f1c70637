/** Pictures for browser tests: of one colour, of 16 bits, animated, and of a size that is only claimed. */
import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { encodePng } from '@convscope/shared/channels/png.js';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { encodeFrame } from '@convscope/shared/event-log/frame.js';
import type { RunRecord } from '@convscope/shared/run-record.js';

/** An RGB PNG whose pixel (x, y) is (red, x, y). */
export function colourPng(width: number, height: number, red: number): Uint8Array {
  const pixels = new Uint8Array(width * height * 3);
  for (let at = 0; at < width * height; at++) pixels.set([red, at % width, Math.floor(at / width)], at * 3);
  return encodePng(pixels, width, height, 3, (bytes) => deflateSync(bytes));
}

/** A grey PNG of 16 bits; its pixels are 1000, 1001, … */
export function deepPng(width: number, height: number): Uint8Array {
  const rows = Buffer.alloc((1 + 2 * width) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows.writeUInt16BE(1000 + y * width + x, y * (1 + 2 * width) + 1 + 2 * x);
  const eight = encodePng(new Uint8Array(1), 1, 1, 1, () => deflateSync(rows));
  return withHeader(eight, width, height, 16);
}

/** A PNG of one pixel that claims to be larger. */
export function bombPng(width: number, height: number): Uint8Array {
  return withHeader(colourPng(1, 1, 0), width, height, 8);
}

function withHeader(png: Uint8Array, width: number, height: number, bits: number): Uint8Array {
  const changed = Buffer.from(png);
  changed.writeUInt32BE(width, 16);
  changed.writeUInt32BE(height, 20);
  changed[24] = bits;
  changed.writeUInt32BE(crc32(changed.subarray(12, 29)), 29);
  return changed;
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

/** A GIF of one pixel that is red and blue in turn, `hundredths` of a second each. */
export function blinkingGif(hundredths: number): Uint8Array {
  const frame = (colour: number) => {
    // Three codes of three bits: clear, the colour, end.
    const codes = 4 | (colour << 3) | (5 << 6);
    return [
      ...[0x21, 0xf9, 4, 0, hundredths & 255, hundredths >> 8, 0, 0],
      ...[0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, codes & 255, codes >> 8, 0],
    ];
  };
  const head = [...Buffer.from('GIF89a'), 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255];
  return Uint8Array.from([...head, ...frame(0), ...frame(1), 0x3b]);
}

export function images(tag: string, step: number, ...pictures: readonly Uint8Array[]): RunRecord {
  return { kind: 'image', tag, step, wallTime: 1_700_000_001, width: 8, height: 8, images: pictures };
}

/** Adds records to a run that `writeLog` has written. */
export function appendToLog(logdir: string, run: string, records: readonly RunRecord[]): void {
  const folder = join(logdir, run);
  const [file = ''] = readdirSync(folder).filter((name) => name.includes('tfevents'));
  for (const record of records) appendFileSync(join(folder, file), encodeFrame(encodeEvent(record)));
}
