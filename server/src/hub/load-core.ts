import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { LogdirOptions } from '../logdir/logdir-options.js';
import type { HubCore, HubCoreOptions } from './hub-core.js';

/** What takes longest to load of all that the core imports, in parts of similar size. */
const PARTS = [
  () => import('express'),
  () => import('socket.io'),
  // All of zod would be bundled if what is imported were returned.
  async () => {
    await import('@convscope/shared/zod.js');
  },
];

/** Turns of the event loop between two parts: a connection is accepted and its request read in 3, and a file's index in more. */
const TURNS = 8;
/** Loading goes on after so long, however many pages are being sent and however long the logdir is searched. */
const PATIENCE_MS = 50;

/**
 * Loads the core in parts, between which the page is served. Since version 22 Node loads a module with all that it imports
 * in one go: no port would be opened and nothing answered for most of the start. What reads the logdir comes first, so that
 * its files are read meanwhile.
 * @param isServing whether a page is being sent
 */
export async function loadCore(
  isServing: () => boolean,
  reading: LogdirOptions,
  options: Omit<HubCoreOptions, 'followed'>,
): Promise<HubCore> {
  const giveWay = async () => {
    const began = performance.now();
    for (let count = 0; count < TURNS || (isServing() && performance.now() - began < PATIENCE_MS); count++)
      await turn();
  };
  await giveWay();
  const { followLogdir } = await import('./follow-logdir.js');
  const followed = followLogdir(reading);
  try {
    await Promise.race([followed.logdir.scanned, delay(PATIENCE_MS)]);
    for (const load of PARTS) {
      await giveWay();
      await load();
    }
    const { createHubCore } = await import('./hub-core.js');
    return createHubCore({ ...options, followed });
  } catch (error) {
    await followed.logdir.close();
    throw error;
  }
}
