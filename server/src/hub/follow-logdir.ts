import { createLogdir, type FollowedLogdir } from '../logdir/logdir.js';
import type { LogdirOptions } from '../logdir/logdir-options.js';
import { createPatientStorage } from '../storage/patient-storage.js';
import type { LogStorage } from '../storage/storage.js';

/** A logdir that is being read, and what is written to it. */
export interface FollowedStorage {
  /** Gives up calls that get no answer. */
  readonly storage: LogStorage;
  readonly logdir: FollowedLogdir;
  /** Says a sentence in the terminal, until the hub ends. */
  readonly log: (sentence: string) => void;
  /** Lets every call fail that has not been answered, and says nothing more: what fails from then on fails because the hub ends. */
  giveUp(): void;
}

/**
 * Begins to read the logdir. It is a separate module so that files are read while sockets and the HTTP API still load.
 * @param options with the storage itself, which may stop answering
 */
export function followLogdir(options: LogdirOptions): FollowedStorage {
  let isGivenUp = false;
  const log = (sentence: string) => {
    if (!isGivenUp) options.log(sentence);
  };
  const storage = createPatientStorage(options.storage);
  const logdir = createLogdir({ ...options, storage, log });
  void logdir.start();
  return {
    storage,
    logdir,
    log,
    giveUp() {
      isGivenUp = true;
      storage.giveUp();
    },
  };
}
