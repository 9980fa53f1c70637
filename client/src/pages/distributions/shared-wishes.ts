/** The events that the plots of the page wish for, in one order. */
import type { Blobs } from '../../blobs/blobs.js';
import type { CaptureRef } from '../../blobs/capture-ref.js';

export class SharedWishes {
  readonly #blobs: Pick<Blobs, 'wish'>;
  /** Undefined while a plot does not know yet what it wishes for. */
  readonly #wishes = new Map<object, readonly CaptureRef[] | undefined>();
  #isDue = false;

  constructor(blobs: Pick<Blobs, 'wish'>) {
    this.#blobs = blobs;
  }

  /** Sets what a plot wishes for, most important first. It keeps its place among the plots until it wishes for nothing. */
  set(plot: object, refs: readonly CaptureRef[] | undefined): void {
    if (refs?.length === 0) this.#wishes.delete(plot);
    else this.#wishes.set(plot, refs);
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#blobs.wish(this, interleaved([...this.#wishes.values()].filter((one) => one !== undefined)));
    });
  }
}

/** The first of each list, then the second of each: so all plots show something before any shows everything. */
export function interleaved<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  const mixed: T[] = [];
  for (let at = 0; at < longest; at++) for (const list of lists) if (at < list.length) mixed.push(list[at]!);
  return mixed;
}
