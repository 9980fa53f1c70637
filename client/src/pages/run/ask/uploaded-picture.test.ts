import { expect, test } from 'vitest';
import { MOST_BYTES, middleSquare, readUploadedPicture } from './uploaded-picture.js';

/** The first bytes of a PNG that claims this size. */
function png(width: number, height: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(64);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes.set([8, 2], 24);
  return bytes;
}

test.each([
  ['nothing', new Uint8Array(), 'mine.png is empty.'],
  [
    'a text',
    Uint8Array.from('no picture', (letter) => letter.charCodeAt(0)),
    /^mine\.png: .*not a PNG, JPEG/,
  ],
  [
    'a gigantic picture',
    png(60_000, 60_000),
    /^mine\.png: .*60,000×60,000 pixels.* Make it smaller first\.$/,
  ],
  [
    'a GIF',
    Uint8Array.from('GIF89a\x01\0\x01\0\0\0\0', (letter) => letter.charCodeAt(0)),
    /^mine\.png is a GIF/,
  ],
  ['too many bytes', new Uint8Array(MOST_BYTES + 1), 'mine.png is larger than 16 MB.'],
])('%s is refused with a sentence that names the file', async (_what, bytes, sentence) => {
  await expect(readUploadedPicture(new File([bytes], 'mine.png'), 32)).rejects.toThrow(sentence);
});

test('the middle square is what is taken of a picture', () => {
  expect(middleSquare(300, 200)).toEqual({ x: 50, y: 0, size: 200 });
  expect(middleSquare(20, 41)).toEqual({ x: 0, y: 10, size: 20 });
});
