/**
 * Pictures that are small enough to be committed and blurred enough to be compared: each of their pixels is the mean of a square
 * of the screen. Letters of another font differ little in them, but what is missing, moved or of another colour differs much.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { inflateSync } from 'node:zlib';
import { decodePng } from '@convscope/shared/channels/png.js';
import type { CDPSession, Page } from 'playwright-core';

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

/** Photographs a page as it is once nothing moves. */
export async function smallPicture(page: Page): Promise<SmallPicture> {
  await page.evaluate(async () => {
    await document.fonts.ready;
    for (const animation of document.getAnimations()) animation.finish();
    // Taken before what has just changed is drawn, the picture would be taken once more.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
  // Chromium compresses fast if it is asked to, which Playwright does not do.
  const session = await sessionOf(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true });
  return readPng(Buffer.from(data, 'base64'), SIDE);
}

const sessions = new WeakMap<Page, Promise<CDPSession>>();

function sessionOf(page: Page): Promise<CDPSession> {
  const session = sessions.get(page) ?? page.context().newCDPSession(page);
  sessions.set(page, session);
  return session;
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

/** The picture of a file, in which each pixel is the mean of `side` × `side`; what is left at the right and bottom is cut off. */
export function readPng(png: Uint8Array, side = 1): SmallPicture {
  const picture = decodePng(png, (bytes, size) => inflateSync(bytes, { maxOutputLength: size }));
  const { channels, pixels } = picture;
  if (channels === 1) throw new Error('The picture is grey.');
  const [width, height] = [Math.floor(picture.width / side), Math.floor(picture.height / side)];
  const sums = new Float64Array(width * height * 3);
  for (let y = 0; y < height * side; y++) {
    let from = y * picture.width * channels;
    let to = Math.floor(y / side) * width * 3;
    for (let column = 0; column < width; column++, to += 3)
      for (let x = 0; x < side; x++, from += channels) {
        sums[to]! += pixels[from]!;
        sums[to + 1]! += pixels[from + 1]!;
        sums[to + 2]! += pixels[from + 2]!;
      }
  }
  return { width, height, pixels: Uint8Array.from(sums, (sum) => Math.round(sum / (side * side))) };
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
