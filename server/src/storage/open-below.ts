/**
 * Opens files and folders below a folder.
 *
 * For reading, links are followed: whoever may put a link into a logdir wants what it leads to to be seen there. What was
 * opened is looked at instead of the path, because any part of the path can be replaced between two calls. Nothing is
 * opened in a way that waits, as a FIFO or a device would, and only regular files are read.
 *
 * For writing, no link is followed anywhere below the folder:
 *
 * - Linux: the kernel says where an open folder lies (`/proc/self/fd`). One that lies elsewhere is closed again, and files
 *   are created relative to the open folder.
 * - elsewhere (Windows, macOS, Linux without /proc): the real path is compared after opening. A folder that is replaced
 *   and put back within these two calls is not noticed.
 */
import { type BigIntStats, constants, existsSync, readlinkSync } from 'node:fs';
import { type FileHandle, lstat, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import process from 'node:process';
import { codeOf } from '../machine/error-code.js';
import { bytesOfName } from './stored-name.js';

/** Node has no names for these two. */
const O_PATH = 0x200000;
const O_NOFOLLOW_ANY = 0x20000000;

// Windows has none of these. A FIFO without a writer, or a device, would block a thread for ever without O_NONBLOCK.
const WITHOUT_WAITING = (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
const WITHOUT_LINKS = process.platform === 'darwin' ? O_NOFOLLOW_ANY : (constants.O_NOFOLLOW ?? 0);

/** Whether the kernel says where an open file lies. */
const KNOWS_PLACES = process.platform === 'linux' && existsSync('/proc/self/fd');

export interface OpenedFile {
  readonly handle: FileHandle;
  /** Of the open file. */
  readonly info: BigIntStats;
}

/** A folder that is being written into. */
export interface OpenFolder {
  /** The path of an entry. It stays with the folder where the system has such paths. */
  entry(name: string): Buffer;
  close(): Promise<void>;
}

/** The path on disk. `path` is relative to `root`, with `/` between names; `.` is the root itself. */
export function pathBelow(root: string, path: string): string | Buffer {
  if (path === '.') return root;
  const bytes = bytesOfName(path);
  // Only a name that is not UTF-8 needs a path in bytes.
  return bytes.equals(Buffer.from(path))
    ? join(root, ...path.split('/'))
    : Buffer.concat([Buffer.from(join(root, '/')), bytes]);
}

/**
 * Opens a regular file for reading, also through links; null if the path leads to something else.
 * @throws if the system refuses it for another reason
 */
export async function openFileBelow(root: string, path: string): Promise<OpenedFile | null> {
  const handle = await unlessAbsent(open(pathBelow(root, path), constants.O_RDONLY | WITHOUT_WAITING));
  return handle && keepRegularFile(handle);
}

/** The same of a file below a folder of `root`, which may be a link. Null also if a link leads on from there. */
export async function openFileWithin(root: string, folder: string, path: string): Promise<OpenedFile | null> {
  const real = await unlessAbsent(realpath(pathBelow(root, folder), 'buffer'));
  const file = real && (await openFileBelow(root, folder === '.' ? path : `${folder}/${path}`));
  if (!file) return null;
  let kept = false;
  try {
    const names = bytesOfName(path.replaceAll('/', sep));
    kept = await liesAt(file.handle, Buffer.concat([real, Buffer.from(sep), names]));
    return kept ? file : null;
  } finally {
    if (!kept) await file.handle.close();
  }
}

/** Opens a regular file in an open folder for reading and writing, and creates it if it is missing; null as above. */
export async function openFileIn(folder: OpenFolder, name: string): Promise<OpenedFile | null> {
  const flags = constants.O_RDWR | constants.O_CREAT | WITHOUT_WAITING | WITHOUT_LINKS;
  const handle = await unlessNotRegular(open(folder.entry(name), flags, 0o666));
  return handle && keepRegularFile(handle);
}

/** Opens a folder to write into it; null if there is none, or if the path leads through a link. */
export async function openFolderBelow(root: string, path: string): Promise<OpenFolder | null> {
  const place = pathBelow(root, path);
  if (KNOWS_PLACES) {
    const handle = await unlessAbsent(open(place, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW));
    if (!handle) return null;
    let kept = false;
    try {
      kept = await liesAt(handle, place);
      return kept ? folderAt(`/proc/self/fd/${handle.fd}`, () => handle.close()) : null;
    } finally {
      if (!kept) await handle.close();
    }
  }
  const info = await unlessAbsent(lstat(place));
  if (!info?.isDirectory() || !(await isRealPath(place))) return null;
  return folderAt(place.toString(), () => Promise.resolve());
}

function folderAt(path: string, close: () => Promise<void>): OpenFolder {
  return {
    entry: (name) => Buffer.concat([Buffer.from(join(path, '/')), bytesOfName(name)]),
    close,
  };
}

async function keepRegularFile(handle: FileHandle): Promise<OpenedFile | null> {
  let kept = false;
  try {
    const info = await handle.stat({ bigint: true });
    kept = info.isFile();
    return kept ? { handle, info } : null;
  } finally {
    if (!kept) await handle.close();
  }
}

async function liesAt(handle: FileHandle, place: string | Buffer): Promise<boolean> {
  if (!KNOWS_PLACES) return isRealPath(place);
  // A file that was deleted or moved meanwhile has another place too. Reading this link does not touch a disk.
  return readlinkSync(`/proc/self/fd/${handle.fd}`, 'buffer').equals(Buffer.from(place));
}

async function isRealPath(place: string | Buffer): Promise<boolean> {
  return (await unlessAbsent(realpath(place, 'buffer')))?.equals(Buffer.from(place)) ?? false;
}

/** ELOOP: the path is a link. EISDIR: it is a folder. ENXIO and ENODEV: it is a socket, or a device that is not there. */
const NOT_REGULAR = ['ELOOP', 'EISDIR', 'ENXIO', 'ENODEV'];

/** Null if there is nothing of the kind that is looked for. */
export async function unlessAbsent<T>(operation: Promise<T>): Promise<T | null> {
  return unlessCode(operation, ['ENOENT', 'ENOTDIR', ...NOT_REGULAR]);
}

function unlessNotRegular<T>(operation: Promise<T>): Promise<T | null> {
  return unlessCode(operation, NOT_REGULAR);
}

async function unlessCode<T>(operation: Promise<T>, codes: readonly string[]): Promise<T | null> {
  try {
    return await operation;
  } catch (error) {
    if (codes.includes(codeOf(error))) return null;
    throw error;
  }
}
