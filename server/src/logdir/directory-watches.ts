import { readFileSync } from 'node:fs';
import process from 'node:process';

/** A watch takes 1 kB of the kernel's memory on Linux, and may be an open file elsewhere. */
const MOST_WATCHES = { linux: 8192, elsewhere: 512 };

/**
 * How many directories the system is asked to watch. On Linux the user's programs share a number of watches, of which
 * editors need some; a quarter is taken at most. Node's own recursive watch is no help there: it takes one for every file.
 */
export function mostWatches(): number {
  if (process.platform !== 'linux') return MOST_WATCHES.elsewhere;
  try {
    const limit = Number(readFileSync('/proc/sys/fs/inotify/max_user_watches', 'utf8'));
    return Math.min(MOST_WATCHES.linux, Math.floor(limit / 4) || MOST_WATCHES.elsewhere);
  } catch {
    // A Linux without /proc.
    return MOST_WATCHES.elsewhere;
  }
}

/**
 * The directories of which the system notifies. There may be more directories than it can watch: then those that changed
 * last are watched, and changes in the others are found by scanning.
 */
export class DirectoryWatches {
  readonly #watch: (directory: string) => (() => void) | null;
  #most: number;
  /** How to stop each watch; that of the directory which has not changed for longest first. */
  readonly #watched = new Map<string, () => void>();

  /**
   * @param watch starts to watch a directory; null if the system does not
   * @param most how many are watched at most
   */
  constructor(watch: (directory: string) => (() => void) | null, most: number) {
    this.#watch = watch;
    this.#most = most;
  }

  get size(): number {
    return this.#watched.size;
  }

  has(directory: string): boolean {
    return this.#watched.has(directory);
  }

  /** Watches a directory if there is room. */
  add(directory: string): void {
    if (this.#watched.size < this.#most && !this.#watched.has(directory)) this.#start(directory);
  }

  /** Something in the directory has changed: it is watched, instead of one that has not changed for longer. */
  touch(directory: string): void {
    const stop = this.#watched.get(directory);
    if (stop) {
      this.#watched.delete(directory);
      this.#watched.set(directory, stop);
      return;
    }
    if (this.#watched.size >= this.#most) this.#removeOldest();
    if (this.#watched.size < this.#most && !this.#start(directory)) {
      // The system may have no room for another one.
      this.#removeOldest();
      this.#start(directory);
    }
  }

  /** Ends the watches of directories that are not wanted any more. */
  keep(isWanted: (directory: string) => boolean): void {
    for (const directory of this.#watched.keys()) if (!isWanted(directory)) this.remove(directory);
  }

  remove(directory: string): void {
    this.#watched.get(directory)?.();
    this.#watched.delete(directory);
  }

  close(): void {
    this.keep(() => false);
    this.#most = 0;
  }

  #removeOldest(): void {
    const [oldest] = this.#watched.keys();
    if (oldest !== undefined) this.remove(oldest);
  }

  #start(directory: string): boolean {
    const stop = this.#watch(directory);
    if (stop) this.#watched.set(directory, stop);
    return stop !== null;
  }
}
