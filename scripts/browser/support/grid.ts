/** Reads back from its canvas what a grid of the page shows, to compare it with the trainer's own numbers. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

interface Rgb {
  readonly rgb: readonly (readonly [number, number, number])[];
}
const viridis = (
  JSON.parse(readFileSync(new URL('../fixtures/viridis.json', import.meta.url), 'utf8')) as Rgb
).rgb;

export interface ShownGrid {
  readonly step: number;
  readonly lo: number;
  readonly hi: number;
  readonly order: readonly number[];
  /** RGB of map pixel (channel, y, x), sampled at its middle. */
  at(channel: number, y: number, x: number): readonly [number, number, number];
}

/** Reads the whole canvas at once, with the geometry from its data attributes. */
export async function readGrid(
  page: Page,
  name: string,
  size: { height: number; width: number },
): Promise<ShownGrid> {
  const shown = await page.locator(`canvas[data-grid=${name}]`).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    // Playwright takes far longer for a list of numbers than for a text.
    let bytes = '';
    for (let at = 0; at < data.length; at += 8192)
      bytes += String.fromCharCode(...data.subarray(at, at + 8192));
    return { facts: { ...canvas.dataset }, width: canvas.width, pixels: btoa(bytes) };
  });
  const pixels = Buffer.from(shown.pixels, 'base64');
  const number = (key: string) => Number(shown.facts[key]);
  const pair = (key: string) => (shown.facts[key] ?? '').split(',').map(Number) as [number, number];
  const unit = number('unit');
  const repeat = number('zoom') / unit;
  const columns = number('columns');
  const [pitchX, pitchY] = pair('pitch');
  const [insetX, insetY] = pair('inset');
  const order = (shown.facts['order'] ?? '').split(',').map(Number);
  return {
    step: number('step'),
    lo: number('lo'),
    hi: number('hi'),
    order,
    at(channel, y, x) {
      if (y >= size.height || x >= size.width) throw new RangeError(`No pixel ${y}, ${x}.`);
      const index = order.indexOf(channel);
      const left = ((index % columns) * pitchX + insetX) / unit;
      const top = (Math.floor(index / columns) * pitchY + insetY) / unit;
      const px = left + x * repeat + Math.floor(repeat / 2);
      const py = top + y * repeat + Math.floor(repeat / 2);
      const at = (py * shown.width + px) * 4;
      return [pixels[at]!, pixels[at + 1]!, pixels[at + 2]!];
    },
  };
}

/**
 * How far a colour is from the place of viridis, 0 to 255, that it should have. Two pairs of neighbours in viridis are the same
 * colour. @throws when no colour of viridis is near
 */
export function viridisDistance(rgb: readonly [number, number, number], expected: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  let least = Number.POSITIVE_INFINITY;
  for (const [i, [r, g, b]] of viridis.entries()) {
    const difference = Math.abs(r - rgb[0]) + Math.abs(g - rgb[1]) + Math.abs(b - rgb[2]);
    const distance = Math.abs(i - expected);
    if (difference > least || (difference === least && distance >= nearest)) continue;
    [least, nearest] = [difference, distance];
  }
  if (least > 6) throw new Error(`rgb(${rgb.join(', ')}) is not a colour of viridis.`);
  return nearest;
}
