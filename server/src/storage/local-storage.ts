/** Runs on the local disk. One file, because all operations share what is open and what the system calls its errors. */
import { constants, watch as watchDirectory } from 'node:fs';
import { access, lstat, mkdir, opendir, readdir, realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { messageOf } from '@convscope/shared/message-of.js';
import { codeOf } from '../machine/error-code.js';
import { makeFolder } from '../machine/make-folder.js';
import {
  type OpenedFile,
  type OpenFolder,
  openFileBelow,
  openFileIn,
  openFileWithin,
  openFolderBelow,
  pathBelow,
  unlessAbsent,
} from './open-below.js';
import { OpenFiles } from './open-files.js';
import { moveFileBetween, removeEmptyFolderIn, removeFileIn, replaceFileIn } from './rearrange.js';
import type { LogStorage, StoredAppender, StoredEntry, StoredFile } from './storage.js';
import { StorageError, type StorageProblem } from './storage-error.js';
import { nameOf } from './stored-name.js';

/** Number of files kept open for reading. */
const OPEN_FILES = 32;
/** How many entries of a folder the system returns at a time; other work runs in between. */
const ENTRIES_AT_ONCE = 500;

/** Opens a folder of runs and creates it if it is missing. @throws Error with a message if it cannot be used */
export async function openLocalLogdir(path: string): Promise<LogStorage> {
  try {
    await makeFolder(path);
    return createLocalStorage(await usableFolder(path));
  } catch (error) {
    throw cannotBeUsed(path, error);
  }
}

/** The same for a folder that must be there already; null if it is not. */
export async function openExistingLogdir(path: string): Promise<LogStorage | null> {
  try {
    if ((await unlessAbsent(stat(path))) === null) return null;
    return createLocalStorage(await usableFolder(path));
  } catch (error) {
    throw cannotBeUsed(path, error);
  }
}

async function usableFolder(path: string): Promise<string> {
  const root = await realpath(path);
  if (!(await stat(root)).isDirectory()) throw new Error('it is not a folder');
  await access(root, constants.R_OK | constants.X_OK);
  return root;
}

function cannotBeUsed(path: string, error: unknown): Error {
  return new Error(`The logdir ${path} cannot be used (${messageOf(error)}); choose another.`);
}

/** A logdir on the local file system. `root` is an absolute path without links. */
export function createLocalStorage(root: string): LogStorage {
  const files = new OpenFiles(OPEN_FILES, async (path, identity) => {
    const file = await openFileBelow(root, path);
    if (file === null) return null;
    if (identityOf(file.info) === identity) return file.handle;
    await file.handle.close();
    return null;
  });

  const locate = (path: string) => (path === '.' ? root : `${root}/${path}`);

  /** Opens a folder for what is written into it. */
  async function folderFor(path: string): Promise<OpenFolder> {
    const folder = await openFolderBelow(root, path);
    if (folder) return folder;
    if (path === '.')
      throw new StorageError(
        'other',
        `The logdir ${root} does not exist any more; create it again and the run continues.`,
      );
    const isThere = (await unlessAbsent(lstat(pathBelow(root, path)))) !== null;
    throw new StorageError(
      isThere ? 'not-a-directory' : 'other',
      isThere
        ? `${locate(path)} is a file, or is reached through a link, and nothing is written there.`
        : `The directory ${locate(path)} does not exist any more.`,
    );
  }

  /** The folder that an entry is in, opened for changes, and the name of the entry. */
  async function folderOf(path: string): Promise<{ readonly folder: OpenFolder; readonly name: string }> {
    const slash = path.lastIndexOf('/');
    return { folder: await folderFor(slash < 0 ? '.' : path.slice(0, slash)), name: path.slice(slash + 1) };
  }

  return translatingErrors({
    root,
    places: ['.'],
    locate,

    list: (directory, visit) => listFolder(pathBelow(root, directory), visit),

    async directoryIdentity(directory) {
      const info = await unlessAbsent(stat(pathBelow(root, directory), { bigint: true }));
      return info?.isDirectory() ? identityOf(info) : null;
    },

    async stat(path) {
      const info = await unlessAbsent(stat(pathBelow(root, path), { bigint: true }));
      return info?.isFile() ? toStoredFile(info) : null;
    },

    async statWithin(folder, path) {
      const file = await openFileWithin(root, folder, path);
      if (file === null) return null;
      await file.handle.close();
      return toStoredFile(file.info);
    },

    read(path, identity, offset, length, into) {
      return files.read(path, identity, async (handle) => {
        const bytes = into ?? Buffer.allocUnsafeSlow(length);
        let filled = 0;
        while (filled < length) {
          const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      });
    },

    async makeDirectory(directory) {
      let path = '.';
      let folder = await folderFor(path);
      try {
        for (const name of directory === '.' ? [] : directory.split('/')) {
          try {
            await mkdir(folder.entry(name));
          } catch (error) {
            if (codeOf(error) !== 'EEXIST') throw error;
          }
          path = path === '.' ? name : `${path}/${name}`;
          const below = await folderFor(path);
          await folder.close();
          folder = below;
        }
      } finally {
        await folder.close();
      }
    },

    async openForAppend(path) {
      const { folder, name } = await folderOf(path);
      try {
        const file = await openFileIn(folder, name);
        if (file === null)
          throw new StorageError('not-a-directory', `${locate(path)} is not a regular file.`);
        return createAppender(pathBelow(root, path), file);
      } finally {
        await folder.close();
      }
    },

    async replaceFile(path, bytes) {
      const { folder, name } = await folderOf(path);
      try {
        await replaceFileIn(folder, name, bytes);
      } finally {
        await folder.close();
      }
    },

    async moveFile(from, to) {
      const source = await folderOf(from);
      try {
        const target = await folderOf(to);
        try {
          return await moveFileBetween(source, target);
        } finally {
          await target.folder.close();
        }
      } finally {
        await source.folder.close();
      }
    },

    async removeFile(path) {
      const { folder, name } = await folderOf(path);
      try {
        return await removeFileIn(folder, name);
      } finally {
        await folder.close();
      }
    },

    async removeEmptyDirectory(directory) {
      if (directory === '.') return false;
      const { folder, name } = await folderOf(directory);
      try {
        return await removeEmptyFolderIn(folder, name);
      } finally {
        await folder.close();
      }
    },

    watch(path, changed) {
      try {
        const watcher = watchDirectory(
          pathBelow(root, path),
          { persistent: false, encoding: 'buffer' },
          (_event, name) => changed(name === null ? null : nameOf(name)),
        );
        // Deleting the directory ends the watch; the next scan of the logdir notices it.
        watcher.on('error', () => watcher.close());
        return () => watcher.close();
      } catch {
        return null;
      }
    },

    close: () => files.close(),
  });
}

async function listFolder(folder: string | Buffer, visit: (entry: StoredEntry) => void): Promise<boolean> {
  const links: Buffer[] = [];
  const take = (name: Buffer, entry: EntryKind) => {
    if (entry.isSymbolicLink()) links.push(name);
    else visit({ name: nameOf(name), kind: kindOf(entry) });
  };
  let isAllText = typeof folder === 'string';
  if (typeof folder === 'string') {
    const entries = await unlessAbsent(opendir(folder, { bufferSize: ENTRIES_AT_ONCE }));
    if (!entries) return false;
    for await (const entry of entries) {
      // This character stands for bytes that are not UTF-8, and may be part of a name.
      if (entry.name.includes('\ufffd')) isAllText = false;
      else take(Buffer.from(entry.name), entry);
    }
  }
  if (!isAllText) {
    const entries = await unlessAbsent(readdir(folder, { withFileTypes: true, encoding: 'buffer' }));
    if (!entries) return false;
    for (const entry of entries) {
      if (typeof folder !== 'string' || entry.name.toString().includes('\ufffd')) take(entry.name, entry);
    }
  }
  for (const name of links) visit(await followedLink(folder, name));
  return true;
}

type EntryKind = Readonly<Record<'isFile' | 'isDirectory' | 'isSymbolicLink', () => boolean>>;

async function followedLink(folder: string | Buffer, link: Buffer): Promise<StoredEntry> {
  const name = nameOf(link);
  const place = Buffer.concat([Buffer.from(folder), Buffer.from(sep), link]);
  // What a link leads to and cannot be looked at is not there for whoever follows it.
  const info = await stat(place, { bigint: true }).catch(() => null);
  const kind = info === null ? 'other' : kindOf(info);
  return info === null || kind === 'other'
    ? { name, kind: 'other' }
    : { name, kind, linkTo: identityOf(info) };
}

function kindOf(entry: Pick<EntryKind, 'isFile' | 'isDirectory'>): StoredEntry['kind'] {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other';
}

/** The same storage, whose failures are StorageErrors. */
function translatingErrors(storage: LogStorage): LogStorage {
  return {
    ...storage,
    list: (directory, visit) => translated(storage.list(directory, visit)),
    directoryIdentity: (directory) => translated(storage.directoryIdentity(directory)),
    stat: (path) => translated(storage.stat(path)),
    statWithin: (folder, path) => translated(storage.statWithin(folder, path)),
    read: (...place) => translated(storage.read(...place)),
    makeDirectory: (directory) => translated(storage.makeDirectory(directory)),
    replaceFile: (path, bytes) => translated(storage.replaceFile(path, bytes)),
    moveFile: (from, to) => translated(storage.moveFile(from, to)),
    removeFile: (path) => translated(storage.removeFile(path)),
    removeEmptyDirectory: (directory) => translated(storage.removeEmptyDirectory(directory)),
    async openForAppend(path) {
      const appender = await translated(storage.openForAppend(path));
      return {
        length: () => translated(appender.length()),
        write: (bytes, offset) => translated(appender.write(bytes, offset)),
        close: () => translated(appender.close()),
      };
    },
    close: () => translated(storage.close()),
  };
}

function createAppender(path: string | Buffer, { handle, info }: OpenedFile): StoredAppender {
  const opened = identityOf(info);
  return {
    async length() {
      const there = await unlessAbsent(lstat(path, { bigint: true }));
      return there?.isFile() && identityOf(there) === opened ? Number(there.size) : null;
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
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly birthtimeNs: bigint;
}

function identityOf(info: FileInfo): string {
  return `${info.dev}:${info.ino}`;
}

function toStoredFile(info: FileInfo): StoredFile {
  const { size, mtimeMs, mtimeNs, ctimeNs, birthtimeNs } = info;
  return {
    ...{ identity: identityOf(info), size: Number(size), modified: Number(mtimeMs) / 1000 },
    stamp: `${size}:${mtimeNs}:${ctimeNs}`,
    // Where files have no such time, it is 0.
    born: birthtimeNs > 0n ? String(birthtimeNs) : '',
  };
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
