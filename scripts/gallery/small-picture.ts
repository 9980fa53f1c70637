/**
 * Pictures that are small enough to be committed and blurred enough to be compared: each of their pixels is the mean of a square
 * of the screen. Letters of another font differ little in them, but what is missing, moved or of another colour differs much.
 */
import { setTimeout as delay } from 'node:timers/promises';
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
  return readPng(page, png, SIDE);
}

/** For how long nothing may change, and how long is waited for that. */
const SETTLED_MS = 1000;
const SETTLES_WITHIN_MS = 20_000;

/** Waits until nothing of a page has changed visibly for a while, but not for what never rests. */
export async function settled(page: Page): Promise<void> {
  const deadline = performance.now() + SETTLES_WITHIN_MS;
  for (let picture = await smallPicture(page); ; ) {
    await delay(SETTLED_MS);
    const next = await smallPicture(page);
    if (difference(picture, next) === 0 || performance.now() > deadline) return;
    picture = next;
  }
}

/**
 * The picture of a file, in which each pixel is the mean of `side` × `side`; what is left at the right and bottom is cut off.
 * Means are taken in the browser, since sending all pixels takes longer than all else.
 */
export async function readPng(page: Page, png: Uint8Array, side = 1): Promise<SmallPicture> {
  const base64 = Buffer.from(png).toString('base64');
  const { width, height, means } = await page.evaluate(
    async ({ base64, side }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      if (context === null) throw new Error('The browser offers no canvas.');
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      const [width, height] = [Math.floor(bitmap.width / side), Math.floor(bitmap.height / side)];
      const sums = new Float64Array(width * height * 3);
      for (let y = 0; y < height * side; y++) {
        let from = y * bitmap.width * 4;
        let to = Math.floor(y / side) * width * 3;
        for (let column = 0; column < width; column++, to += 3)
          for (let x = 0; x < side; x++, from += 4) {
            sums[to]! += data[from]!;
            sums[to + 1]! += data[from + 1]!;
            sums[to + 2]! += data[from + 2]!;
          }
      }
      // Playwright takes far longer for a list of numbers than for a text.
      let means = '';
      for (const sum of sums) means += String.fromCharCode(Math.round(sum / (side * side)));
      return { width, height, means: btoa(means) };
    },
    { base64, side },
  );
  return { width, height, pixels: Uint8Array.from(Buffer.from(means, 'base64')) };
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
