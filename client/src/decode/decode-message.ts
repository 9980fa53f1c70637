/** The messages to and from the decoding worker, and what it does with them. It keeps the bytes of what it has fetched. */
import { messageOf } from '@convscope/shared/message-of.js';
import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import { createRequests, requestEvents } from '../sources/requests.js';
import { GenerationChangedError, TryAgainError } from '../sources/source.js';
import { type DecodeRequest, decodeForDrawing } from './decode-event.js';
import type { Decoded } from './decoded.js';

export interface DecodeMessage extends Omit<DecodeRequest, 'bytes'> {
  readonly id: number;
  /** The event's data, or the name under which the worker keeps them. */
  readonly event: Uint8Array | string;
}

export interface FetchMessage {
  readonly fetch: number;
  readonly base: string;
  readonly run: string;
  readonly generation: number;
  readonly rows: readonly BlobRow[];
}

export type ToDecoder =
  | DecodeMessage
  | FetchMessage
  | { readonly abort: number }
  /** Names of events that are not needed any more. */
  | { readonly release: readonly string[] };

export type DecodeAnswer =
  | { readonly id: number; readonly decoded: Decoded }
  | { readonly id: number; readonly error: string };

/** The next events have come, undefined where there is none any more; or nothing more comes. */
export type FetchAnswer =
  | { readonly fetch: number; readonly came: readonly (HeldPlace | undefined)[] }
  | { readonly fetch: number; readonly ended: true; readonly error?: FetchError };

export interface HeldPlace {
  readonly held: string;
  readonly byteLength: number;
}

export interface FetchError {
  readonly message: string;
  /** Whether another try may succeed. */
  readonly mayPass: boolean;
}

export type FromDecoder = DecodeAnswer | FetchAnswer;

/** Returns the function that takes messages. Errors are posted instead of thrown. */
export function createDecodeService(post: (answer: FromDecoder) => void): (message: ToDecoder) => void {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const fetches = new Map<number, AbortController>();

  const decode = ({ id, event, ...request }: DecodeMessage): void => {
    try {
      // Of what is kept a copy, because what is decoded takes the memory of some records with it.
      const bytes = typeof event === 'string' ? kept.get(event)?.slice() : event;
      if (bytes === undefined) throw new Error('The event is not there any more.');
      post({ id, decoded: decodeForDrawing({ ...request, bytes }) });
    } catch (error) {
      post({ id, error: messageOf(error) });
    }
  };
  const load = async ({ fetch, base, run, generation, rows }: FetchMessage): Promise<void> => {
    const abort = new AbortController();
    fetches.set(fetch, abort);
    let count = 0;
    try {
      const events = requestEvents(createRequests(new URL(base)), run, generation, rows, abort.signal);
      for await (const some of events) {
        if (abort.signal.aborted) return;
        const came = some.map((bytes) => {
          // Of no other worker of this page either, in case that this one replaces another.
          const held = `${fetch}.${++count}`;
          if (bytes !== undefined) kept.set(held, bytes);
          return bytes && { held, byteLength: bytes.byteLength };
        });
        post({ fetch, came });
      }
      post({ fetch, ended: true });
    } catch (error) {
      const mayPass =
        error instanceof TypeError ||
        error instanceof TryAgainError ||
        error instanceof GenerationChangedError;
      if (!abort.signal.aborted) post({ fetch, ended: true, error: { message: messageOf(error), mayPass } });
    } finally {
      fetches.delete(fetch);
    }
  };
  return (message) => {
    if ('fetch' in message) void load(message);
    else if ('abort' in message) fetches.get(message.abort)?.abort();
    else if ('release' in message) for (const held of message.release) kept.delete(held);
    else decode(message);
  };
}
