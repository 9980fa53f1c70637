/**
 * How often all but the output grid follows a playhead that moves. Drawing it takes longer than a frame lasts, so it is
 * drawn a few times a second, and when the playhead rests.
 */

/** While it moves. One frame in so many is late, which is fewer than one in twenty. */
const EVERY_MS = 400;

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
