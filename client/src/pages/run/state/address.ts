/** Keeps the view in the address: writes it shortly after the view has changed, and reads it when the address changes. */
import type { Store } from '../../../ui/store.js';
import { hashFromView, isRunHash, type ViewState, viewFromHash } from './view-state.js';

/** How long the address may lag behind the view: browsers stop a page that rewrites its address with every frame. */
const WRITE_MS = 120;

export interface Address {
  /** Call when the view has changed. */
  writeSoon(): void;
  writeNow(): void;
  /** Call when the address was changed by hand, by a link, or by the back button. */
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
    // The user may have gone to another page in the meantime.
    if (isRunHash(location.hash)) history.replaceState(history.state, '', hashFromView(view.get()));
  };
  return {
    writeNow,
    writeSoon() {
      timer ??= setTimeout(writeNow, WRITE_MS);
    },
    read() {
      if (!isRunHash(location.hash)) return;
      // A bare #run, as in the brand's link, keeps the current view.
      if (!location.hash.includes('?')) {
        writeNow();
        return;
      }
      stop();
      view.set(viewFromHash(location.hash));
    },
  };
}
