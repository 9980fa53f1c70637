/** The messages to and from the worker that decodes pixels. */
import { messageOf } from '@convscope/shared/message-of.js';
import { decodePixels, type Pixels } from './pixels.js';

export interface PixelMessage {
  readonly id: number;
  readonly png: Uint8Array;
}

export type PixelAnswer = { readonly id: number } & (
  | { readonly pixels: Pixels }
  | { readonly error: string }
);

export function answerTo({ id, png }: PixelMessage): PixelAnswer {
  try {
    return { id, pixels: decodePixels(png) };
  } catch (error) {
    return { id, error: messageOf(error) };
  }
}
