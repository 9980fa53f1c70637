/** Asks for the pixels of a picture, when the pointer is over it. */
import type { PixelAnswer, PixelMessage } from './pixel-message.js';
import type { Pixels } from './pixels.js';

/** How long the worker is kept after the last request. */
const IDLE_MS = 30_000;

let worker: Worker | undefined;
let idle: ReturnType<typeof setTimeout> | undefined;
let lastId = 0;
const waiting = new Map<
  number,
  { readonly resolve: (pixels: Pixels) => void; readonly reject: (error: Error) => void }
>();

/** @throws an error with a sentence */
export function readPixels(png: Uint8Array): Promise<Pixels> {
  return new Promise((resolve, reject) => {
    const id = ++lastId;
    waiting.set(id, { resolve, reject });
    // A copy, since the picture is shown on.
    const message: PixelMessage = { id, png: png.slice() };
    clearTimeout(idle);
    worker ??= startWorker();
    if (worker === undefined)
      void import('./pixel-message.js').then(({ answerTo }) => answered(answerTo(message)));
    else worker.postMessage(message, [message.png.buffer as ArrayBuffer]);
  });
}

function startWorker(): Worker | undefined {
  if (typeof Worker === 'undefined') return undefined;
  const started = new Worker(new URL('./pixel-worker.ts', import.meta.url), { type: 'module' });
  started.onmessage = ({ data }: MessageEvent<PixelAnswer>) => answered(data);
  started.onerror = (event) => {
    stop();
    for (const { reject } of waiting.values()) reject(new Error(event.message || 'Its worker stopped.'));
    waiting.clear();
  };
  return started;
}

function answered(answer: PixelAnswer): void {
  const asked = waiting.get(answer.id);
  waiting.delete(answer.id);
  if ('pixels' in answer) asked?.resolve(answer.pixels);
  else asked?.reject(new Error(answer.error));
  if (waiting.size === 0) idle = setTimeout(stop, IDLE_MS);
}

function stop(): void {
  worker?.terminate();
  worker = undefined;
}
