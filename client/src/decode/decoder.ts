import { messageOf } from '@convscope/shared/message-of.js';
import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import { type EncodedEvent, type EventFetcher, type HeldEvent, TryAgainError } from '../sources/source.js';
import type { DecodeRequest } from './decode-event.js';
import type { FetchAnswer, FetchError, FromDecoder, HeldPlace, ToDecoder } from './decode-message.js';
import type { Decoded, DecodedChannels } from './decoded.js';

/** What is wanted of an event, whose bytes may lie in the worker. */
export interface EventRequest extends Omit<DecodeRequest, 'bytes'> {
  readonly event: EncodedEvent;
}

export interface Decoder extends EventFetcher {
  /**
   * Decodes an event in the worker. Bytes are transferred and cannot be used afterwards; those that the worker holds stay.
   * @throws with a message if the event cannot be decoded
   */
  decode(request: EventRequest): Promise<Decoded>;
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
  const fetches = new Map<number, ComingEvents>();
  /** The events that the worker keeps. */
  const held = new Set<string>();
  let lastId = 0;
  const answered = (data: FromDecoder): void => {
    if ('fetch' in data) {
      take(data);
      return;
    }
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ('decoded' in data) asked?.resolve(data.decoded);
    else asked?.reject(new Error(data.error));
  };
  const take = (data: FetchAnswer): void => {
    const coming = fetches.get(data.fetch);
    if ('ended' in data) coming?.end(data.error && errorOf(data.error));
    else if (coming !== undefined) coming.push(data.came.map((place) => place && heldEvent(place)));
    // Its request was aborted while this was on its way.
    else for (const place of data.came) if (place !== undefined) release(place.held);
  };
  const stopped = (reason: string): void => {
    const error = new DecoderStoppedError(reason);
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
    held.clear();
    for (const coming of fetches.values()) coming.end(error);
  };
  const here = (): ReturnType<typeof decodeHere> => decodeHere(answered, stopped);
  let send =
    startWorker(answered, (reason) => {
      // A worker that could not be loaded, or has failed, answers nothing any more.
      send = here();
      stopped(reason);
    }) ?? here();
  /** Released together, since a cache drops many at once. */
  let released: string[] = [];
  const release = (name: string): void => {
    held.delete(name);
    if (released.push(name) > 1) return;
    queueMicrotask(() => {
      send({ release: released });
      released = [];
    });
  };
  const heldEvent = ({ held: name, byteLength }: HeldPlace): HeldEvent => {
    held.add(name);
    return { held: name, byteLength, release: () => release(name) };
  };
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
    decode: ({ event, ...request }) =>
      new Promise((resolve, reject) => {
        if (!(event instanceof Uint8Array) && !held.has(event.held))
          throw new DecoderStoppedError('what it had fetched is gone with it');
        const id = ++lastId;
        waiting.set(id, { resolve, reject });
        send({ ...request, event: event instanceof Uint8Array ? ownBytes(event) : event.held, id });
      }),
    async *fetchEvents(base, run, generation, rows, signal) {
      signal.throwIfAborted();
      const fetch = ++lastId;
      const coming = new ComingEvents();
      fetches.set(fetch, coming);
      const abort = (): void => {
        send({ abort: fetch });
        coming.end(signal.reason);
      };
      signal.addEventListener('abort', abort);
      try {
        send({ fetch, base: base.href, run, generation, rows: rows.map(placeOf) });
        for (let next = await coming.next(); next !== undefined; next = await coming.next()) yield next.event;
      } finally {
        signal.removeEventListener('abort', abort);
        fetches.delete(fetch);
        for (const { event } of coming.left()) event?.release();
      }
    },
  };
}

interface ComingEvent {
  readonly event: HeldEvent | undefined;
}

/** The events of one request, in the order in which the worker has them. */
class ComingEvents {
  readonly #come: ComingEvent[] = [];
  #ended: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  push(events: readonly (HeldEvent | undefined)[]): void {
    for (const event of events) this.#come.push({ event });
    this.#wake?.();
  }

  end(error: unknown): void {
    this.#ended ??= { error };
    this.#wake?.();
  }

  /** Undefined after the last one. @throws the error with which it ended, after what has come before */
  async next(): Promise<ComingEvent | undefined> {
    while (this.#come.length === 0 && this.#ended === undefined)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const next = this.#come.shift();
    if (next === undefined && this.#ended?.error !== undefined) throw this.#ended.error;
    return next;
  }

  /** Those that nobody has taken. */
  left(): readonly ComingEvent[] {
    return this.#come.splice(0);
  }
}

/** Only what the request needs of a row. */
function placeOf({ step, wallTime, file, offset, length, replacesFrom }: BlobRow): BlobRow {
  return { step, wallTime, file, offset, length, replacesFrom };
}

function errorOf({ message, mayPass }: FetchError): Error {
  return mayPass ? new TryAgainError(message) : new Error(message);
}

/** A view of a larger buffer, such as a socket's message, must not transfer the whole buffer. */
function ownBytes(bytes: Uint8Array): Uint8Array {
  const isWhole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  return isWhole ? bytes : bytes.slice();
}

/** Without a worker, each message is handled in a task of its own. */
function decodeHere(
  answered: (answer: FromDecoder) => void,
  stopped: (reason: string) => void,
): (message: ToDecoder) => void {
  const loading = import('./decode-message.js').then(({ createDecodeService }) =>
    createDecodeService(answered),
  );
  return (message) => {
    loading.then(
      (take) => setTimeout(() => take(message)),
      (error: unknown) => stopped(messageOf(error)),
    );
  };
}

/** Returns the function that sends a message to the worker; undefined if the browser offers no worker. */
function startWorker(
  answered: (answer: FromDecoder) => void,
  stopped: (reason: string) => void,
): ((message: ToDecoder) => void) | undefined {
  if (typeof Worker === 'undefined') return undefined;
  let worker: Worker;
  try {
    worker = new Worker(new URL('./decode-worker.ts', import.meta.url), { type: 'module' });
  } catch (error) {
    console.warn('No worker can be started, so maps are decoded by the page itself:', error);
    return undefined;
  }
  worker.onmessage = ({ data }: MessageEvent<FromDecoder>) => answered(data);
  worker.onerror = (event) => stopped(event.message || 'it could not be loaded');
  return (message) => {
    const bytes = 'event' in message && typeof message.event !== 'string' ? [message.event.buffer] : [];
    worker.postMessage(message, bytes as ArrayBuffer[]);
  };
}
