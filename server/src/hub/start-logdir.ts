/** The logdir of a hub, which is read from the moment of the call. A module of its own, since it is loaded first. */
import { createLogdir, type FollowedLogdir } from '../logdir/logdir.js';
import type { LogdirOptions } from '../logdir/logdir-options.js';
import { createPatientStorage, type PatientStorage } from '../storage/patient-storage.js';

export interface StartedLogdir {
  readonly storage: PatientStorage;
  readonly logdir: FollowedLogdir;
}

export function startLogdir(options: LogdirOptions): StartedLogdir {
  const storage = createPatientStorage(options.storage);
  const logdir = createLogdir({ ...options, storage });
  void logdir.start();
  return { storage, logdir };
}
