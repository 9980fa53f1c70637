import { type DecodeRequest, decodePicture } from './decode-event.js';
import type { DecodeAnswer, DecodeMessage } from './decode-worker.js';
import type { Decoded, DecodedChannels } from './decoded.js';

export interface Decoder {
  /**
   * Decodes an event in the worker. The bytes are transferred and cannot be used afterwards.
   * @throws with a message if the event cannot be decoded
   */
  decode(request: DecodeRequest): Promise<Decoded>;
  /** Decodes the maps of one picture synchronously, see `decodePicture`. Does not transfer the bytes. */
  decodePicture(request: DecodeRequest, probe: number): DecodedChannels | undefined;
}

interface Asked {
  readonly resolve: (decoded: Decoded) => void;
  readonly reject: (error: Error) => void;
}

/** Creates the page's decoder, which uses one worker. */
export function createWorkerDecoder(): Decoder {
  const worker = new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, Asked>();
  let lastId = 0;
  worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ('decoded' in data) asked?.resolve(data.decoded);
    else asked?.reject(new Error(data.error));
  };
  worker.onerror = (event) => {
    const reason = event.message || 'it could not be loaded';
    const error = new Error(`The decoding worker stopped: ${reason}. Reload the page.`);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  return {
    decodePicture,
    decode: (request) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        // A view of a larger buffer, such as a socket's message, must not transfer the whole buffer.
        const { bytes } = request;
        const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
        const own = whole ? bytes : bytes.slice();
        const message: DecodeMessage = { ...request, bytes: own, id };
        worker.postMessage(message, [own.buffer as ArrayBuffer]);
      }),
  };
}
