/** How many TCP connections strangers may hold, whether they have asked for anything or not. */
import type { Server } from 'node:http';
import { isIPv6, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Most connections of other machines that have not shown a cookie or token, in all and of one address. */
export const STRANGERS = { all: 256, ofAddress: 32 };
/** Most connections of all kinds: more descriptors than this are needed for files. */
const MOST_CONNECTIONS = 4096;
/** How often it is said that connections are cut. */
const SAY_EVERY_MS = 60_000;

export interface ConnectionLimits {
  /** Whether the connection may be cut for another. */
  isStranger(connection: Duplex): boolean;
  /** Call this when a connection has shown the cookie or a token: from then on it is not cut for others. */
  trust(connection: Duplex): void;
}

/**
 * Bounds the connections that come from other machines and have shown nothing. Beyond the bound the oldest of the address
 * that holds the most is cut, so that strangers keep out neither each other for long, nor those who show what they may do,
 * nor this machine's own pages and trainers.
 */
export function limitConnections(
  server: Server,
  log: (sentence: string) => void,
  isLocal: (address: string) => boolean = isThisMachine,
): ConnectionLimits {
  const strangers = new Map<string, Set<Duplex>>();
  const hosts = new WeakMap<Duplex, string>();
  let count = 0;
  let cut = 0;
  let saidAt = Number.NEGATIVE_INFINITY;

  const forget = (connection: Duplex): void => {
    const host = hosts.get(connection);
    const ofHost = host === undefined ? undefined : strangers.get(host);
    if (host === undefined || !ofHost?.delete(connection)) return;
    count--;
    if (ofHost.size === 0) strangers.delete(host);
  };
  const cutOldest = (host: string, ofHost: ReadonlySet<Duplex>): void => {
    const [oldest] = ofHost;
    if (oldest === undefined) return;
    forget(oldest);
    oldest.destroy();
    cut++;
    if (performance.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = performance.now();
    log(
      `Connections of other machines that show neither cookie nor token are more than the hub holds: ${cut} have been cut, of which the last came from ${host}.`,
    );
  };
  const largest = (): [string, ReadonlySet<Duplex>] =>
    [...strangers].reduce((most, one) => (one[1].size > most[1].size ? one : most));

  server.maxConnections ??= MOST_CONNECTIONS;
  server.on('connection', (connection: Socket) => {
    const { remoteAddress } = connection;
    // Undefined when it has ended already.
    if (remoteAddress === undefined || isLocal(plain(remoteAddress))) return;
    const host = hostOf(plain(remoteAddress));
    const ofHost = strangers.get(host) ?? new Set();
    strangers.set(host, ofHost);
    hosts.set(connection, host);
    ofHost.add(connection);
    count++;
    connection.once('close', () => forget(connection));
    if (ofHost.size > STRANGERS.ofAddress) cutOldest(host, ofHost);
    else if (count > STRANGERS.all) cutOldest(...largest());
  });
  return {
    isStranger: (connection) => strangers.get(hosts.get(connection) ?? '')?.has(connection) ?? false,
    trust: forget,
  };
}

/** An IPv4 address without the prefix that it has on a socket of IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function isThisMachine(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** Whom an address belongs to: of IPv6 everybody has a network of 64 bits at least. */
function hostOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%', 1)[0]!.split('::');
  const groups = head.split(':').filter(Boolean);
  const rest = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: tail === undefined ? 0 : 8 - groups.length - rest.length }, () => '0');
  return [...groups, ...zeros, ...rest].slice(0, 4).join(':');
}
