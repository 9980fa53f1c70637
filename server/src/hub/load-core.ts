import { setImmediate as turn } from 'node:timers/promises';
import type * as HubCoreModule from './hub-core.js';
import type * as StartLogdirModule from './start-logdir.js';

/** What takes longest to load of the rest that the core imports, in parts of similar size. */
const PARTS = [
  () => import('express'),
  () => import('socket.io'),
  // All of zod would be bundled if what is imported were returned.
  async () => {
    await import('@convscope/shared/zod.js');
  },
];

/** Turns of the event loop in which a connection is accepted and its request read. */
const TURNS = 3;
/** Loading goes on after so long, however many pages are being sent. */
const PATIENCE_MS = 50;

/**
 * Loads the core in parts, between which the page is served. Since version 22 Node loads a module with all that it imports
 * in one go: no port would be opened and nothing answered for most of the start.
 * @param isServing whether a page is being sent
 * @param canRead called as soon as logs can be read: disk and threads do that while the rest is loaded
 * @returns the core, and what `canRead` returned
 */
export async function loadCore<T>(
  isServing: () => boolean,
  canRead: (module: typeof StartLogdirModule) => T,
): Promise<[typeof HubCoreModule, T]> {
  const giveWay = async () => {
    const began = performance.now();
    for (let count = 0; count < TURNS || (isServing() && performance.now() - began < PATIENCE_MS); count++)
      await turn();
  };
  await giveWay();
  const read = canRead(await import('./start-logdir.js'));
  for (const load of PARTS) {
    await giveWay();
    await load();
  }
  await giveWay();
  return [await import('./hub-core.js'), read];
}
