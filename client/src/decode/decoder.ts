import { messageOf } from '@convscope/shared/message-of.js';
import type { DecodeRequest } from './decode-event.js';
import type { DecodeAnswer, DecodeMessage } from './decode-message.js';
import type { Decoded, DecodedChannels } from './decoded.js';

export interface Decoder {
  /**
   * Decodes an event in the worker. The bytes are transferred and cannot be used afterwards.
   * @throws with a message if the event cannot be decoded
   */
  decode(request: DecodeRequest): Promise<Decoded>;
  /**
   * Decodes the maps of one picture synchronously, see `decodePicture`. Does not transfer the bytes. The first call loads
   * the code and returns undefined: a page that follows no run needs it in the worker only.
   */
  decodePicture(request: DecodeRequest, probe: number): DecodedChannels | undefined;
}

/** The worker ended before it had answered. The same event may be decoded when it is asked for again. */
export class DecoderStoppedError extends Error {
  constructor(reason: string) {
    super(`The decoding worker stopped: ${reason}.`);
    this.name = 'DecoderStoppedError';
  }
}

interface Asked {
  readonly resolve: (decoded: Decoded) => void;
  readonly reject: (error: Error) => void;
}

/** Creates the page's decoder, which uses one worker, or the page's own thread where the browser offers no worker. */
export function createDecoder(): Decoder {
  const waiting = new Map<number, Asked>();
  let lastId = 0;
  const answered = (data: DecodeAnswer): void => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ('decoded' in data) asked?.resolve(data.decoded);
    else asked?.reject(new Error(data.error));
  };
  const stopped = (reason: string): void => {
    const error = new DecoderStoppedError(reason);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  const here = (): ReturnType<typeof decodeHere> => decodeHere(answered, stopped);
  let send =
    startWorker(answered, (reason) => {
      // A worker that could not be loaded, or has failed, answers nothing any more.
      send = here();
      stopped(reason);
    }) ?? here();
  let decoding: typeof import('./decode-event.js') | undefined;
  let isLoading = false;
  return {
    decodePicture(request, probe) {
      if (decoding === undefined && !isLoading) {
        isLoading = true;
        import('./decode-event.js').then(
          (module) => {
            decoding = module;
          },
          () => {
            // The worker decodes everything; the next capture tries again.
            isLoading = false;
          },
        );
      }
      return decoding?.decodePicture(request, probe);
    },
    decode: (request) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        // A view of a larger buffer, such as a socket's message, must not transfer the whole buffer.
        const { bytes } = request;
        const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
        const own = whole ? bytes : bytes.slice();
        send({ ...request, bytes: own, id });
      }),
  };
}

/** Without a worker, each event is decoded in a task of its own. */
function decodeHere(
  answered: (answer: DecodeAnswer) => void,
  stopped: (reason: string) => void,
): (message: DecodeMessage) => void {
  const loading = import('./decode-message.js');
  return (message) => {
    loading.then(
      ({ answerTo }) => setTimeout(() => answered(answerTo(message))),
      (error: unknown) => stopped(messageOf(error)),
    );
  };
}

/** Returns the function that sends a message to the worker; undefined if the browser offers no worker. */
function startWorker(
  answered: (answer: DecodeAnswer) => void,
  stopped: (reason: string) => void,
): ((message: DecodeMessage) => void) | undefined {
  if (typeof Worker === 'undefined') return undefined;
  let worker: Worker;
  try {
    worker = new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
  } catch (error) {
    console.warn('No worker can be started, so maps are decoded by the page itself:', error);
    return undefined;
  }
  worker.onmessage = ({ data }: MessageEvent<DecodeAnswer>) => answered(data);
  worker.onerror = (event) => stopped(event.message || 'it could not be loaded');
  return (message) => worker.postMessage(message, [message.bytes.buffer as ArrayBuffer]);
}
