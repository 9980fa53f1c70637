/**
 * A page that another page shows in a frame, such as a report or a notebook: `#…&embed=1` leaves out the top bar, the foot
 * and the columns beside the main part, and `embed=0` brings them back. Addresses that say neither leave it as it is, since
 * pages and their links write the rest of the address.
 */
import { createStore, type Store } from './store.js';

const embedded = createStore(false);

export const isEmbedded: Pick<Store<boolean>, 'get' | 'subscribe'> = embedded;

/** Call with each address that the page is opened with, or led to. */
export function noteEmbedded(hash: string): void {
  const asked = new URLSearchParams(hash.split('?')[1] ?? '').get('embed');
  if (asked !== '1' && asked !== '0') return;
  embedded.set(asked === '1');
  document.documentElement.toggleAttribute('data-embed', asked === '1');
}
