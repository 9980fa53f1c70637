/**
 * Asks for the rows of many indexes with one request: a net of 60 layers has hundreds of tags, and a browser sends six
 * requests at a time.
 */
import { HTTP } from '@convscope/shared/protocol/addresses.js';
import { INDEXES_LIMITS, type IndexesRequest } from '@convscope/shared/protocol/indexes.js';
import { decodeParts } from '@convscope/shared/protocol/parts.js';
import { countInOneBody, type Requests } from './requests.js';
import type { ColumnRef } from './source.js';

interface Asked {
  readonly ref: ColumnRef;
  readonly from: number;
  readonly signal: AbortSignal;
  readonly resolve: (rows: Uint8Array | Promise<Uint8Array>) => void;
  readonly reject: (error: unknown) => void;
}

type IndexRows = (ref: ColumnRef, from: number, signal: AbortSignal) => Promise<Uint8Array>;

/** What is asked for in one turn of the event loop goes together. */
export function createIndexRows({ post, bytes }: Pick<Requests, 'post' | 'bytes'>): IndexRows {
  let waiting: Asked[] = [];

  const alone: IndexRows = ({ run, generation, tag, kind }, from, signal) =>
    bytes(HTTP.index, { run, tag, kind, generation, from }, signal);

  const together = async (asked: readonly Asked[]): Promise<void> => {
    const [first] = asked;
    if (first === undefined) return;
    const { run, generation } = first.ref;
    const abort = new AbortController();
    const isGivenUp = () => asked.every(({ signal }) => signal.aborted);
    const giveUp = () => {
      if (isGivenUp()) abort.abort();
    };
    for (const { signal } of asked) signal.addEventListener('abort', giveUp, { once: true });
    try {
      const request: IndexesRequest = {
        run,
        generation,
        indexes: asked.map(({ ref: { tag, kind }, from }) => [tag, kind, from]),
      };
      const response = await post(HTTP.indexes, request, abort.signal);
      const parts = decodeParts(new Uint8Array(await response.arrayBuffer()), asked.length);
      for (const [at, one] of asked.entries()) {
        const part = parts[at]!;
        // Asked for alone, what is not there is answered with the hub's sentence.
        one.resolve(typeof part === 'string' ? alone(one.ref, one.from, one.signal) : part);
      }
    } catch (error) {
      for (const { reject } of asked) reject(error);
    } finally {
      for (const { signal } of asked) signal.removeEventListener('abort', giveUp);
    }
  };

  const send = (): void => {
    const runs = new Map<string, Asked[]>();
    for (const one of waiting) {
      const { run, generation } = one.ref;
      const key = `${run}\n${generation}`;
      if (!one.signal.aborted) runs.set(key, [...(runs.get(key) ?? []), one]);
    }
    waiting = [];
    for (const asked of runs.values()) {
      for (const batch of batches(asked)) {
        const [only] = batch;
        if (batch.length > 1) void together(batch);
        else if (only !== undefined) only.resolve(alone(only.ref, only.from, only.signal));
      }
    }
  };

  return (ref, from, signal) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(send);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      waiting.push({ ref, from, signal, resolve, reject });
    });
}

function batches(asked: readonly Asked[]): Asked[][] {
  const all: Asked[][] = [];
  for (let from = 0; from < asked.length; ) {
    const left = asked.slice(from);
    const tags = left.map(({ ref }) => ref.tag);
    const batch = left.slice(0, countInOneBody(tags, INDEXES_LIMITS.indexes, INDEXES_LIMITS.bodyBytes));
    all.push(batch);
    from += batch.length;
  }
  return all;
}
