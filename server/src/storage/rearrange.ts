/** Replaces, moves and removes in open folders (`open-below.ts`), so that no link is followed on the way. */
import { constants } from 'node:fs';
import { link, lstat, open, rename, rmdir, unlink } from 'node:fs/promises';
import process from 'node:process';
import { codeOf } from '../machine/error-code.js';
import { type OpenFolder, unlessAbsent } from './open-below.js';
import type { MoveOutcome } from './storage.js';
import { StorageError } from './storage-error.js';

/** Of file systems without hard links. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

let filesOfThisProcess = 0;

/**
 * Writes a whole file beside the one that is there, and puts it in its place when all of it is on the disk.
 * @throws StorageError if something else than a regular file is there
 */
export async function replaceFileIn(folder: OpenFolder, name: string, bytes: Uint8Array): Promise<void> {
  const draft = folder.entry(`.${name}.${process.pid}.${filesOfThisProcess++}.tmp`);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(draft, flags, 0o666);
  try {
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    const there = await unlessAbsent(lstat(folder.entry(name)));
    if (there !== null && !there.isFile())
      throw new StorageError('not-a-directory', `${name} is not a regular file, so it is not replaced.`);
    await rename(draft, folder.entry(name));
  } catch (error) {
    // What is left of a draft that cannot be removed either is in nobody's way.
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}

/** Gives a regular file another place. Nothing is replaced there. */
export async function moveFileBetween(
  from: { readonly folder: OpenFolder; readonly name: string },
  to: { readonly folder: OpenFolder; readonly name: string },
): Promise<MoveOutcome> {
  const [source, target] = [from.folder.entry(from.name), to.folder.entry(to.name)];
  const file = await unlessAbsent(lstat(source, { bigint: true }));
  if (file === null) return 'missing';
  if (!file.isFile()) return 'no-file';
  try {
    // Fails if anything is there, which renaming does not.
    await link(source, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return 'taken';
    if (codeOf(error) === 'ENOENT') return 'missing';
    if (!NO_LINKS.includes(codeOf(error))) throw error;
    if ((await unlessAbsent(lstat(target))) !== null) return 'taken';
    await rename(source, target);
    return 'moved';
  }
  const [still, moved] = await Promise.all([
    unlessAbsent(lstat(source, { bigint: true })),
    lstat(target, { bigint: true }),
  ]);
  // Somebody may have put another file there meanwhile, which stays.
  if (still !== null && still.ino === moved.ino && still.dev === moved.dev) await unlink(source);
  return 'moved';
}

/** Whether there was such a regular file. */
export async function removeFileIn(folder: OpenFolder, name: string): Promise<boolean> {
  const entry = folder.entry(name);
  const there = await unlessAbsent(lstat(entry));
  if (!there?.isFile()) return false;
  await unlink(entry);
  return true;
}

/** Whether there was an empty folder of this name. */
export async function removeEmptyFolderIn(folder: OpenFolder, name: string): Promise<boolean> {
  try {
    await rmdir(folder.entry(name));
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(codeOf(error))) return false;
    throw error;
  }
}
