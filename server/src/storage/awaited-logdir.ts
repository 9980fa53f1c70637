import { openExistingLogdir } from './local-storage.js';
import type { LogStorage } from './storage.js';
import { StorageError } from './storage-error.js';

/**
 * Opens a folder of runs that may not exist yet. It is not created: whoever only looks at a logdir, perhaps at one with a
 * typing error, leaves nothing on the disk. The folder is looked for again whenever something is wanted of it.
 * @throws Error with a message if it exists and cannot be used
 */
export async function openAwaitedLogdir(path: string): Promise<LogStorage> {
  const there = await openExistingLogdir(path);
  if (there) return there;
  let opened: LogStorage | null = null;
  let opening: Promise<LogStorage | null> | undefined;

  async function whenThere(): Promise<LogStorage | null> {
    if (opened) return opened;
    opening ??= openExistingLogdir(path).finally(() => {
      opening = undefined;
    });
    opened ??= await opening;
    return opened;
  }

  async function toWriteInto(): Promise<LogStorage> {
    const storage = await whenThere();
    if (storage) return storage;
    throw new StorageError('other', `The logdir ${path} does not exist; create it and the run continues.`);
  }

  return {
    root: path,
    places: ['.'],
    locate: (below) => (below === '.' ? path : `${path}/${below}`),
    list: async (directory, visit) => (await whenThere())?.list(directory, visit) ?? false,
    directoryIdentity: async (directory) => (await whenThere())?.directoryIdentity(directory) ?? null,
    stat: async (file) => (await whenThere())?.stat(file) ?? null,
    statWithin: async (...place) => (await whenThere())?.statWithin(...place) ?? null,
    read: async (...place) => (await whenThere())?.read(...place) ?? null,
    makeDirectory: async (directory) => (await toWriteInto()).makeDirectory(directory),
    openForAppend: async (file) => (await toWriteInto()).openForAppend(file),
    replaceFile: async (file, bytes) => (await toWriteInto()).replaceFile(file, bytes),
    moveFile: async (from, to) => (await toWriteInto()).moveFile(from, to),
    removeFile: async (file) => (await toWriteInto()).removeFile(file),
    removeEmptyDirectory: async (directory) => (await toWriteInto()).removeEmptyDirectory(directory),
    watch: (directory, changed) => opened?.watch(directory, changed) ?? null,
    close: async () => opened?.close(),
  };
}
