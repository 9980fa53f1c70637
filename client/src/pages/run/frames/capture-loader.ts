/**
 * Loads decoded captures: from memory, from what the hub pushes, or over HTTP. The caller lists everything it wants,
 * most important first; requests that are not in the list any more are cancelled.
 */

import { messageOf } from '@convscope/shared/message-of.js';
import type { LiveBlob } from '@convscope/shared/protocol/live.js';
import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import type { RecordKind } from '@convscope/shared/run-record.js';
import { bytesOf, type Decoded } from '../../../decode/decoded.js';
import type { Decoder } from '../../../decode/decoder.js';
import { GenerationChangedError, type Source, TryAgainError } from '../../../sources/source.js';
import { BoundedCache } from './bounded-cache.js';

export interface CaptureRef {
  readonly run: string;
  readonly generation: number;
  readonly tag: string;
  readonly kind: RecordKind;
  /** The row in the tag's index. */
  readonly row: number;
  readonly at: BlobRow;
  /** The hub is about to push it: wait a moment before fetching it. */
  readonly coming?: boolean;
}

export type Loaded = { readonly decoded: Decoded } | { readonly error: string };

const MOST_AT_ONCE = 6;
/** How long to wait for an announced push before fetching the capture. */
const PUSH_PATIENCE_MS = 400;
/** How long to wait after a failed fetch before trying again. */
const RETRY_MS = 1_000;

export function captureKey(
  ref: Pick<CaptureRef, 'run' | 'generation' | 'tag' | 'row'> & { readonly kind: string },
): string {
  return `${ref.run}\n${ref.generation}\n${ref.kind}\n${ref.tag}\n${ref.row}`;
}

export interface CaptureLoaderOptions {
  readonly source: Source;
  readonly decoder: Decoder;
  readonly limitBytes: number;
  /** Called when a capture has been decoded or has failed. */
  readonly arrived: (key: string, loaded: Loaded) => void;
}

export class CaptureLoader {
  readonly #options: CaptureLoaderOptions;
  readonly #cache: BoundedCache<Loaded>;
  readonly #running = new Map<string, AbortController>();
  /** Keys of captures that are being decoded. */
  readonly #decoding = new Set<string>();
  /** When a capture may be fetched at the earliest, by key. */
  readonly #notBefore = new Map<string, number>();
  #wanted: readonly CaptureRef[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: CaptureLoaderOptions) {
    this.#options = options;
    this.#cache = new BoundedCache(options.limitBytes);
  }

  get(ref: CaptureRef): Loaded | undefined {
    return this.#cache.get(captureKey(ref));
  }

  want(refs: readonly CaptureRef[]): void {
    this.#wanted = refs;
    const keys = new Set(refs.map(captureKey));
    for (const [key, abort] of this.#running) {
      if (keys.has(key)) continue;
      abort.abort();
      this.#running.delete(key);
    }
    for (const key of this.#notBefore.keys()) if (!keys.has(key)) this.#notBefore.delete(key);
    this.#startNext();
  }

  /**
   * Takes bytes that the hub pushed, and decodes them once `after` has resolved. Returns false when the capture is there
   * or being decoded, so that `arrived` will not be called for it.
   */
  offer(blob: LiveBlob, after?: Promise<void>): boolean {
    const ref = { ...blob, kind: blob.kind as RecordKind };
    const key = captureKey(ref);
    if (this.#cache.has(key) || this.#decoding.has(key)) return false;
    this.#running.get(key)?.abort();
    this.#running.delete(key);
    void this.#decode(key, ref.tag, ref.kind, blob.bytes, after);
    return true;
  }

  clear(): void {
    this.want([]);
    this.#cache.clear();
  }

  #startNext(): void {
    clearTimeout(this.#timer);
    // There is no answer to be had. The caller calls `want` again when the connection is back.
    if (this.#options.source.connection.status === 'lost') return;
    const now = performance.now();
    let soonest = Number.POSITIVE_INFINITY;
    for (const ref of this.#wanted) {
      if (this.#running.size >= MOST_AT_ONCE) return;
      const key = captureKey(ref);
      if (this.#cache.has(key) || this.#running.has(key) || this.#decoding.has(key)) continue;
      if (ref.coming && !this.#notBefore.has(key)) this.#notBefore.set(key, now + PUSH_PATIENCE_MS);
      const wait = (this.#notBefore.get(key) ?? now) - now;
      if (wait > 0) {
        soonest = Math.min(soonest, wait);
        continue;
      }
      void this.#fetch(key, ref);
    }
    if (soonest < Number.POSITIVE_INFINITY) this.#timer = setTimeout(() => this.#startNext(), soonest + 1);
  }

  async #fetch(key: string, ref: CaptureRef): Promise<void> {
    const abort = new AbortController();
    this.#running.set(key, abort);
    try {
      const bytes = await this.#options.source.event(ref.run, ref.generation, ref.at, abort.signal);
      if (abort.signal.aborted) return;
      await this.#decode(key, ref.tag, ref.kind, bytes);
    } catch (error) {
      if (abort.signal.aborted) return;
      // A lost hub or replaced files say nothing about the capture: it may be fetched again later.
      const passing =
        error instanceof TypeError ||
        error instanceof TryAgainError ||
        error instanceof GenerationChangedError;
      if (passing) this.#notBefore.set(key, performance.now() + RETRY_MS);
      else this.#settle(key, { error: messageOf(error) }, 256);
    } finally {
      if (this.#running.get(key) === abort) this.#running.delete(key);
      if (!abort.signal.aborted) this.#startNext();
    }
  }

  async #decode(
    key: string,
    tag: string,
    kind: RecordKind,
    bytes: Uint8Array,
    after?: Promise<void>,
  ): Promise<void> {
    this.#decoding.add(key);
    try {
      if (after !== undefined) await after;
      const decoded = await this.#options.decoder.decode({ bytes, tag, kind });
      this.#settle(key, { decoded }, bytesOf(decoded));
    } catch (error) {
      this.#settle(key, { error: messageOf(error) }, 256);
    } finally {
      this.#decoding.delete(key);
    }
  }

  #settle(key: string, loaded: Loaded, bytes: number): void {
    this.#cache.set(key, loaded, bytes);
    this.#options.arrived(key, loaded);
  }
}
