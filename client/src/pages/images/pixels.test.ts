import { encode } from 'fast-png';
import { zlibSync } from 'fflate';
import { expect, test } from 'vitest';
import { decodeForDrawing } from '../../decode/decode-event.js';
import { RefusedPictureError } from '../../decode/picture-header.js';
import { decodePixels } from './pixels.js';
import { bytesOf, LOGGED_PICTURES, sha256 } from './testing/tensorboard-pictures.js';

/** torch and TensorFlow 1 write Summary.Image, TensorFlow 2 tensors of width, height and pictures. */
test.each([...new Set(LOGGED_PICTURES.map(({ fixture }) => fixture))])(
  "the pictures of %s and their pixels are those of TensorBoard's reader",
  async (fixture) => {
    for (const { tag, step, event, images } of LOGGED_PICTURES.filter((one) => one.fixture === fixture)) {
      const decoded = decodeForDrawing({ bytes: bytesOf(event), tag, kind: 'image' });
      expect(decoded).toMatchObject({ kind: 'image', step });
      const pictures = decoded.kind === 'image' ? decoded.images : [];
      expect(await Promise.all(pictures.map(sha256))).toEqual(images.map((image) => image.sha256));
      for (const [index, { pixels }] of images.entries())
        if (pixels !== undefined)
          expect(await sha256(new Uint8Array(decodePixels(pictures[index]!).data))).toBe(pixels);
    }
  },
);

test('16-bit pixels keep all their bits', () => {
  const data = Uint16Array.from({ length: 12 }, (_, at) => at * 5461);
  const png = encode({ width: 4, height: 3, data, depth: 16, channels: 1 });
  expect(decodePixels(png)).toEqual({ width: 4, height: 3, channels: 1, largest: 65_535, data });
});

test('pixels of less than a byte are unpacked, row by row', () => {
  const png = pngOf({
    width: 5,
    height: 2,
    bits: 2,
    colour: 0,
    rows: [0, 0b00011011, 0b11000000, 0, 0xff, 0xff],
  });
  expect([...decodePixels(png).data]).toEqual([0, 1, 2, 3, 3, 3, 3, 3, 3, 3]);
  expect(decodePixels(png).largest).toBe(3);
});

test('a palette gives colours', () => {
  const palette = chunk('PLTE', Uint8Array.of(10, 20, 30, 40, 50, 60));
  const png = pngOf({ width: 2, height: 1, bits: 8, colour: 3, rows: [0, 1, 0], before: palette });
  expect([...decodePixels(png).data]).toEqual([40, 50, 60, 10, 20, 30]);
});

test('a PNG whose data inflate to more than its size is refused before they do', () => {
  const png = pngOf({ width: 2, height: 2, bits: 8, colour: 0, rows: new Uint8Array(20_000_000) });
  expect(png.length).toBeLessThan(30_000);
  expect(() => decodePixels(png)).toThrow(RefusedPictureError);
});

test('what is damaged is refused with a sentence', () => {
  const png = encode({ width: 4, height: 3, data: new Uint8Array(12), channels: 1 });
  for (let end = 0; end < png.length; end++) expect(() => decodePixels(png.slice(0, end))).toThrow(/\w/);
});

function pngOf(of: {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly colour: number;
  readonly rows: ArrayLike<number>;
  readonly before?: Uint8Array;
}): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, of.width);
  view.setUint32(4, of.height);
  header[8] = of.bits;
  header[9] = of.colour;
  const data = chunk('IDAT', zlibSync(of.rows instanceof Uint8Array ? of.rows : Uint8Array.from(of.rows)));
  const parts = [chunk('IHDR', header), of.before ?? new Uint8Array(), data, chunk('IEND', new Uint8Array())];
  return Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10, ...parts.flatMap((part) => [...part])]);
}

/** Its checksum is wrong, as pictures are read for their pixels. */
function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  new DataView(bytes.buffer).setUint32(0, data.length);
  bytes.set(
    [...name].map((char) => char.charCodeAt(0)),
    4,
  );
  bytes.set(data, 8);
  return bytes;
}
