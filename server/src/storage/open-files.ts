import type { FileHandle } from 'node:fs/promises';

/** A file that nobody has read for so long is closed: it may have been deleted, and its space is not free before. */
const IDLE_MS = 10_000;

interface OpenFile {
  readonly identity: string;
  /** Null if the path does not hold the file with this identity. */
  readonly handle: Promise<FileHandle | null>;
  /** How many are reading it. */
  readers: number;
  /** When it was asked for last, as performance.now() says it. */
  readAt: number;
  /** Whether the last reader closes it. */
  isRetired: boolean;
}

/**
 * Keeps files open for reading, since growing files are read every few milliseconds. Readers of one file share its
 * handle, and a handle is closed only when nobody reads from it: closing it earlier would fail the others' reads.
 */
export class OpenFiles {
  readonly #open: (path: string, identity: string) => Promise<FileHandle | null>;
  readonly #most: number;
  /** By path; the one that was not read for longest first. */
  readonly #files = new Map<string, OpenFile>();
  readonly #closing = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(most: number, open: (path: string, identity: string) => Promise<FileHandle | null>) {
    this.#most = most;
    this.#open = open;
  }

  /** Reads from the file. Resolves to null if the path does not hold the file with this identity. */
  async read<T>(path: string, identity: string, read: (handle: FileHandle) => Promise<T>): Promise<T | null> {
    const file = this.#newest(path, identity);
    file.readers++;
    let isOpen = false;
    try {
      const handle = await file.handle;
      isOpen = handle !== null;
      return handle && (await read(handle));
    } finally {
      file.readers--;
      // A file that could not be opened is tried anew.
      if (!isOpen) this.#forget(path, file);
      else if (file.isRetired && file.readers === 0) this.#close(file);
    }
  }

  /** Resolves when all handles are closed, also those that are in use now. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    for (const [path, file] of this.#files) this.#retire(path, file);
    await Promise.all(this.#closing);
  }

  #newest(path: string, identity: string): OpenFile {
    let file = this.#files.get(path);
    if (file && file.identity !== identity) {
      this.#retire(path, file);
      file = undefined;
    }
    const readAt = performance.now();
    file ??= { identity, handle: this.#open(path, identity), readers: 0, readAt, isRetired: false };
    file.readAt = readAt;
    this.#files.delete(path);
    this.#files.set(path, file);
    for (const [oldest, other] of this.#files) {
      if (this.#files.size <= this.#most) break;
      this.#retire(oldest, other);
    }
    this.#closeIdleSoon();
    return file;
  }

  #closeIdleSoon(): void {
    if (this.#files.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const [path, file] of this.#files) {
        if (performance.now() - file.readAt < IDLE_MS) break;
        this.#retire(path, file);
      }
      this.#closeIdleSoon();
    }, IDLE_MS).unref();
  }

  #retire(path: string, file: OpenFile): void {
    this.#forget(path, file);
    file.isRetired = true;
    if (file.readers === 0) this.#close(file);
  }

  #forget(path: string, file: OpenFile): void {
    if (this.#files.get(path) === file) this.#files.delete(path);
  }

  #close(file: OpenFile): void {
    const closed = file.handle
      // An error of opening was that of the read that wanted the file, and closing loses nothing of a file that is read.
      .then((handle) => handle?.close())
      .catch(() => undefined)
      .finally(() => this.#closing.delete(closed));
    this.#closing.add(closed);
  }
}
