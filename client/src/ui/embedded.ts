/**
 * A page that another page shows in a frame, such as a report or a notebook: `#…&embed=1` leaves out the top bar, the foot
 * and the columns beside the main part. It is noted when the page is loaded, since pages write the rest of the address.
 */

export function noteEmbedded(hash: string): void {
  if (new URLSearchParams(hash.split('?')[1] ?? '').get('embed') === '1')
    document.documentElement.dataset['embed'] = '';
}

export function isEmbedded(): boolean {
  return document.documentElement.dataset['embed'] !== undefined;
}
