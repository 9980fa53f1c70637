/** Writes what a page shows to the address: a moment later, and with entries of the history for places to go back to. */
import { pushHash, replaceHash } from './address-bar.js';

/** How long the address may lag behind: browsers stop a page that rewrites it with every frame. */
const WRITE_MS = 120;
/** Moves that follow each other within this time, as those of a held key, share a history entry. */
const SAME_MOVE_MS = 1_000;

/**
 * What a change does to the history. `replace`: nothing. `push`: the state before it is what Back returns to. `move`: as
 * `push`, but moves that follow each other are one.
 */
export type HistoryEffect = 'replace' | 'push' | 'move';

export interface AddressWriter {
  /** Call before a change. `before` is the hash that Back shall return to. */
  prepare(effect: HistoryEffect, before: string): void;
  /** Call after a change. */
  changed(): void;
  writeNow(): void;
  /** Call when the address was changed by hand, by a link, or by the back button: it is not to be overwritten. */
  follow(): void;
}

/** `isOwn`: whether a hash belongs to the page; others are left alone. `hash`: that of what the page shows. */
export function createAddressWriter(isOwn: (hash: string) => boolean, hash: () => string): AddressWriter {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isPushDue = false;
  let lastMove = Number.NEGATIVE_INFINITY;
  /** The address as this page knows it. Another one has been gone to, and `follow` is about to be called. */
  let known = location.hash;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const isMine = (): boolean => isOwn(location.hash) && location.hash === known;
  const replace = (next: string): void => {
    if (next !== location.hash) replaceHash(next);
    known = location.hash;
  };
  const writeNow = (): void => {
    stop();
    if (!isMine()) return;
    if (isPushDue) pushHash(hash());
    else replace(hash());
    known = location.hash;
    isPushDue = false;
  };
  return {
    writeNow,
    changed() {
      if (isPushDue) writeNow();
      else timer ??= setTimeout(writeNow, WRITE_MS);
    },
    prepare(effect, before) {
      const now = performance.now();
      const goesOn = effect === 'move' && now - lastMove < SAME_MOVE_MS;
      // Scrubbing or zooming between two moves does not separate them, but going elsewhere does.
      if (effect === 'move') lastMove = now;
      else if (effect === 'push') lastMove = Number.NEGATIVE_INFINITY;
      if (effect === 'replace' || goesOn || !isMine()) return;
      stop();
      replace(before);
      isPushDue = true;
    },
    follow() {
      stop();
      known = location.hash;
      isPushDue = false;
      lastMove = Number.NEGATIVE_INFINITY;
    },
  };
}
