import { setImmediate as turn } from 'node:timers/promises';
import type * as HubCoreModule from './hub-core.js';

/** What takes longest to load of all that the core imports, in parts of similar size. */
const PARTS = [
  () => import('express'),
  () => import('socket.io'),
  // All of zod would be bundled if what is imported were returned.
  async () => {
    await import('@convscope/shared/zod.js');
  },
  () => import('../logdir/logdir.js'),
];

/** Turns of the event loop in which a connection is accepted and its request read. */
const TURNS = 3;
/** Loading goes on after so long, however many pages are being sent. */
const PATIENCE_MS = 50;

/**
 * Loads the core in parts, between which the page is served. Since version 22 Node loads a module with all that it imports
 * in one go: no port would be opened and nothing answered for most of the start.
 * @param isServing whether a page is being sent
 */
export async function loadCore(isServing: () => boolean): Promise<typeof HubCoreModule> {
  for (const load of PARTS) {
    const began = performance.now();
    for (let count = 0; count < TURNS || (isServing() && performance.now() - began < PATIENCE_MS); count++)
      await turn();
    await load();
  }
  return import('./hub-core.js');
}
