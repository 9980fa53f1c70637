import { timeInName } from '@convscope/shared/file-log/log-file.js';
import type { StoredFile } from '../storage/storage.js';
import type { FollowedFile } from './followed-file.js';
import type { Rhythm } from './rhythm.js';

/** The files of a run and what follows from all of them, in a time that does not grow with their number. */
export class RunFiles {
  /** In the order in which they were found: a file's number is its place. */
  readonly list: FollowedFile[] = [];
  readonly #byName = new Map<string, FollowedFile>();
  readonly #rhythm: Rhythm;
  #readToEnd = 0;
  /** Those among them that cannot be read, and how many of these were not read to their ends before. */
  #unreadable = 0;
  #stuck = 0;
  /** Total size. */
  bytes = 0;

  /** @param rhythm hears when files change */
  constructor(rhythm: Rhythm) {
    this.#rhythm = rhythm;
  }

  get(name: string): FollowedFile | undefined {
    return this.#byName.get(name);
  }

  add(file: FollowedFile): void {
    this.list.push(file);
    this.#byName.set(file.name, file);
  }

  /**
   * Takes a file's size and time as they are now. Returns whether they changed.
   * @param now seconds since the epoch
   */
  note(file: FollowedFile, { size, modified }: StoredFile, now: number): boolean {
    if (size === file.size && modified === file.modified) return false;
    if (file.modified === null) this.#rhythm.found(modified, now, timeInName(file.name));
    else {
      this.#rhythm.changed(now);
      if (size === file.size) file.isTouched = true;
      // Unless it was seen to stay so, a write was under way, which sets the time before the length.
      else if (size > file.size && !file.finished) file.isTouched = false;
    }
    this.bytes += size - file.size;
    file.size = size;
    file.modified = modified;
    return true;
  }

  /** Notes that a file was read to its end. Returns whether this is the first time. */
  reachEnd(file: FollowedFile): boolean {
    if (file.isReadToEnd) return false;
    if (file.isUnreadable) this.#stuck--;
    file.isReadToEnd = true;
    this.#readToEnd++;
    return true;
  }

  /** Returns whether this is news. */
  setUnreadable(file: FollowedFile, isUnreadable: boolean): boolean {
    if (file.isUnreadable === isUnreadable) return false;
    file.isUnreadable = isUnreadable;
    const by = isUnreadable ? 1 : -1;
    this.#unreadable += by;
    if (!file.isReadToEnd) this.#stuck += by;
    return true;
  }

  get unreadable(): number {
    return this.#unreadable;
  }

  /** Whether there are files and the end of each that can be read was reached at least once. */
  get areReadToEnd(): boolean {
    return this.list.length > 0 && this.#readToEnd + this.#stuck === this.list.length;
  }
}
