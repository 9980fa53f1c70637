import type { LogStorage } from '../storage/storage.js';
import type { StartBulkThread } from './bulk/bulk-thread-handle.js';
import type { FileLimits } from './logdir-room.js';
import type { LongFileLimits } from './long-file-limits.js';

export interface LogdirOptions {
  readonly storage: LogStorage;
  /** Receives messages about what cannot be read, each once. */
  readonly log: (sentence: string) => void;
  /** Seconds since the epoch. */
  readonly now?: (() => number) | undefined;
  /** Pause between two scans of the whole logdir, in ms. A scan finds changes of which the system did not notify. */
  readonly lookEveryMs?: number | undefined;
  /** Most files that are read of one run and of all; FILE_LIMITS by default. */
  readonly fileLimits?: FileLimits | undefined;
  /** Most directories that the system is asked to watch. */
  readonly watchedDirectories?: number | undefined;
  /** How often to look for changes of runs that the system does not watch, in ms. */
  readonly unwatchedEveryMs?: number | undefined;
  /** LONG_FILE_LIMITS by default. */
  readonly longFiles?: Partial<LongFileLimits> | undefined;
  /** How a thread is started that reads long files. */
  readonly startThread?: StartBulkThread | undefined;
  /** How many of them there are; as many as the machine has cores for by default. */
  readonly threads?: number | undefined;
  /** Folder for indexes of long files, with which they need not be read again; none by default. */
  readonly indexDirectory?: string | undefined;
  /** How often to check whether runs changed state because time passed, in ms. */
  readonly stateEveryMs?: number | undefined;
}
