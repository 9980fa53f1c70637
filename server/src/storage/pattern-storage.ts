import { matchNames, type NamePattern } from './name-pattern.js';
import type { LogStorage } from './storage.js';
import { StorageError } from './storage-error.js';

/**
 * The part of a storage whose paths match a pattern: what it names, and everything below. Folders on the way to it are
 * listed, files beside it are not. Nothing is written into it, since a pattern says where to look and not where a new run
 * belongs.
 */
export function createPatternStorage(storage: LogStorage, pattern: NamePattern, root: string): LogStorage {
  const refuse = () =>
    Promise.reject(
      new StorageError(
        'not-a-directory',
        `${root} names what is shown, and is not a folder that is written into.`,
      ),
    );
  return {
    ...storage,
    root,
    locate: (path) => (path === '.' ? root : storage.locate(path)),
    async list(directory, visit) {
      const isRoot = directory === '.';
      const above = isRoot ? [] : directory.split('/');
      let isFound = false;
      const isThere = await storage.list(directory, (entry) => {
        const match = matchNames(pattern, [...above, entry.name]);
        if (match === 'no' || (match === 'above' && entry.kind !== 'directory')) return;
        isFound = true;
        visit(entry);
      });
      // Where nothing matches there is no logdir yet.
      return isThere && (isFound || !isRoot);
    },
    makeDirectory: refuse,
    openForAppend: refuse,
    replaceFile: refuse,
    moveFile: refuse,
    removeFile: refuse,
    removeEmptyDirectory: refuse,
  };
}
