/**
 * Writes the hash of the address. Browsers refuse writes that come too often (Safari: more than 100 in 30 seconds) or
 * that are too long; the page goes on, and the last one is tried again.
 */

/** How long to wait after a refusal. */
const RETRY_MS = 1_000;

let waiting: ReturnType<typeof setTimeout> | undefined;

/** Replaces the hash of the current history entry. */
export function replaceHash(hash: string): void {
  write(hash, 'replaceState');
}

/** Adds a history entry, so that Back returns to the current one. */
export function pushHash(hash: string): void {
  if (hash !== location.hash) write(hash, 'pushState');
}

function write(hash: string, how: 'pushState' | 'replaceState'): void {
  clearTimeout(waiting);
  try {
    history[how](how === 'pushState' ? null : history.state, '', hash);
  } catch (error) {
    console.warn('The browser refused to change the address:', error);
    const from = location.hash;
    waiting = setTimeout(() => {
      // Another page or entry may have been opened in the meantime.
      if (location.hash === from) write(hash, how);
    }, RETRY_MS);
  }
}
