import { createAskedWorker } from '../../ui/asked-worker.js';
import type { Pixels } from './pixels.js';

const LIMIT_MS = 10_000;

/** Decodes the pixels of a PNG, when the pointer is over the picture. @throws a sentence */
export const readPixels = createAskedWorker<Uint8Array, Pixels>({
  start: () => new Worker(new URL('./pixel-worker.ts', import.meta.url), { type: 'module' }),
  here: async (png) => (await import('./answer-pixels.js')).answerPixels(png),
  limitMs: LIMIT_MS,
  tooLong: `Its pixels take longer than ${LIMIT_MS / 1000} s to decode.`,
});
