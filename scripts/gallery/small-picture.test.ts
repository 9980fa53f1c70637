import { deflateSync } from 'node:zlib';
import { encodePng } from '@convscope/shared/channels/png.js';
import { expect, it } from 'vitest';
import { readPng } from './small-picture.js';

it('a small picture has the mean of each square', () => {
  const pixels = Uint8Array.from({ length: 5 * 3 * 3 }, (_, at) => (at % 3 === 0 ? Math.floor(at / 3) : 100));
  const png = encodePng(pixels, 5, 3, 3, (bytes) => deflateSync(bytes));
  expect(readPng(png, 2)).toEqual({
    width: 2,
    height: 1,
    // (0 + 1 + 5 + 6) / 4 and (2 + 3 + 7 + 8) / 4.
    pixels: Uint8Array.of(3, 100, 100, 5, 100, 100),
  });
});
