/**
 * Loads decoded captures: from memory, from what the hub pushes, or over HTTP. The caller lists everything it wants,
 * most important first; requests of which nothing is in the list any more are cancelled. The encoded bytes of what was
 * fetched are kept longer than what was decoded from them, which is several times as large.
 */

import { messageOf } from '@convscope/shared/message-of.js';
import type { LiveBlob } from '@convscope/shared/protocol/live.js';
import type { RecordKind } from '@convscope/shared/run-record.js';
import { bytesOf, type Decoded } from '../decode/decoded.js';
import type { Decoder, EventRequest } from '../decode/decoder.js';
import type { EncodedEvent, Source } from '../sources/source.js';
import { BoundedCache } from './bounded-cache.js';
import { type CaptureRef, captureKey } from './capture-ref.js';
import { EventFetches, releaseEvent, type WantedEvent } from './event-fetches.js';
import { mayPass, waitAfter } from './retries.js';
import { batches, type Together } from './together.js';

export type Loaded = { readonly decoded: Decoded } | { readonly error: string };

/** Requests under way. Browsers have six connections to a server, and the page needs some for other things. */
const MOST_AT_ONCE = { single: 6, together: 3, ahead: 2 };
/** Encoded captures, unless the owner says otherwise. */
const ENCODED_BYTES = 16 * 1024 * 1024;
/** How long to wait for an announced push before fetching the capture. */
const PUSH_PATIENCE_MS = 400;
/** How long to wait before asking again when the connection was lost meanwhile. */
const LOST_MS = 1_000;

export interface CaptureLoaderOptions {
  readonly source: Source;
  readonly decoder: Decoder;
  /** Of decoded captures. */
  readonly limitBytes: number;
  readonly encodedBytes?: number;
  /** Without it, each event is asked for by itself. */
  readonly together?: Together;
  /** Called when a capture has been decoded or has failed; `part` is what was there before, of one probe. */
  readonly arrived: (key: string, loaded: Loaded, part?: Decoded) => void;
}

/** What was decoded of an event: all of it, or the maps of one probe. */
interface Kept {
  readonly loaded: Loaded;
  readonly probe: number | undefined;
}

interface Wanted {
  readonly key: string;
  readonly ref: CaptureRef;
}

export class CaptureLoader {
  readonly #options: CaptureLoaderOptions;
  readonly #cache: BoundedCache<Kept>;
  readonly #encoded: BoundedCache<EncodedEvent>;
  readonly #fetches: EventFetches;
  /** Keys of captures that are being decoded. */
  readonly #decoding = new Set<string>();
  /** When a capture may be fetched at the earliest, by key. */
  readonly #notBefore = new Map<string, number>();
  /** How often a fetch has failed for a reason that may pass, by key. */
  readonly #failures = new Map<string, number>();
  /** Keys of captures that were asked for too often. Their errors are kept while they are wanted. */
  readonly #givenUp = new Set<string>();
  #wanted: readonly Wanted[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: CaptureLoaderOptions) {
    this.#options = options;
    this.#cache = new BoundedCache(options.limitBytes);
    this.#encoded = new BoundedCache<EncodedEvent>(options.encodedBytes ?? ENCODED_BYTES, releaseEvent);
    this.#fetches = new EventFetches({
      source: options.source,
      fetcher: options.decoder,
      arrived: (key, event) => {
        this.#encoded.set(key, event, event.byteLength);
        this.#decodeNext();
      },
      failed: (key, error) => this.#fail(key, error),
      ended: () => this.#startNext(),
    });
  }

  /** Whether the error of this capture is one that may pass. */
  isGivenUp(key: string): boolean {
    return this.#givenUp.has(key);
  }

  get(ref: CaptureRef): Loaded | undefined {
    const kept = this.#cache.get(captureKey(ref));
    return isEnough(kept, ref.probe) ? kept.loaded : undefined;
  }

  /** Whether all of an event is there, or at least the maps of `probe`. */
  #isThere(key: string, probe: number | undefined): boolean {
    return isEnough(this.#cache.peek(key), probe);
  }

  /** `passed`: what is not wanted any more, but may come if it is under way. */
  want(refs: readonly CaptureRef[], passed: readonly CaptureRef[] = []): void {
    // A record may have several roles: it is as important as the most important one, and all of it is needed if one needs all.
    const wanted = new Map<string, Wanted>();
    for (const ref of refs) {
      const key = captureKey(ref);
      const before = wanted.get(key)?.ref;
      if (before === undefined) wanted.set(key, { key, ref });
      else if (before.probe !== ref.probe) wanted.set(key, { key, ref: { ...before, probe: undefined } });
    }
    this.#wanted = [...wanted.values()];
    const keys = new Set(wanted.keys());
    this.#fetches.keepOnly(passed.length === 0 ? keys : new Set([...keys, ...passed.map(captureKey)]));
    for (const known of [this.#notBefore, this.#failures])
      for (const key of known.keys()) if (!keys.has(key)) known.delete(key);
    for (const key of this.#givenUp) if (!keys.has(key)) this.#tryAgain(key);
    this.#decodeNext();
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
    if (this.#isThere(key, undefined) || this.#decoding.has(key)) return false;
    this.#fetches.forget(key);
    void this.#decode(key, { event: blob.bytes, tag: ref.tag, kind: ref.kind }, after);
    return true;
  }

  clear(): void {
    this.want([]);
    this.#cache.clear();
    this.#encoded.clear();
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
    const missing: Wanted[] = [];
    for (const wanted of this.#wanted) {
      const { key, ref } = wanted;
      const isKnown = this.#isThere(key, ref.probe) || this.#decoding.has(key) || this.#encoded.has(key);
      if (isKnown || this.#fetches.has(key)) continue;
      if (ref.coming && !this.#notBefore.has(key)) this.#notBefore.set(key, now + PUSH_PATIENCE_MS);
      const wait = (this.#notBefore.get(key) ?? now) - now;
      if (wait > 0) soonest = Math.min(soonest, wait);
      else missing.push(wanted);
    }
    const longest = this.#options.together?.longest ?? 0;
    this.#fetchTogether(missing.filter(({ ref }) => ref.at.length <= longest));
    const alone = missing.filter(({ ref }) => ref.at.length > longest);
    for (const wanted of alone.slice(0, Math.max(0, MOST_AT_ONCE.single - this.#fetches.count)))
      void this.#fetches.start([eventOf(wanted)], false);
    if (soonest < Number.POSITIVE_INFINITY)
      this.#timer = setTimeout(() => {
        this.#decodeNext();
        this.#startNext();
      }, soonest + 1);
  }

  /** Several at a time, and those that are not needed yet after and apart from the others. */
  #fetchTogether(missing: readonly Wanted[]): void {
    const { together } = this.#options;
    if (together === undefined) return;
    for (const isAhead of [false, true])
      for (const batch of batches(
        missing.filter(({ ref }) => (ref.ahead ?? false) === isAhead),
        together,
      )) {
        const { count, aheadCount, aheadBytes } = this.#fetches;
        if (count >= MOST_AT_ONCE.together) return;
        // The nearest come first: the next request is on its way when half of one is left, and does not compete with it before.
        if (isAhead && (aheadCount >= MOST_AT_ONCE.ahead || aheadBytes > together.bytes / 2)) return;
        void this.#fetches.start(batch.map(eventOf), isAhead);
      }
  }

  /** Decodes what has been fetched, the most important first. */
  #decodeNext(): void {
    const now = performance.now();
    const most = this.#options.together?.decodedAtOnce ?? Number.POSITIVE_INFINITY;
    for (const { key, ref } of this.#wanted) {
      if (this.#decoding.size >= most) return;
      if (this.#decoding.has(key) || this.#isThere(key, ref.probe)) continue;
      if ((this.#notBefore.get(key) ?? now) > now) continue;
      const encoded = this.#encoded.get(key);
      const { tag, kind, probe } = ref;
      // A copy: the decoder takes bytes away.
      const event = encoded instanceof Uint8Array ? encoded.slice() : encoded;
      if (event !== undefined) void this.#decode(key, { event, tag, kind, probe });
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

  async #decode(key: string, request: EventRequest, after?: Promise<void>): Promise<void> {
    this.#decoding.add(key);
    try {
      if (after !== undefined) await after;
      const decoded = await this.#options.decoder.decode(request);
      this.#settle(key, { decoded }, bytesOf(decoded), isPart(decoded) ? request.probe : undefined);
    } catch (error) {
      this.#encoded.delete(key);
      this.#fail(key, error);
    } finally {
      this.#decoding.delete(key);
    }
    this.#decodeNext();
    // What was pushed and could not be decoded may have to be fetched.
    this.#startNext();
  }

  #settle(key: string, loaded: Loaded, bytes: number, probe?: number): void {
    const before = this.#cache.peek(key)?.loaded;
    this.#cache.set(key, { loaded, probe }, bytes);
    this.#options.arrived(
      key,
      loaded,
      before !== undefined && 'decoded' in before ? before.decoded : undefined,
    );
  }
}

function isEnough(kept: Kept | undefined, probe: number | undefined): kept is Kept {
  return kept !== undefined && (kept.probe === undefined || kept.probe === probe);
}

/** Whether there are maps of other probes, which were not decoded. */
function isPart(decoded: Decoded): boolean {
  return decoded.kind === 'channels' && decoded.probes.length < decoded.pictures;
}

function eventOf({ key, ref: { run, generation, at } }: Wanted): WantedEvent {
  return { key, run, generation, at };
}
