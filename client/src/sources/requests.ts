/** Requests to a hub over HTTP. */
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

type Query = Readonly<Record<string, string | number>>;

export interface Requests {
  /** @throws GenerationChangedError, TryAgainError, or an error with the hub's sentence */
  get(path: string, query: Query, signal: AbortSignal): Promise<Response>;
  /** By POST, because an address has no room for the names of many runs. */
  post(path: string, request: object, signal: AbortSignal): Promise<Response>;
  bytes(path: string, query: Query, signal: AbortSignal): Promise<Uint8Array>;
}

export function createRequests(base: URL): Requests {
  const get = async (path: string, query: Query, signal: AbortSignal): Promise<Response> => {
    const url = new URL(path, base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const response = await fetch(url, { signal });
    if (response.status === 409) throw new GenerationChangedError(String(query['run']));
    return answered(response);
  };
  const post = async (path: string, request: object, signal: AbortSignal): Promise<Response> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(request);
    return answered(await fetch(new URL(path, base), { method: 'POST', headers, body, signal }));
  };
  const bytes = async (path: string, query: Query, signal: AbortSignal) =>
    new Uint8Array(await (await get(path, query, signal)).arrayBuffer());
  return { get, post, bytes };
}
