import { expect, test } from 'vitest';
import { bytesOf as eventBytes, LOGGED_PICTURES } from '../pages/images/testing/tensorboard-pictures.js';
import { decodeForDrawing } from './decode-event.js';
import { RefusedPictureError, readPictureHeader } from './picture-header.js';

function bytesOf(text: string, ...numbers: readonly number[]): Uint8Array {
  return Uint8Array.from([...[...text].map((char) => char.charCodeAt(0)), ...numbers]);
}
const u32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const png = (width: number, height: number, rest = 8_000) =>
  bytesOf(
    '\x89PNG\r\n\x1a\n\0\0\0\rIHDR',
    ...[...u32(width), ...u32(height), 16, 0, 0, 0, 0, 0, 0, 0, 0],
    ...new Array<number>(rest).fill(0),
  );
const gif = (width: number, height: number) =>
  bytesOf('GIF89a', width & 255, width >> 8, height & 255, height >> 8, 0, 0, 0);
const jpeg = (width: number, height: number) =>
  Uint8Array.of(
    ...[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc2, 0, 11, 8],
    ...[height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0],
  );
const webp = (form: string, ...payload: readonly number[]) =>
  bytesOf('RIFF\0\0\0\0WEBP', ...bytesOf(form), ...payload, ...new Array<number>(16).fill(0));

test('format and size are read from the header', () => {
  expect(readPictureHeader(png(300, 200))).toEqual({ format: 'PNG', width: 300, height: 200, bits: 16 });
  expect(readPictureHeader(gif(300, 200))).toMatchObject({ format: 'GIF', width: 300, height: 200 });
  expect(readPictureHeader(jpeg(300, 200))).toMatchObject({ format: 'JPEG', width: 300, height: 200 });
  const lossy = webp('VP8 ', 0, 0, 0, 0, 0, 0, 0, 0x9d, 1, 0x2a, 44, 1, 200, 0);
  expect(readPictureHeader(lossy)).toMatchObject({ format: 'WebP', width: 300, height: 200 });
  const sizes = 299 | (199 << 14);
  const lossless = webp('VP8L', 0, 0, 0, 0, 0x2f, sizes & 255, (sizes >> 8) & 255, (sizes >> 16) & 255, 0);
  expect(readPictureHeader(lossless)).toMatchObject({ width: 300, height: 200 });
  const extended = webp('VP8X', 10, 0, 0, 0, 0, 0, 0, 0, 43, 1, 0, 199, 0, 0);
  expect(readPictureHeader(extended)).toMatchObject({ width: 300, height: 200 });
});

test('the JPEG of a real log has a header', () => {
  const { event, tag } = LOGGED_PICTURES.find(({ images }) => images[0]?.format === 'JPEG')!;
  const decoded = decodeForDrawing({ bytes: eventBytes(event), tag, kind: 'image' });
  const { width, height, images } = decoded.kind === 'image' ? decoded : { width: 0, height: 0, images: [] };
  expect(readPictureHeader(images[0]!)).toEqual({ format: 'JPEG', width, height, bits: 8 });
});

test('a picture that claims more than the page decodes is refused, whatever its format', () => {
  const sizes = 16_383 | (16_383 << 14);
  const lossless = webp(
    'VP8L',
    0,
    0,
    0,
    0,
    0x2f,
    sizes & 255,
    (sizes >> 8) & 255,
    (sizes >> 16) & 255,
    sizes >>> 24,
  );
  const extended = webp('VP8X', 10, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 0);
  for (const bytes of [png(65_535, 65_535), gif(65_535, 65_535), jpeg(65_535, 65_535), lossless, extended])
    expect(() => readPictureHeader(bytes)).toThrow(/claims [\d,]+×[\d,]+ pixels, more than the 33,554,432/);
});

test('a PNG that claims more pixels than its bytes can hold is refused', () => {
  expect(() => readPictureHeader(png(5000, 5000, 10))).toThrow('more than its bytes can hold');
});

test('other bytes are refused with a sentence', () => {
  for (const bytes of [
    new Uint8Array(),
    bytesOf('<svg>'),
    bytesOf('BM'),
    Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
  ])
    expect(() => readPictureHeader(bytes)).toThrow(RefusedPictureError);
  expect(() => readPictureHeader(gif(0, 5))).toThrow('The GIF claims a size of 0×5.');
});

test('no bytes make the reading of a header fail otherwise', () => {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const samples = [png(3, 3), gif(3, 3), jpeg(3, 3), webp('VP8 '), webp('VP8L'), webp('VP8X')];
  for (let round = 0; round < 20_000; round++) {
    const sample = samples[Math.floor(random() * samples.length)]!;
    const bytes = sample.slice(0, Math.floor(random() * 60));
    for (let times = random() * 4; times > 0; times--)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    try {
      readPictureHeader(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(RefusedPictureError);
    }
  }
});
