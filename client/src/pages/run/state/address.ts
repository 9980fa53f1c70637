/** Keeps the view in the address: writes it after the view has changed, and reads it when the address changes. */
import { createAddressWriter, type HistoryEffect } from '../../../ui/address-writer.js';
import { createStore, type Store } from '../../../ui/store.js';
import { hashFromView, isRunHash, type ViewState, viewFromHash } from './view-state.js';

/** How long links to the page may lag behind the view, which changes with every move of the playhead. */
const LINK_MS = 120;

export interface Address {
  /** The hash that leads back to what the page shows, for links to it. */
  readonly hash: Store<string>;
  /** Call before a change of the view. `before` is the view that Back shall return to. */
  prepare(effect: HistoryEffect, before: ViewState): void;
  /** Call when the view has changed. */
  changed(): void;
  /** Call when the address was changed by hand, by a link, or by the back button. */
  read(): void;
}

export function createAddress(view: Store<ViewState>): Address {
  const writer = createAddressWriter(isRunHash, () => hashFromView(view.get()));
  const hash = createStore(hashFromView(view.get()));
  let isDue = false;
  view.subscribe(() => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      hash.set(hashFromView(view.get()));
    }, LINK_MS);
  });
  return {
    hash,
    prepare: (effect, before) => writer.prepare(effect, hashFromView(before)),
    changed: () => writer.changed(),
    read() {
      if (!isRunHash(location.hash)) return;
      writer.follow();
      // A bare #run keeps the current view.
      if (location.hash.includes('?')) view.set(viewFromHash(location.hash));
      else writer.writeNow();
    },
  };
}
