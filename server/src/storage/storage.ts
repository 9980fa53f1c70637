/**
 * The storage of event files. The hub accesses a logdir only through this interface, so that supporting another kind of
 * storage, such as an object store, takes one more implementation and nothing else.
 *
 * Paths are relative to the logdir, with `/` as separator; `.` is the logdir itself. Links are followed for reading and
 * never for writing. Names are valid Unicode; a storage whose names can be other bytes escapes those (see
 * `stored-name.ts`).
 */

export interface StoredEntry {
  readonly name: string;
  /** What a link leads to, if it is one. Sockets, devices and links that lead nowhere are `other`. */
  readonly kind: 'file' | 'directory' | 'other';
  /** The identity of the file or directory that a link leads to; absent if it is not a link. */
  readonly linkTo?: string;
}

export interface StoredFile {
  /** Changes when the file at a path is replaced by another. */
  readonly identity: string;
  /** Size in bytes. */
  readonly size: number;
  /** Time of the last change, in seconds since the epoch. */
  readonly modified: number;
  /** Another text after any change of the file, as far as the system tells. */
  readonly stamp: string;
  /** When the file was made, as the system says it; empty if it does not. */
  readonly born: string;
}

/** A file that is open for writing. Writes are positional, so repeating one at the same offset is harmless. */
export interface StoredAppender {
  /** The file's current length in bytes; null if the path no longer refers to the open file. */
  length(): Promise<number | null>;
  /** Resolves when all of `bytes` has been passed to the system. A failure may leave part of it written. */
  write(bytes: Uint8Array, offset: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * What became of a file that was to be moved. `missing`: it is not there; `no-file`: there is a link or something else;
 * `taken`: something is where it was to go.
 */
export type MoveOutcome = 'moved' | 'missing' | 'no-file' | 'taken';

export interface LogStorage {
  /** How people know the logdir, for messages: its absolute path if it is one folder. */
  readonly root: string;
  /**
   * Paths of the folders that the user named: `.` if it is one. They are watched for even if they do not exist. New runs
   * are written into the first.
   */
  readonly places: readonly string[];
  /** How people know a path: the absolute path on this machine, for example. */
  locate(path: string): string;
  /** Calls back with each entry of a directory, in no order. Resolves to false if there is no such directory. */
  list(directory: string, visit: (entry: StoredEntry) => void): Promise<boolean>;
  /** The identity of a directory, as in `StoredEntry.linkTo`; null if there is none. */
  directoryIdentity(directory: string): Promise<string | null>;
  /** null if there is no such regular file. What lies there may be another file by the time it is read. */
  stat(path: string): Promise<StoredFile | null>;
  /**
   * The same of a file below a folder, null if a link leads to it from there. The folder may be a link itself. With its identity, `read`
   * reads this file and no other.
   */
  statWithin(folder: string, path: string): Promise<StoredFile | null>;
  /**
   * Reads up to `length` bytes, fewer at the end of the file; null if `path` is not the file with this identity.
   * @param into memory for them, at least `length` bytes; new memory by default
   */
  read(
    path: string,
    identity: string,
    offset: number,
    length: number,
    into?: Uint8Array,
  ): Promise<Uint8Array | null>;
  /** Creates a missing directory below the logdir, but never the logdir itself. */
  makeDirectory(directory: string): Promise<void>;
  /**
   * Writes a whole file in place of the one that is there, or of none. After a failure the old one is there. Its directory
   * must exist.
   */
  replaceFile(path: string, bytes: Uint8Array): Promise<void>;
  /** Gives a file another path in an existing directory. Nothing is replaced. */
  moveFile(from: string, to: string): Promise<MoveOutcome>;
  /** Removes a regular file, and says whether there was one. */
  removeFile(path: string): Promise<boolean>;
  /** Removes a directory below the logdir if it is empty, and says whether it was. */
  removeEmptyDirectory(directory: string): Promise<boolean>;
  /** Opens the file for writing and creates it if it is missing. Its directory must exist. */
  openForAppend(path: string): Promise<StoredAppender>;
  /**
   * Calls back with the name of a changed file in the directory, or null if the system does not say which. Of a path that
   * is a link to a file, the file is watched. Only a hint: the call may come late, twice or never. Returns null if it
   * cannot be watched.
   */
  watch(path: string, changed: (name: string | null) => void): (() => void) | null;
  close(): Promise<void>;
}
