import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { unzlibSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { createEventDecoder } from '../event-log/decode-event.js';
import { createFrameReader } from '../event-log/frame-reader.js';
import { decodeGreyPng, decodePng, encodeGreyPng, encodePng, type PngFilter } from './png.js';

const deflate = (bytes: Uint8Array) => deflateSync(bytes, { level: 1 });
const inflate = (bytes: Uint8Array) => inflateSync(bytes);
const filters: PngFilter[] = ['none', 'sub', 'up', 'average', 'paeth'];

describe('PNGs of other writers', () => {
  const root = new URL('../event-log/fixtures/events/', import.meta.url);
  interface Expected {
    images?: { sha256: string; format: string; png_mode: string; sha256_decoded_pixels?: string }[];
  }
  for (const fixture of ['torch-images', 'torch-conv-images', 'tensorboardx', 'tf1-summary', 'tf2-summary']) {
    it(`decode to the pixels that Pillow saw: ${fixture}`, () => {
      const { runs } = JSON.parse(readFileSync(new URL(`${fixture}/expected.json`, root), 'utf8'));
      const wanted = new Map<string, string>();
      for (const tag of Object.values<{ events: Expected[] }>(runs['.'].tags)) {
        for (const event of tag.events) {
          for (const image of event.images ?? []) {
            const read = image.format === 'PNG' && ['L', 'RGB', 'RGBA'].includes(image.png_mode);
            if (read && image.sha256_decoded_pixels !== undefined)
              wanted.set(image.sha256, image.sha256_decoded_pixels);
          }
        }
      }
      const found = new Map<string, string>();
      for (const name of readdirSync(new URL(`${fixture}/`, root)).filter((file) =>
        file.includes('tfevents'),
      )) {
        const decoder = createEventDecoder();
        const reader = createFrameReader({
          onGap: () => {},
          onEvent: (data) => {
            for (const value of decoder.decodeEvent(data).values) {
              const record = value.kind === 'image' ? value.toRecord() : undefined;
              if (record?.kind !== 'image') continue;
              for (const bytes of record.images) {
                const key = createHash('sha256').update(bytes).digest('hex');
                if (!wanted.has(key)) continue;
                const picture = decodePng(bytes, inflate);
                found.set(key, createHash('sha256').update(picture.pixels).digest('hex'));
              }
            }
          },
        });
        reader.push(new Uint8Array(readFileSync(new URL(`${fixture}/${name}`, root))));
      }
      expect(wanted.size).toBeGreaterThan(0);
      expect(found).toEqual(wanted);
    });
  }
});

describe('encoded PNGs', () => {
  it('decode to the same pixels, with each filter and either inflate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(...filters),
        fc.infiniteStream(fc.nat(255)),
        (width, height, filter, stream) => {
          const pixels = Uint8Array.from({ length: width * height }, () => stream.next().value);
          const png = encodeGreyPng(pixels, width, height, deflate, filter);
          expect(decodeGreyPng(png, inflate)).toEqual({ width, height, pixels });
          expect(decodeGreyPng(png, (bytes) => unzlibSync(bytes))).toEqual({ width, height, pixels });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('can have colours', () => {
    for (const channels of [3, 4] as const) {
      const pixels = Uint8Array.from({ length: 5 * 7 * channels }, (_, index) => (index * 41) % 256);
      for (const filter of filters) {
        const png = encodePng(pixels, 7, 5, channels, deflate, filter);
        expect(decodePng(png, inflate)).toEqual({ width: 7, height: 5, channels, pixels });
      }
    }
  });
});

describe('a damaged picture', () => {
  const png = encodeGreyPng(new Uint8Array(12).fill(7), 4, 3, deflate);

  it('is refused with a sentence, wherever it is cut short or changed', () => {
    for (let at = 0; at < png.length; at++) {
      const flipped = png.slice();
      flipped[at]! ^= 0x10;
      expect(() => decodeGreyPng(flipped, inflate), `byte ${at}`).toThrow(
        /^(The|A|Row|unknown|invalid|incorrect)/,
      );
      expect(() => decodeGreyPng(png.subarray(0, at), inflate)).toThrow(/PNG/);
    }
  });

  it('is refused before it is inflated when its size is too large', () => {
    const huge = encodeGreyPng(new Uint8Array(1), 1, 1, deflate);
    const view = new DataView(huge.buffer);
    view.setUint32(16, 0x7fffffff);
    view.setUint32(29, crc32(huge.subarray(12, 29)));
    const neverCalled = () => {
      throw new Error('inflated');
    };
    expect(() => decodeGreyPng(huge, neverCalled)).toThrow('A picture of 2147483647×1 is empty or too large');
  });

  it('is refused before it is inflated when its bytes cannot hold its size', () => {
    const huge = encodeGreyPng(new Uint8Array(1), 1, 1, deflate);
    const view = new DataView(huge.buffer);
    view.setUint32(16, 10_000);
    view.setUint32(20, 10_000);
    view.setUint32(29, crc32(huge.subarray(12, 29)));
    const neverCalled = () => {
      throw new Error('inflated');
    };
    expect(() => decodeGreyPng(huge, neverCalled)).toThrow(
      /^The PNG claims 10000×10000 pixels, more than its \d+ bytes can hold\.$/,
    );
  });

  it('cannot inflate to more bytes than its size', () => {
    const bomb = encodeGreyPng(new Uint8Array(1), 1, 1, () => deflateSync(new Uint8Array(1 << 24)));
    const sizes: number[] = [];
    const bounded = (bytes: Uint8Array, size: number) => {
      sizes.push(size);
      return inflateSync(bytes, { maxOutputLength: size });
    };
    expect(() => decodeGreyPng(bomb, bounded)).toThrow(/larger than 2 bytes/);
    expect(sizes).toEqual([2]);
    expect(() => decodeGreyPng(bomb, inflate)).toThrow('A PNG of 1×1 holds 16777216 bytes instead of 2.');
  });

  it('is refused when it has colours and grey is expected', () => {
    const colour = encodePng(new Uint8Array(12), 2, 2, 3, deflate);
    expect(() => decodeGreyPng(colour, inflate)).toThrow(
      'The picture is not grey: it has 3 colour channels.',
    );
  });

  it('is not encoded when it is empty or its pixels do not match its size', () => {
    expect(() => encodeGreyPng(new Uint8Array(0), 0, 3, deflate)).toThrow('A picture of 0×3 is empty');
    expect(() => encodeGreyPng(new Uint8Array(5), 2, 3, deflate)).toThrow('has 6 bytes; 5 were given');
  });
});

/** CRC-32 bit by bit, by its definition. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
