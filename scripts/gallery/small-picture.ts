/**
 * Pictures that are small enough to be committed and blurred enough to be compared: each of their pixels is the mean of a square
 * of the screen. Letters of another font differ little in them, but what is missing, moved or of another colour differs much.
 */
import type { Page } from 'playwright-core';

/** Pixels of the screen that become one, in either direction. */
const SIDE = 12;
/** A part of the page that differs by less, of 255, is the same. Fonts and antialiasing make less than that. */
const MOST_APART = 20;

export interface SmallPicture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue, row by row. */
  readonly pixels: Uint8Array;
}

/** Photographs a page. The browser itself reads the PNG that it has made. */
export async function smallPicture(page: Page): Promise<SmallPicture> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  const png = await page.screenshot({ type: 'png', animations: 'disabled', caret: 'hide' });
  return shrunk(await readPng(page, png), SIDE);
}

/** The picture of a committed file. */
export function readPng(page: Page, png: Uint8Array): Promise<SmallPicture> {
  return page
    .evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext('2d');
      if (context === null) throw new Error('The browser offers no canvas.');
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      let binary = '';
      for (let at = 0; at < data.length; at += 4)
        binary += String.fromCharCode(data[at]!, data[at + 1]!, data[at + 2]!);
      return { width: bitmap.width, height: bitmap.height, binary: btoa(binary) };
    }, Buffer.from(png).toString('base64'))
    .then(({ width, height, binary }) => ({
      ...{ width, height },
      pixels: new Uint8Array(Buffer.from(binary, 'base64')),
    }));
}

/** Each pixel is the mean of `side` × `side`; what is left at the right and bottom is cut off. */
export function shrunk({ width, height, pixels }: SmallPicture, side: number): SmallPicture {
  const [columns, rows] = [Math.floor(width / side), Math.floor(height / side)];
  const means = new Uint8Array(columns * rows * 3);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let y = row * side; y < (row + 1) * side; y++)
          for (let x = column * side; x < (column + 1) * side; x++)
            sum += pixels[(y * width + x) * 3 + channel]!;
        means[(row * columns + column) * 3 + channel] = Math.round(sum / (side * side));
      }
  return { width: columns, height: rows, pixels: means };
}

/** The share of the pixels that differ visibly; 1 if the sizes do. */
export function difference(a: SmallPicture, b: SmallPicture): number {
  if (a.width !== b.width || a.height !== b.height) return 1;
  let different = 0;
  for (let at = 0; at < a.pixels.length; at += 3) {
    const apart = [0, 1, 2].map((channel) => Math.abs(a.pixels[at + channel]! - b.pixels[at + channel]!));
    if (Math.max(...apart) > MOST_APART) different++;
  }
  return different / (a.width * a.height);
}
