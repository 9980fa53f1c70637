import type { DecodeRequest } from './decode-event.js';
import type { DecodeAnswer, DecodeMessage } from './decode-worker.js';
import type { Decoded } from './decoded.js';

export interface Decoder {
  /** Takes the bytes away: they are transferred. @throws with a sentence when they cannot be read. */
  decode(request: DecodeRequest): Promise<Decoded>;
}

/** The decoder of the page: one worker, first come, first served. */
export function createWorkerDecoder(): Decoder {
  const worker = new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, { resolve: (decoded: Decoded) => void; reject: (error: Error) => void }>();
  let lastId = 0;
  worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ('decoded' in data) asked?.resolve(data.decoded);
    else asked?.reject(new Error(data.error));
  };
  worker.onerror = (event) => {
    const error = new Error(
      `The decoding worker stopped: ${event.message || 'it could not be loaded'}. Reload the page.`,
    );
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  return {
    decode: (request) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        const message: DecodeMessage = { ...request, id };
        // A view into a larger buffer (a socket's message) must not take the whole buffer along.
        const { bytes } = request;
        const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
        const own = whole ? bytes : bytes.slice();
        worker.postMessage({ ...message, bytes: own }, [own.buffer as ArrayBuffer]);
      }),
  };
}
