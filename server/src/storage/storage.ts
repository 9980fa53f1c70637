/**
 * Where event files lie. Everything that the hub does to a logdir goes through this interface, so that another
 * place for logs (object storage) is one more implementation and nothing else.
 *
 * Paths are relative to the logdir, `/` between the parts, `.` for the logdir itself. No link is ever followed.
 */

export interface StoredEntry {
  readonly name: string;
  /** Links, sockets and devices are `other`. */
  readonly kind: 'file' | 'directory' | 'other';
}

export interface StoredFile {
  /** Two files at one path, one after the other, have different identities. */
  readonly identity: string;
  /** Bytes. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly modified: number;
}

/** An open file to write to. Writes are positional: the same bytes written twice at one offset are there once. */
export interface StoredAppender {
  /** Bytes of the file at its path now; null when the path no longer leads to the file that is open. */
  length(): Promise<number | null>;
  /** Resolves when all of `bytes` has been handed to the system; a failure may leave a part of them written. */
  write(bytes: Uint8Array, offset: number): Promise<void>;
  close(): Promise<void>;
}

export interface LogStorage {
  /** Absolute, for people to read. */
  readonly root: string;
  /** null when there is no such directory. */
  list(directory: string): Promise<StoredEntry[] | null>;
  /** null when there is no such regular file. */
  stat(path: string): Promise<StoredFile | null>;
  /** Up to `length` bytes, fewer at the end of the file; null when the file at `path` is not the one named. */
  read(path: string, identity: string, offset: number, length: number): Promise<Uint8Array | null>;
  /** Makes the directory below the logdir when it is missing, but never the logdir itself. */
  makeDirectory(directory: string): Promise<void>;
  /** Opens the file for writing, makes it when it is missing. Its directory must be there. */
  openForAppend(path: string): Promise<StoredAppender>;
  /**
   * Calls back with a name (or null when the system does not say which) after something in the directory changed.
   * A hint only: it may come late, twice or never. Returns null when it cannot be watched.
   */
  watch(directory: string, changed: (name: string | null) => void): (() => void) | null;
  close(): Promise<void>;
}
