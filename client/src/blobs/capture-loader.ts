/**
 * Loads decoded captures: from memory, from what the hub pushes, or over HTTP. The caller lists everything it wants,
 * most important first; requests that are not in the list any more are cancelled.
 */

import { messageOf } from '@convscope/shared/message-of.js';
import type { LiveBlob } from '@convscope/shared/protocol/live.js';
import type { BlobRow } from '@convscope/shared/protocol/rows.js';
import type { RecordKind } from '@convscope/shared/run-record.js';
import { bytesOf, type Decoded } from '../decode/decoded.js';
import type { Decoder } from '../decode/decoder.js';
import type { Source } from '../sources/source.js';
import { BoundedCache } from './bounded-cache.js';
import { mayPass, waitAfter } from './retries.js';

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
/** How long to wait before asking again when the connection was lost meanwhile. */
const LOST_MS = 1_000;

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
  /** How often a fetch has failed for a reason that may pass, by key. */
  readonly #failures = new Map<string, number>();
  /** Keys of captures that were asked for too often. Their errors are kept while they are wanted. */
  readonly #givenUp = new Set<string>();
  #wanted: readonly CaptureRef[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: CaptureLoaderOptions) {
    this.#options = options;
    this.#cache = new BoundedCache(options.limitBytes);
  }

  /** Whether the error of this capture is one that may pass. */
  isGivenUp(key: string): boolean {
    return this.#givenUp.has(key);
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
    for (const known of [this.#notBefore, this.#failures])
      for (const key of known.keys()) if (!keys.has(key)) known.delete(key);
    for (const key of this.#givenUp) if (!keys.has(key)) this.#tryAgain(key);
    this.#startNext();
  }

  /** Fetches again what was given up. */
  retry(): void {
    for (const key of this.#givenUp) this.#tryAgain(key);
    this.#startNext();
  }

  /**
   * Takes bytes that the hub pushed, and decodes them once `after` has resolved. Returns false when the capture is there
   * or being decoded, so that `arrived` will not be called for it.
   */
  offer(blob: LiveBlob, after?: Promise<void>): boolean {
    const ref = { ...blob, kind: blob.kind as RecordKind };
    const key = captureKey(ref);
    if (this.#givenUp.has(key)) this.#tryAgain(key);
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

  #tryAgain(key: string): void {
    this.#givenUp.delete(key);
    this.#cache.delete(key);
  }

  #startNext(): void {
    clearTimeout(this.#timer);
    // There is no answer to be had. The caller calls `want` again when the connection is back, and then all of it is new.
    if (this.#options.source.connection.status === 'lost') {
      this.#failures.clear();
      for (const key of this.#givenUp) this.#tryAgain(key);
      return;
    }
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
      this.#fail(key, error);
    } finally {
      if (this.#running.get(key) === abort) this.#running.delete(key);
      if (!abort.signal.aborted) this.#startNext();
    }
  }

  #fail(key: string, error: unknown): void {
    if (!mayPass(error)) this.#settle(key, { error: messageOf(error) }, 256);
    else if (this.#options.source.connection.status === 'lost') this.#waitFor(key, LOST_MS);
    else {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      const wait = waitAfter(failures);
      if (wait !== undefined) {
        this.#failures.set(key, failures);
        this.#waitFor(key, wait);
      } else {
        this.#failures.delete(key);
        this.#givenUp.add(key);
        this.#settle(key, { error: messageOf(error) }, 256);
      }
    }
  }

  #waitFor(key: string, milliseconds: number): void {
    this.#notBefore.set(key, performance.now() + milliseconds);
  }

  async #decode(
    key: string,
    tag: string,
    kind: RecordKind,
    bytes: Uint8Array,
    after?: Promise<void>,
  ): Promise<void> {
    this.#decoding.add(key);
    let hasFailed = false;
    try {
      if (after !== undefined) await after;
      const decoded = await this.#options.decoder.decode({ bytes, tag, kind });
      this.#settle(key, { decoded }, bytesOf(decoded));
    } catch (error) {
      hasFailed = true;
      this.#fail(key, error);
    } finally {
      this.#decoding.delete(key);
    }
    // What was pushed and could not be decoded may have to be fetched.
    if (hasFailed) this.#startNext();
  }

  #settle(key: string, loaded: Loaded, bytes: number): void {
    this.#cache.set(key, loaded, bytes);
    this.#options.arrived(key, loaded);
  }
}
