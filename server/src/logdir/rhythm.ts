/** A log whose writer's rhythm is not known yet: torch and TensorFlow flush every 120 s. */
const UNKNOWN_SECONDS = 150;
const LEAST_SECONDS = 30;
const MOST_SECONDS = 2 * 60 * 60;
/** A clock on another machine may be ahead by so much. */
const AHEAD_SECONDS = 60;
/** A file whose newest record is older than the file by more than this was copied here: no writer waits so long until it flushes. */
const COPIED_SECONDS = 2 * 60 * 60;
/** Changes in quick succession are one. */
const APART_SECONDS = 1;
const PAUSES = 16;
/** Changes that were seen before the rhythm counts as known. */
const KNOWN_CHANGES = 4;

/**
 * How often a run's files change, and so after which silence nobody writes them any more. A writer flushes when it likes:
 * after every record, every two minutes, or once an epoch.
 */
export class Rhythm {
  /** When the files changed last, in seconds since the epoch; −Infinity if that is not known. */
  lastChange = Number.NEGATIVE_INFINITY;
  /** When the newest file was begun, by its name; 0 if no name says it. */
  #begun = 0;
  #changes = 0;
  /** The latest pauses between changes that were seen. */
  readonly #pauses: number[] = [];

  /**
   * A file was found that had been changed at this time. A time in the future is a wrong clock, and says nothing.
   * @param begun see `timeInName`
   */
  found(modified: number, now: number, begun = 0): void {
    this.#begun = Math.max(this.#begun, begun);
    if (modified <= now + AHEAD_SECONDS) this.lastChange = Math.max(this.lastChange, Math.min(modified, now));
  }

  /** A file changed, by this machine's clock. */
  changed(now: number): void {
    const pause = now - this.lastChange;
    if (this.#changes > 0 && pause >= APART_SECONDS && Number.isFinite(pause)) {
      this.#pauses.push(pause);
      if (this.#pauses.length > PAUSES) this.#pauses.shift();
    }
    this.#changes++;
    this.lastChange = Math.max(this.lastChange, now);
  }

  /**
   * Whether a writer may be at work. A copy has the time at which it was made, so that until it is seen to change its newest
   * record counts, and before there is one, the time in its name.
   * @param newestRecord its wall time; 0 if there is none
   * @param loggedPause the longest pause between the newest records, by their wall times; 0 if there is none
   */
  isLive(now: number, newestRecord: number, loggedPause: () => number): boolean {
    const written = Math.max(newestRecord, this.#begun);
    if (this.#changes === 0 && written > 0 && this.lastChange - written > COPIED_SECONDS) return false;
    const silence = now - this.lastChange;
    if (silence < LEAST_SECONDS) return true;
    return silence < MOST_SECONDS && silence < this.#silentAfter(loggedPause());
  }

  #silentAfter(loggedPause: number): number {
    const least = this.#changes < KNOWN_CHANGES ? UNKNOWN_SECONDS : LEAST_SECONDS;
    return Math.max(least, 2 * Math.max(loggedPause, ...this.#pauses) + LEAST_SECONDS);
  }
}
