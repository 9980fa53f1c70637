import type { FollowedFile } from './followed-file.js';

/** The files of a run that may hold bytes that were not read, in the order in which they are read. */
export class UnreadFiles {
  /** Files of which a writer told after they had been read to the end. They go before all others. */
  readonly #told = new Set<FollowedFile>();
  /** The file that is being read, to its end, since the rows of a column are in the order of the files. */
  #current: FollowedFile | null = null;
  readonly #others = new Set<FollowedFile>();
  /** Files that are read elsewhere. The others wait for those that have not been read to the end. */
  readonly #away = new Set<FollowedFile>();
  /** Files that could not be read. They wait for the next scan of the logdir. */
  readonly #failed = new Set<FollowedFile>();

  /** Whether there is nothing to read now. */
  get isEmpty(): boolean {
    return this.#told.size + this.#others.size + this.#away.size === 0 && this.#current === null;
  }

  /** Whether `take` would take a file. */
  get hasNext(): boolean {
    if (this.#told.size > 0) return true;
    return !this.#isWaiting && (this.#current !== null || this.#others.size > 0);
  }

  get #isWaiting(): boolean {
    for (const file of this.#away) if (!file.isReadToEnd) return true;
    return false;
  }

  has(file: FollowedFile): boolean {
    return this.#told.has(file) || this.#others.has(file) || this.#away.has(file) || file === this.#current;
  }

  /** Whether the file is read elsewhere. */
  isAway(file: FollowedFile): boolean {
    return this.#away.has(file);
  }

  add(file: FollowedFile): void {
    if (!this.has(file)) this.#others.add(file);
  }

  /** A writer told that the file has grown. */
  tell(file: FollowedFile): void {
    this.#failed.delete(file);
    // Its size is looked at again when it comes back.
    if (this.#away.has(file)) return;
    if (file.isReadToEnd) {
      this.#others.delete(file);
      if (file !== this.#current) this.#told.add(file);
    } else this.add(file);
  }

  /** Takes out the file to read next. */
  take(): FollowedFile | undefined {
    if (this.#told.size === 0 && this.#isWaiting) return undefined;
    const current = this.#current;
    if (this.#told.size === 0 && current !== null) {
      this.#current = null;
      return current;
    }
    const files = this.#told.size > 0 ? this.#told : this.#others;
    const [file] = files;
    if (file) files.delete(file);
    return file;
  }

  /** Puts a file back whose rest is read next. */
  putBack(file: FollowedFile): void {
    this.#others.delete(file);
    if (file.isReadToEnd) this.#told.add(file);
    else this.#current = file;
  }

  /** The file that was taken is read elsewhere until it comes back. */
  sendAway(file: FollowedFile): void {
    this.#others.delete(file);
    this.#told.delete(file);
    this.#away.add(file);
  }

  comeBack(file: FollowedFile): void {
    if (this.#away.delete(file)) this.putBack(file);
  }

  fail(file: FollowedFile): void {
    this.#away.delete(file);
    this.#failed.add(file);
  }

  /** Whether the file failed; it is read again if so. */
  retry(file: FollowedFile): boolean {
    const hasFailed = this.#failed.delete(file);
    if (hasFailed) this.add(file);
    return hasFailed;
  }

  clear(): void {
    this.#current = null;
    for (const files of [this.#told, this.#others, this.#away, this.#failed]) files.clear();
  }
}
