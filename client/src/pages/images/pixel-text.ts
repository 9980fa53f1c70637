/** The value of a pixel in words: as the PNG holds it, or as the canvas shows pictures of other formats. */
import { messageOf } from '@convscope/shared/message-of.js';
import type { PictureHeader } from '../../decode/picture-header.js';
import { readPixels } from './pixel-reader.js';
import type { Pixels } from './pixels.js';

export interface PixelText {
  readonly value: string;
  readonly place: string;
}

export interface PixelQuestion {
  readonly bytes: Uint8Array;
  readonly header: PictureHeader;
  readonly canvas: HTMLCanvasElement;
  readonly x: number;
  readonly y: number;
}

/** The pixels of the picture that was asked for last: the pointer is over one at a time. */
let last: { readonly bytes: Uint8Array; readonly pixels: Promise<Pixels | string> } | undefined;

function pixelsOf(bytes: Uint8Array): Promise<Pixels | string> {
  if (last?.bytes !== bytes) last = { bytes, pixels: readPixels(bytes).catch((error) => messageOf(error)) };
  return last.pixels;
}

/** Values of one pixel. @param values grey, or red, green and blue, and maybe alpha */
export function valueText(values: readonly number[], largest: number): string {
  const hasAlpha = values.length === 2 || values.length === 4;
  const colours = (hasAlpha ? values.slice(0, -1) : values).map((value) => value.toLocaleString('en-US'));
  const alpha = hasAlpha ? `, alpha ${values.at(-1)!.toLocaleString('en-US')}` : '';
  return `${colours.join(', ')}${alpha}${largest === 255 ? '' : ` of ${largest.toLocaleString('en-US')}`}`;
}

export async function pixelText({ bytes, header, canvas, x, y }: PixelQuestion): Promise<PixelText> {
  const place = `x ${x}, y ${y}`;
  if (header.format === 'PNG') {
    const pixels = await pixelsOf(bytes);
    if (typeof pixels === 'string') return { value: pixels, place };
    const { width, channels, data, largest } = pixels;
    const from = (y * width + x) * channels;
    return { value: valueText([...data.subarray(from, from + channels)], largest), place };
  }
  const shown = canvas.getContext('2d')?.getImageData(x, y, 1, 1).data;
  if (shown === undefined) return { value: 'The picture is gone.', place };
  const [red = 0, green = 0, blue = 0, alpha = 255] = shown;
  return { value: valueText(alpha === 255 ? [red, green, blue] : [red, green, blue, alpha], 255), place };
}
