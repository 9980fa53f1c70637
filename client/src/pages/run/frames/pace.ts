/**
 * How often all but the output grid follows a playhead that moves. Drawing it takes longer than a frame lasts, so it is
 * drawn about once a second, and when the playhead rests. With a single step it is drawn in the same frame, unless that takes long.
 */

/** While it moves. Each time two frames are late: of a screen's 60 a second, fewer than one in twenty. */
const EVERY_MS = 800;

export class Pace {
  readonly #due: () => void;
  #followedAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `due` is called when the rest of the page may follow, after it could not. */
  constructor(due: () => void) {
    this.#due = due;
  }

  /** Whether the rest of the page may follow now. `now` in milliseconds. */
  mayFollow(isMoving: boolean, now = performance.now()): boolean {
    clearTimeout(this.#timer);
    const wait = isMoving ? this.#followedAt + EVERY_MS - now : 0;
    if (wait > 0) this.#timer = setTimeout(this.#due, wait);
    else this.#followedAt = now;
    return wait <= 0;
  }
}

/** Of all panes: longer ones keep the output of a single step waiting noticeably. */
const MOST_MS = 60;
/** Draws in a row that took longer. One may have been held up by something else. */
const SLOW_DRAWS = 3;
/** Steps after which it is tried again, since all of them may have been. */
const TRIED_AFTER = 6;

/** Whether all panes of a layer are drawn quickly enough to come in one frame with the output. */
export class DrawingCost {
  #layer: string | undefined;
  #slow = 0;
  #passed = 0;

  /** Call at each step. */
  isLow(layer: string | undefined): boolean {
    if (layer !== this.#layer) {
      this.#layer = layer;
      this.#slow = 0;
    }
    if (this.#slow < SLOW_DRAWS) return true;
    this.#passed = (this.#passed + 1) % TRIED_AFTER;
    return this.#passed === 0;
  }

  /** Takes how many milliseconds it took to draw them. */
  note(layer: string | undefined, took: number): void {
    if (layer === this.#layer) this.#slow = took > MOST_MS ? this.#slow + 1 : 0;
  }
}
