import type { LogFile } from '@convscope/shared/file-log/log-file.js';
import type { LogStorage } from '../storage/storage.js';

/** A file as it is now: what is appended later is not exported. Null if it is gone. */
export async function logFileOf(storage: LogStorage, path: string): Promise<LogFile | null> {
  const info = await storage.stat(path);
  if (info === null) return null;
  return {
    path,
    size: info.size,
    async read(from, to) {
      const bytes = await storage.read(path, info.identity, from, to - from);
      if (bytes?.length !== to - from)
        throw new Error(`${path} was shortened or replaced while it was being exported; try again.`);
      return bytes;
    },
  };
}
