import { messageOf } from '@convscope/shared/message-of.js';
import { HTTP } from '@convscope/shared/protocol/addresses.js';
import { replaceHash } from '../ui/address-bar.js';

/**
 * A hub that is reachable from other machines prints a URL that ends in #token=…. Exchanges the token for a cookie, and
 * removes it from the address. Never fails: the page then opens without the cookie, and shows why the hub refuses it.
 */
export async function redeemToken(base: URL): Promise<void> {
  const { hash } = location;
  const token = /^#token=([^&?]+)/.exec(hash)?.[1];
  if (token === undefined) return;
  replaceHash('#run');
  try {
    const response = await fetch(new URL(HTTP.session, base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: decoded(token) }),
    });
    if (!response.ok)
      console.error(`The hub does not take the token of this address: it answered ${response.status}.`);
  } catch (error) {
    // Reloading the page tries again.
    replaceHash(hash);
    console.error(`The hub could not be asked about the token of this address: ${messageOf(error)}`);
  }
}

/** A token that was cut in the middle of an escape is passed on as it is: the hub refuses it. */
function decoded(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    return token;
  }
}
