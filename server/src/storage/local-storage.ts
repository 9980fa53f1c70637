import { constants, type Dirent, watch as watchDirectory } from 'node:fs';
import { access, type FileHandle, lstat, mkdir, open, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@convscope/shared/message-of.js';
import { codeOf } from '../machine/error-code.js';
import type { LogStorage, StoredAppender, StoredEntry, StoredFile } from './storage.js';
import { StorageError, type StorageProblem } from './storage-error.js';

/** Number of files kept open for reading, since growing files are read every few milliseconds. */
const OPEN_FILES = 32;

// Windows has no O_NOFOLLOW; there, only lstat refuses links.
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

/** Opens a folder of runs and creates it if it is missing. @throws Error with a message if it cannot be used */
export async function openLocalLogdir(path: string): Promise<LogStorage> {
  try {
    await mkdir(path, { recursive: true });
    const root = await realpath(path);
    await access(root, constants.R_OK | constants.X_OK);
    return createLocalStorage(root);
  } catch (error) {
    throw new Error(`The logdir ${path} cannot be used (${messageOf(error)}); choose another.`);
  }
}

/** A logdir on the local file system. `root` is an absolute path without links. */
export function createLocalStorage(root: string): LogStorage {
  const readers = new Map<string, { identity: string; handle: FileHandle }>();

  const absolute = (path: string) => (path === '.' ? root : join(root, ...path.split('/')));

  async function readerFor(path: string, identity: string): Promise<FileHandle | null> {
    const known = readers.get(path);
    if (known?.identity === identity) {
      readers.delete(path);
      readers.set(path, known);
      return known.handle;
    }
    if (known) {
      readers.delete(path);
      await known.handle.close();
    }
    const handle = await unlessMissing(open(absolute(path), constants.O_RDONLY | NO_FOLLOW));
    if (!handle) return null;
    const info = await handle.stat({ bigint: true });
    if (!info.isFile() || identityOf(info) !== identity) {
      await handle.close();
      return null;
    }
    // Another read may have opened the same file meanwhile.
    const meanwhile = readers.get(path);
    readers.set(path, { identity, handle });
    if (meanwhile) await meanwhile.handle.close();
    await closeOldest();
    return handle;
  }

  async function closeOldest(): Promise<void> {
    while (readers.size > OPEN_FILES) {
      const [path, oldest] = readers.entries().next().value!;
      readers.delete(path);
      await oldest.handle.close();
    }
  }

  return translatingErrors({
    root,

    async list(directory) {
      const entries = await unlessMissing(readdir(absolute(directory), { withFileTypes: true }));
      return entries?.map(toEntry) ?? null;
    },

    async stat(path) {
      const info = await unlessMissing(lstat(absolute(path), { bigint: true }));
      return info?.isFile() ? toStoredFile(info) : null;
    },

    async read(path, identity, offset, length) {
      const handle = await readerFor(path, identity);
      if (!handle) return null;
      const bytes = Buffer.allocUnsafeSlow(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },

    async makeDirectory(directory) {
      await requireDirectory(
        root,
        `The logdir ${root} does not exist any more; create it again and the run continues.`,
      );
      let path = root;
      for (const part of directory === '.' ? [] : directory.split('/')) {
        path = join(path, part);
        try {
          await mkdir(path);
        } catch (error) {
          if (codeOf(error) !== 'EEXIST') throw error;
        }
        await requireDirectory(path, `${path} is a file or a link, not a directory.`);
      }
    },

    async openForAppend(path) {
      const file = absolute(path);
      const handle = await open(file, constants.O_RDWR | constants.O_CREAT | NO_FOLLOW, 0o666);
      return createAppender(file, handle);
    },

    watch(directory, changed) {
      try {
        const watcher = watchDirectory(absolute(directory), { persistent: false }, (_event, name) =>
          changed(name),
        );
        // Deleting the directory ends the watch; the next scan of the logdir notices it.
        watcher.on('error', () => watcher.close());
        return () => watcher.close();
      } catch {
        return null;
      }
    },

    async close() {
      const open = [...readers.values()];
      readers.clear();
      await Promise.all(open.map(({ handle }) => handle.close()));
    },
  });
}

/** The same storage, whose failures are StorageErrors. */
function translatingErrors(storage: LogStorage): LogStorage {
  return {
    root: storage.root,
    list: (directory) => translated(storage.list(directory)),
    stat: (path) => translated(storage.stat(path)),
    read: (path, identity, offset, length) => translated(storage.read(path, identity, offset, length)),
    makeDirectory: (directory) => translated(storage.makeDirectory(directory)),
    async openForAppend(path) {
      const appender = await translated(storage.openForAppend(path));
      return {
        length: () => translated(appender.length()),
        write: (bytes, offset) => translated(appender.write(bytes, offset)),
        close: () => translated(appender.close()),
      };
    },
    watch: storage.watch,
    close: () => translated(storage.close()),
  };
}

async function createAppender(file: string, handle: FileHandle): Promise<StoredAppender> {
  const info = await handle.stat({ bigint: true });
  if (!info.isFile()) {
    await handle.close();
    throw new StorageError('not-a-directory', `${file} is not a regular file.`);
  }
  const opened = identityOf(info);
  return {
    async length() {
      const info = await unlessMissing(lstat(file, { bigint: true }));
      return info?.isFile() && identityOf(info) === opened ? Number(info.size) : null;
    },
    async write(bytes, offset) {
      let written = 0;
      while (written < bytes.length) {
        written += (await handle.write(bytes, written, bytes.length - written, offset + written))
          .bytesWritten;
      }
    },
    close: () => handle.close(),
  };
}

interface FileInfo {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeMs: bigint;
}

function identityOf(info: FileInfo): string {
  return `${info.dev}:${info.ino}`;
}

function toStoredFile(info: FileInfo): StoredFile {
  return { identity: identityOf(info), size: Number(info.size), modified: Number(info.mtimeMs) / 1000 };
}

function toEntry(entry: Dirent): StoredEntry {
  return { name: entry.name, kind: entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other' };
}

async function requireDirectory(path: string, sentence: string): Promise<void> {
  const info = await unlessMissing(lstat(path));
  if (!info?.isDirectory()) throw new StorageError(info ? 'not-a-directory' : 'other', sentence);
}

const PROBLEMS: Readonly<Record<string, StorageProblem>> = {
  ENOSPC: 'full',
  EDQUOT: 'over-quota',
  EIO: 'broken',
  EROFS: 'read-only',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EMFILE: 'busy',
  ENFILE: 'busy',
  ENOTDIR: 'not-a-directory',
  ENAMETOOLONG: 'name-too-long',
};

/** Gives a failed system call its StorageError. */
async function translated<T>(operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    const problem = PROBLEMS[codeOf(error)];
    throw problem === undefined ? error : new StorageError(problem, messageOf(error), { cause: error });
  }
}

async function unlessMissing<T>(operation: Promise<T>): Promise<T | null> {
  try {
    return await operation;
  } catch (error) {
    // ELOOP: the path is a link.
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error))) return null;
    throw error;
  }
}
