import type { StoredFile } from '../storage/storage.js';
import { ChangeTimes } from './change-times.js';
import type { FollowedFile } from './followed-file.js';

/** The files of a run and what follows from all of them, in a time that does not grow with their number. */
export class RunFiles {
  /** In the order in which they were found: a file's number is its place. */
  readonly list: FollowedFile[] = [];
  readonly #byName = new Map<string, FollowedFile>();
  readonly #changes = new ChangeTimes();
  #readToEnd = 0;
  /** Total size. */
  bytes = 0;

  get(name: string): FollowedFile | undefined {
    return this.#byName.get(name);
  }

  add(file: FollowedFile): void {
    this.list.push(file);
    this.#byName.set(file.name, file);
  }

  /** Takes a file's size and time as they are now. Returns whether they changed. */
  note(file: FollowedFile, { size, modified }: StoredFile): boolean {
    if (size === file.size && modified === file.modified) return false;
    this.bytes += size - file.size;
    file.size = size;
    if (modified !== file.modified) this.#changes.replace(file.modified, modified);
    file.modified = modified;
    return true;
  }

  /** Notes that a file was read to its end. Returns whether this is the first time. */
  reachEnd(file: FollowedFile): boolean {
    if (file.isReadToEnd) return false;
    file.isReadToEnd = true;
    this.#readToEnd++;
    return true;
  }

  /** Whether there are files and the end of each was reached at least once. */
  get areReadToEnd(): boolean {
    return this.list.length > 0 && this.#readToEnd === this.list.length;
  }

  /** Whether one changed within so many seconds before or after a time. */
  haveChangedNear(time: number, seconds: number): boolean {
    return this.#changes.hasNear(time, seconds);
  }
}
