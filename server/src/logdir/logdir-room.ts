import { IndexRoom } from './index/index-room.js';

/** Most event files that are read of one run, and of all runs together. */
export interface FileLimits {
  readonly run: number;
  readonly logdir: number;
}

export const FILE_LIMITS: FileLimits = { run: 20_000, logdir: 50_000 };

/** What the runs of a logdir hold together. */
export class LogdirRoom {
  readonly index = new IndexRoom();
  readonly fileLimits: FileLimits;
  /** Number of files that are followed. */
  files = 0;

  #turn: Promise<unknown> = Promise.resolve();

  constructor(fileLimits = FILE_LIMITS) {
    this.fileLimits = fileLimits;
  }

  /** Runs operations that take much memory one after the other. */
  oneByOne<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(operation);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
