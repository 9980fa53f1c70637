/** Decides which step to show while following, and which captures will be needed soon. */

import type { CaptureRef } from '../../../blobs/capture-ref.js';
import type { RunData } from '../../../runs/run-data.js';
import { type Frame, isAligned, newestStep, refsOf } from './frame.js';
import type { LayerView } from './layers.js';
import { LOOK_BACK } from './surroundings.js';
import type { Target } from './target.js';

/** How long to wait for all parts of a capture before a newer one is tried. */
const PATIENCE_MS = 1500;
/** How many captures are fetched ahead while playing. */
const PREFETCHED = 8;

export class Goal {
  readonly #isThere: (ref: CaptureRef) => boolean;
  #subject = '';
  #step: number | undefined;
  #since = 0;

  /** `isThere`: whether a capture has been decoded or has failed. */
  constructor(isThere: (ref: CaptureRef) => boolean) {
    this.#isThere = isThere;
  }

  /**
   * The newest step that has been loaded completely, else the one that is being loaded. That one is kept until it is
   * complete: captures may arrive faster than all their parts, and a page that switched to each new one would never show
   * any.
   */
  next({ data, layer, steps }: Target, shown: Frame | undefined): number | undefined {
    if (layer === undefined) return undefined;
    const from = shown?.run === data.run && shown.layer === layer ? shown.step : Number.NEGATIVE_INFINITY;
    for (let at = steps.length - 1; at >= Math.max(0, steps.length - LOOK_BACK) && steps[at]! > from; at--) {
      if (!isAligned(data, layer, steps[at]!)) continue;
      const refs = Object.values(refsOf(data, layer, steps[at]!));
      if (refs.every(this.#isThere)) return this.#aim(data, layer, steps[at]);
    }
    const isOnItsWay =
      this.#subject === subjectOf(data, layer) && this.#step !== undefined && this.#step > from;
    if (isOnItsWay && performance.now() - this.#since < PATIENCE_MS) return this.#step;
    return this.#aim(data, layer, newestStep(data, layer));
  }

  #aim(data: RunData, layer: LayerView, step: number | undefined): number | undefined {
    const subject = subjectOf(data, layer);
    if (this.#subject !== subject || this.#step !== step) {
      this.#subject = subject;
      this.#step = step;
      this.#since = performance.now();
    }
    return step;
  }
}

function subjectOf(data: RunData, layer: LayerView): string {
  return `${data.run}\n${data.generation}\n${layer.name}`;
}

/** Indices, among `count` captures, of those that will be played after the one at `index`. */
export function playedAfter(index: number, count: number, loop: boolean): number[] {
  const soon = Array.from({ length: PREFETCHED }, (_, k) => index + 1 + k);
  return loop ? soon.map((at) => at % count) : soon.filter((at) => at < count);
}
