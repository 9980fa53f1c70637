import type { LogStorage } from './storage.js';
import { StorageError } from './storage-error.js';

/** Several storages as one: each is a folder with its name, which the ids of its runs begin with. */
export function createMountedStorage(mounts: ReadonlyMap<string, LogStorage>): LogStorage {
  /** The storage that a path lies in, and the path there; null for the common folder and what is not in it. */
  function within(path: string): { readonly storage: LogStorage; readonly path: string } | null {
    const slash = path.indexOf('/');
    const storage = mounts.get(slash < 0 ? path : path.slice(0, slash));
    return storage ? { storage, path: slash < 0 ? '.' : path.slice(slash + 1) } : null;
  }

  function forWriting(path: string): { readonly storage: LogStorage; readonly path: string } {
    const place = within(path);
    if (place) return place;
    throw new StorageError('not-a-directory', `${path} lies in none of the logdirs.`);
  }

  return {
    root: [...mounts].map(([name, { root }]) => `${name}=${root}`).join(', '),
    places: [...mounts].flatMap(([name, { places }]) =>
      places.map((place) => (place === '.' ? name : `${name}/${place}`)),
    ),
    locate(path) {
      const place = within(path);
      return place ? place.storage.locate(place.path) : path;
    },
    async list(directory, visit) {
      if (directory === '.') {
        for (const name of mounts.keys()) visit({ name, kind: 'directory' });
        return true;
      }
      const place = within(directory);
      return place ? place.storage.list(place.path, visit) : false;
    },
    async directoryIdentity(directory) {
      const place = within(directory);
      return (await place?.storage.directoryIdentity(place.path)) ?? null;
    },
    async stat(path) {
      const place = within(path);
      return (await place?.storage.stat(place.path)) ?? null;
    },
    async statWithin(folder, path) {
      const place = within(folder);
      return (await place?.storage.statWithin(place.path, path)) ?? null;
    },
    async read(path, ...part) {
      const place = within(path);
      return (await place?.storage.read(place.path, ...part)) ?? null;
    },
    async makeDirectory(directory) {
      const place = forWriting(directory);
      await place.storage.makeDirectory(place.path);
    },
    async openForAppend(path) {
      const place = forWriting(path);
      return place.storage.openForAppend(place.path);
    },
    async replaceFile(path, bytes) {
      const place = forWriting(path);
      await place.storage.replaceFile(place.path, bytes);
    },
    async moveFile(from, to) {
      const [source, target] = [forWriting(from), forWriting(to)];
      if (source.storage !== target.storage)
        throw new StorageError('other', `${from} and ${to} lie in different logdirs.`);
      return source.storage.moveFile(source.path, target.path);
    },
    async removeFile(path) {
      const place = forWriting(path);
      return place.storage.removeFile(place.path);
    },
    async removeEmptyDirectory(directory) {
      const place = forWriting(directory);
      return place.storage.removeEmptyDirectory(place.path);
    },
    watch(directory, changed) {
      const place = within(directory);
      return place?.storage.watch(place.path, changed) ?? null;
    },
    async close() {
      await Promise.all([...mounts.values()].map((storage) => storage.close()));
    },
  };
}
