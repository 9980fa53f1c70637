/** The folder that indexes are kept in, of all logdirs of a user together. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, opendir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { makeFolder } from '../../machine/make-folder.js';
import { WITHOUT_WAITING } from '../../machine/read-small-file.js';
import {
  type IndexedLog,
  type IndexFileReader,
  IndexFileWriter,
  NO_LINK,
  openIndexFile,
} from './index-file.js';

export interface IndexLimits {
  /** Of all indexes together: those that were not used for longest are dropped. */
  readonly bytes: number;
  readonly files: number;
}

export const INDEX_FILE_LIMITS: IndexLimits = { bytes: 1024 ** 3, files: 10_000 };

const SUFFIX = '.index';
/** What is being made. A process that was killed leaves it. */
const NEW_SUFFIX = '.new';
const ABANDONED_MS = 60 * 60 * 1000;
/** Nobody else needs to read what somebody trains. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** Whatever fails here, such as a read-only cache or a full disk, leaves logs without an index, and nothing else. */
export class IndexFolder {
  readonly #directory: string;
  readonly #limits: IndexLimits;
  #made = 0;
  #tidying: Promise<void> | undefined;

  constructor(directory: string, limits = INDEX_FILE_LIMITS) {
    this.#directory = directory;
    this.#limits = limits;
  }

  /** The index of a file; null if there is none. Close it. */
  async open(log: IndexedLog): Promise<IndexFileReader | null> {
    const path = this.#pathOf(log);
    const reader = await openIndexFile(path, log);
    const now = new Date();
    // It is the one that was used last. A cache that is read-only drops none.
    if (reader) await utimes(path, now, now).catch(() => undefined);
    return reader;
  }

  /** An empty index in place of the one that there may be; null if it cannot be written. */
  async create(log: IndexedLog): Promise<IndexFileWriter | null> {
    const path = this.#pathOf(log);
    const temporary = `${path}.${process.pid}-${++this.#made}${NEW_SUFFIX}`;
    let writer: IndexFileWriter | undefined;
    try {
      await makeFolder(this.#directory, FOLDER_MODE);
      writer = new IndexFileWriter(await open(temporary, 'wx', FILE_MODE), 0);
      writer.addFile(log);
      await writer.write();
      await rename(temporary, path);
      return writer;
    } catch {
      await writer?.close();
      await rm(temporary, { force: true }).catch(() => undefined);
      return null;
    }
  }

  /** Goes on with an index whose valid blocks end at `end`; null if it cannot be written. */
  async extend(log: IndexedLog, end: number): Promise<IndexFileWriter | null> {
    try {
      const handle = await open(this.#pathOf(log), constants.O_RDWR | NO_LINK | WITHOUT_WAITING);
      try {
        const { size } = await handle.stat();
        if (size < end) throw new Error('The index has been replaced.');
        if (size > end) await handle.truncate(end);
        return new IndexFileWriter(handle, end);
      } catch (error) {
        await handle.close();
        throw error;
      }
    } catch {
      return null;
    }
  }

  /** Drops indexes beyond the limits. Calls during a call share it. */
  tidy(): Promise<void> {
    this.#tidying ??= this.#tidy().finally(() => {
      this.#tidying = undefined;
    });
    return this.#tidying;
  }

  async #tidy(): Promise<void> {
    const kept: { path: string; bytes: number; usedAt: number }[] = [];
    try {
      for await (const { name } of await opendir(this.#directory)) {
        const path = join(this.#directory, name);
        const { size, mtimeMs } = await stat(path);
        if (name.endsWith(SUFFIX)) kept.push({ path, bytes: size, usedAt: mtimeMs });
        else if (name.endsWith(NEW_SUFFIX) && Date.now() - mtimeMs > ABANDONED_MS) await rm(path);
      }
      kept.sort((a, b) => b.usedAt - a.usedAt);
      let bytes = 0;
      for (const [place, index] of kept.entries()) {
        bytes += index.bytes;
        if (bytes > this.#limits.bytes || place >= this.#limits.files) await rm(index.path, { force: true });
      }
    } catch {
      // No folder, or one that is read-only, or another hub that tidies as well.
    }
  }

  #pathOf({ path }: IndexedLog): string {
    return join(this.#directory, `${createHash('sha256').update(path).digest('hex').slice(0, 40)}${SUFFIX}`);
  }
}
