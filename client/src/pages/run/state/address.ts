/** The view in the address: written a moment after the view has changed, read when the address was changed. */
import type { Store } from '../../../ui/store.js';
import { hashFromView, isRunHash, type ViewState, viewFromHash } from './view-state.js';

/** How long the address may lag behind the view: browsers stop a page that rewrites its address with every frame. */
const WRITE_MS = 120;

export interface Address {
  /** The view has changed. */
  writeSoon(): void;
  writeNow(): void;
  /** The address was changed by hand, by a link, or by the back button. */
  read(): void;
}

export function createAddress(view: Store<ViewState>): Address {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const writeNow = (): void => {
    stop();
    // Another page may have the address by now.
    if (isRunHash(location.hash)) history.replaceState(history.state, '', hashFromView(view.get()));
  };
  return {
    writeNow,
    writeSoon() {
      timer ??= setTimeout(writeNow, WRITE_MS);
    },
    read() {
      if (!isRunHash(location.hash)) return;
      // The tab of the page links to a bare #run when it was not open yet: keep what was looked at.
      if (!location.hash.includes('?')) {
        writeNow();
        return;
      }
      stop();
      view.set(viewFromHash(location.hash));
    },
  };
}
