/**
 * What is loaded while the playhead moves: captures ahead of it, in the direction in which it moves. A playhead that moves
 * faster than captures can be loaded or drawn gets every second, fourth, eighth … capture; the others could not be seen.
 * Where it rests, the capture of exactly that step is loaded.
 */

/** A playhead that has not moved for so long rests. */
const REST_MS = 80;
/** Two moves within this time are one movement: keys that are held, or a pointer that drags. */
const MOVEMENT_MS = 250;
/** Captures a second of which each can be seen: somewhat more than a screen shows, since speeds are measured roughly. */
const SEEN_PER_SECOND = 90;
/** Captures that are loaded ahead, while it moves and while it rests; and behind a resting one. */
const AHEAD = { moving: 16, resting: 4, behind: 2 };
/** How far behind a moving playhead captures are looked for that were loaded at a narrower stride. */
const LOOKED_BACK = 16;
const WIDEST_STRIDE = 64;
/** Moves in a row that found their capture missing, or there, before the stride changes. */
const MISSES = 3;
const HITS = 8;

export class Scrubbing {
  readonly #rested: () => void;
  #index: number | undefined;
  #movedAt = Number.NEGATIVE_INFINITY;
  /** Captures per second, smoothed; 0 for a single move. */
  #speed = 0;
  #direction = 1;
  #stride = 1;
  #hits = 0;
  #misses = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `rested` is called when the playhead has come to rest. */
  constructor(rested: () => void) {
    this.#rested = rested;
  }

  /** Takes the index of the capture at the playhead. `now` in milliseconds. Returns whether it is another one. */
  moveTo(index: number, now = performance.now()): boolean {
    const before = this.#index;
    this.#index = index;
    if (before === undefined || index === before) return false;
    const passed = Math.max(1, now - this.#movedAt);
    this.#movedAt = now;
    const direction = Math.sign(index - before);
    if (passed > MOVEMENT_MS) this.#stop();
    else {
      const speed = (1000 * Math.abs(index - before)) / passed;
      this.#speed = this.#speed === 0 ? speed : 0.7 * this.#speed + 0.3 * speed;
    }
    this.#direction = direction;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#stop();
      this.#rested();
    }, REST_MS);
    return true;
  }

  /** Call when the playhead is moved by something else, or nothing is shown. */
  leave(): void {
    this.#index = undefined;
    this.#movedAt = Number.NEGATIVE_INFINITY;
    clearTimeout(this.#timer);
    this.#stop();
  }

  #stop(): void {
    this.#speed = 0;
    this.#stride = 1;
    this.#hits = 0;
    this.#misses = 0;
  }

  get isMoving(): boolean {
    return this.#speed > 0;
  }

  /** Every how many captures are loaded: a power of two, so that a wider stride leaves out, and loads no others. */
  get stride(): number {
    if (!this.isMoving) return 1;
    let visible = 1;
    while (visible < WIDEST_STRIDE && visible * SEEN_PER_SECOND < this.#speed) visible *= 2;
    return Math.max(visible, this.#stride);
  }

  /** The capture to show at `index`: that one, or while it moves the last one before it that is loaded at this stride. */
  shownFor(index: number, count: number): number {
    const { stride } = this;
    const aligned =
      this.#direction > 0 ? Math.floor(index / stride) * stride : Math.ceil(index / stride) * stride;
    return aligned < count ? aligned : index;
  }

  /** Tells whether the capture that was to be shown was there. */
  found(isThere: boolean): void {
    if (!this.isMoving) return;
    this.#hits = isThere ? this.#hits + 1 : 0;
    this.#misses = isThere ? 0 : this.#misses + 1;
    if (this.#misses >= MISSES) {
      this.#stride = Math.min(WIDEST_STRIDE, this.stride * 2);
      this.#misses = 0;
    } else if (this.#hits >= HITS) {
      this.#stride = Math.max(1, this.#stride / 2);
      this.#hits = 0;
    }
  }

  /** The captures that will be needed soon, among `count`, the soonest first. */
  soon(index: number, count: number): number[] {
    const { stride } = this;
    const from = this.shownFor(index, count);
    const at = (steps: number) => from + steps * stride * this.#direction;
    const ahead = this.isMoving ? AHEAD.moving : AHEAD.resting;
    const behind = this.isMoving ? 0 : AHEAD.behind;
    const indices: number[] = [];
    for (let steps = 1; steps <= Math.max(ahead, behind); steps++) {
      if (steps <= ahead) indices.push(at(steps));
      if (steps <= behind) indices.push(at(-steps));
    }
    return indices.filter((one) => one >= 0 && one < count);
  }

  /**
   * The captures that were passed over a moment ago, the latest first. If they are there or under way, they may be shown
   * still, whatever the stride was when they were asked for.
   */
  passed(index: number, count: number): number[] {
    if (!this.isMoving) return [];
    const from = this.shownFor(index, count);
    const near = Array.from({ length: LOOKED_BACK }, (_, k) => index - k * this.#direction);
    const far = Array.from(
      { length: AHEAD.moving },
      (_, k) => from - (k + 1) * this.stride * this.#direction,
    );
    return [...new Set([...near, ...far])]
      .filter((one) => one >= 0 && one < count && one !== from)
      .sort((a, b) => (b - a) * this.#direction);
  }
}
