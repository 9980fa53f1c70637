/**
 * When files changed last, by whole seconds, so that a question about all of them takes the same time for one file as for
 * twenty thousand.
 */
export class ChangeTimes {
  /** Number of files by the second of their last change. */
  readonly #files = new Map<number, number>();

  /** The time of a file, in seconds since the epoch, and the one that it had before, if any. */
  replace(before: number | null, now: number): void {
    if (before !== null) this.#add(Math.floor(before), -1);
    this.#add(Math.floor(now), 1);
  }

  /** Whether a file changed within so many seconds before or after a time, give or take a second. */
  hasNear(time: number, seconds: number): boolean {
    for (let at = Math.floor(time - seconds) + 1; at < time + seconds; at++) {
      if (this.#files.has(at)) return true;
    }
    return false;
  }

  #add(second: number, files: number): void {
    const count = (this.#files.get(second) ?? 0) + files;
    if (count > 0) this.#files.set(second, count);
    else this.#files.delete(second);
  }
}
