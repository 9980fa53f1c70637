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
    list(directory, visit) {
      const above = directory === '.' ? [] : directory.split('/');
      return storage.list(directory, (entry) => {
        const match = matchNames(pattern, [...above, entry.name]);
        if (match === 'whole' || (match === 'above' && entry.kind === 'directory')) visit(entry);
      });
    },
    makeDirectory: refuse,
    openForAppend: refuse,
    replaceFile: refuse,
    moveFile: refuse,
    removeFile: refuse,
    removeEmptyDirectory: refuse,
  };
}
