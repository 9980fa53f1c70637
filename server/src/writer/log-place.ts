/** Makes the file of a run's log: in the spool, with a note and a lock, or without a hub in the run's own directory. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type HeldLock, takeLock } from '../machine/file-lock.js';
import type { LogPlace } from './kept-log.js';
import { lockPath, type SpoolNote, writeNote } from './spool.js';
import { openSpoolFile } from './spool-file.js';

export interface SpoolPlace extends LogPlace {
  release(): Promise<void>;
}

export function createSpoolPlace(directory: string, note: SpoolNote): SpoolPlace {
  let lock: HeldLock | undefined;
  const restate = (from: number) => writeNote(directory, from === 0 ? note : { ...note, from });
  return {
    directory,
    restate,
    async make(from) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const path = lockPath(directory);
      if (!lock || !existsSync(path)) {
        await lock?.release();
        lock = undefined;
        lock = await takeLock(path, { noWait: true });
      }
      // The old file goes before the note changes: a note must never describe another file's bytes.
      const file = join(directory, note.file);
      rmSync(file, { force: true });
      const made = openSpoolFile(file);
      try {
        restate(from);
      } catch (error) {
        made.close();
        throw error;
      }
      return made;
    },
    async release() {
      await lock?.release();
    },
  };
}

/** Without a hub the file lies where readers look for it. */
export function createDirectPlace(directory: string, file: string): LogPlace {
  return {
    directory,
    restate: () => undefined,
    async make() {
      mkdirSync(directory, { recursive: true });
      return openSpoolFile(join(directory, file));
    },
  };
}
