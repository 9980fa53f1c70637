import type { ChannelHealth } from '@convscope/shared/channels/health.js';
import { type DecodeRequest, decodePicture } from './decode-event.js';
import type { DecodeAnswer, DecodeMessage } from './decode-worker.js';
import type { Decoded, DecodedChannels } from './decoded.js';

export interface Decoder {
  /**
   * Decodes an event in the worker. The bytes are transferred and cannot be used afterwards. If the event contains maps
   * with statistics, `judged` is called later with the health of the channels. Lower values of `urgency` go first.
   * @throws with a message if the event cannot be decoded
   */
  decode(
    request: DecodeRequest,
    urgency: number,
    judged: (health: readonly ChannelHealth[]) => void,
  ): Promise<Decoded>;
  /** Decodes the maps of one picture synchronously, see `decodePicture`. Does not transfer the bytes. */
  decodePicture(request: DecodeRequest, probe: number): DecodedChannels | undefined;
}

interface Asked {
  readonly resolve: (decoded: Decoded) => void;
  readonly reject: (error: Error) => void;
  readonly judged: (health: readonly ChannelHealth[]) => void;
}

/** Creates the page's decoder, which uses one worker. */
export function createWorkerDecoder(): Decoder {
  const worker = new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, Asked>();
  let lastId = 0;
  worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => {
    const asked = waiting.get(data.id);
    if ('decoded' in data) {
      if (!data.judged) waiting.delete(data.id);
      asked?.resolve(data.decoded);
      return;
    }
    waiting.delete(data.id);
    if ('health' in data) asked?.judged(data.health);
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
    decode: (request, urgency, judged) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject, judged });
        // A view of a larger buffer, such as a socket's message, must not transfer the whole buffer.
        const { bytes } = request;
        const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
        const own = whole ? bytes : bytes.slice();
        const message: DecodeMessage = { ...request, bytes: own, id, urgency };
        worker.postMessage(message, [own.buffer as ArrayBuffer]);
      }),
  };
}
