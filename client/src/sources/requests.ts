/** Requests to a hub over HTTP. */

import { HTTP } from '@convscope/shared/protocol/addresses.js';
import { countInOneRequest, EventsReader, type EventsRequest } from '@convscope/shared/protocol/events.js';
import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import { GenerationChangedError, TryAgainError } from './source.js';

async function sentenceOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const said = typeof body === 'object' && body !== null && 'error' in body ? String(body.error) : '';
  return said || `The hub answered ${response.status} ${response.statusText}.`;
}

async function answered(response: Response): Promise<Response> {
  if (response.status >= 500) throw new TryAgainError(await sentenceOf(response));
  if (!response.ok) throw new Error(await sentenceOf(response));
  return response;
}

/** @throws TryAgainError if there is no answer: what browsers say then differs, and says little */
async function ask(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof TypeError) throw new TryAgainError('The hub does not answer.', { cause: error });
    throw error;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

export interface Requests {
  /** @throws GenerationChangedError, TryAgainError, or an error with the hub's sentence */
  get(path: string, query: Query, signal: AbortSignal): Promise<Response>;
  /** By POST, because an address has no room for the names of many runs, or the places of many events. Throws as `get` does. */
  post(path: string, request: object, signal: AbortSignal): Promise<Response>;
  bytes(path: string, query: Query, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

export function createRequests(base: URL): Requests {
  const get = async (path: string, query: Query, signal: AbortSignal): Promise<Response> => {
    const url = new URL(path, base);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const response = await ask(url, { signal });
    if (response.status === 409) throw new GenerationChangedError(String(query['run']));
    return answered(response);
  };
  const post = async (path: string, request: object, signal: AbortSignal): Promise<Response> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(request);
    const response = await ask(new URL(path, base), { method: 'POST', headers, body, signal });
    if (response.status === 409 && 'run' in request) throw new GenerationChangedError(String(request.run));
    return answered(response);
  };
  const bytes = async (path: string, query: Query, signal: AbortSignal) =>
    new Uint8Array(await (await get(path, query, signal)).arrayBuffer());
  return { get, post, bytes };
}

/**
 * How many of these tags one body may name, from the first on; at least one, unless there are none. Few enough for the body to be
 * within its limit whatever JSON makes of them.
 */
export function countInOneBody(tags: readonly string[], most: number, bodyBytes: number): number {
  let characters = 0;
  let count = 0;
  for (const tag of tags) {
    characters += tag.length;
    if (count > 0 && (count === most || characters > bodyBytes / 8)) break;
    count++;
  }
  return count;
}

/** Events of a run, those together that arrive together; see `Source.events`. */
export async function* requestEvents(
  { post, bytes }: Pick<Requests, 'post' | 'bytes'>,
  run: string,
  generation: number,
  rows: readonly BlobRow[],
  signal: AbortSignal,
): AsyncGenerator<readonly (Uint8Array<ArrayBuffer> | undefined)[]> {
  const [first] = rows;
  if (first !== undefined && rows.length === 1) {
    const { file, offset, length } = first;
    // The browser keeps the answer for a single event, and gives it after a reload.
    yield [await bytes(HTTP.event, { run, generation, file, offset, length }, signal)];
    return;
  }
  for (let from = 0; from < rows.length; ) {
    const left = rows.slice(from);
    const asked = left.slice(0, countInOneRequest(left));
    from += asked.length;
    const request: EventsRequest = {
      run,
      generation,
      events: asked.map(({ file, offset, length }) => [file, offset, length]),
    };
    const response = await post(HTTP.events, request, signal);
    const reader = new EventsReader(asked);
    for await (const piece of piecesOf(response)) {
      const events = reader.push(piece);
      if (events.length > 0) yield events;
    }
    if (!reader.isComplete) throw new TryAgainError('The answer of the hub was cut off.');
  }
}

/** The body of an answer. Not every browser can iterate over its stream. */
async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  if (reader === undefined) return;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    // Ends the request where the caller wants no more of it; nothing is left to cancel otherwise.
    await reader.cancel();
  }
}
