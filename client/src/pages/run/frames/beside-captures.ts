/** Captures of one tag that are shown beside the frame: those of the strip of one channel. */
import type { CaptureRef } from '../../../blobs/capture-ref.js';
import type { RunData } from '../../../runs/run-data.js';
import { createStore } from '../../../ui/store.js';
import { type MapRecord, refAt } from './frame.js';
import type { DecodedOf } from './surroundings.js';
import type { TagRef } from './tag-ref.js';

export interface BesideWish {
  readonly of: TagRef;
  /** Steps at which the tag was logged. */
  readonly steps: readonly number[];
}

export class BesideCaptures {
  readonly wish = createStore<BesideWish | undefined>(undefined);
  /** Counts captures that have come: read again what was missing. */
  readonly arrivals = createStore(0);
  readonly #decodedOf: DecodedOf;

  constructor(changed: () => void, decodedOf: DecodedOf) {
    this.#decodedOf = decodedOf;
    this.wish.subscribe(changed);
  }

  /** What is to be loaded after all that the page needs more. */
  refs(data: RunData): CaptureRef[] {
    const { of, steps } = this.wish.get() ?? { steps: [] };
    return of === undefined
      ? []
      : steps.flatMap((step) => {
          const ref = refAt(data, of, step);
          return ref === undefined ? [] : [{ ...ref, ahead: true }];
        });
  }

  /** The record that the tag has at a step; undefined while it is not loaded, or if it cannot be. */
  recordAt(data: RunData, of: TagRef, step: number): MapRecord | undefined {
    const ref = refAt(data, of, step);
    const decoded = ref === undefined ? undefined : this.#decodedOf(ref);
    return decoded?.kind === 'channels' || decoded?.kind === 'tensor' ? decoded : undefined;
  }

  /** Call when a capture of the tag has been decoded. */
  came(tag: string): void {
    if (this.wish.get()?.of.tag === tag) this.arrivals.set(this.arrivals.get() + 1);
  }
}
