import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import type { Socket } from 'socket.io';
import { createAllowance } from '../machine/allowance.js';
import type { Access, Refusal } from './http/access.js';

/** A stranger has not shown yet that it may watch or write. */
type Role = 'stranger' | 'viewer' | 'trainer';

/** Most connections of each role. One role never takes the slots of another. */
export const SLOTS: Readonly<Record<Role, number>> = { stranger: 64, viewer: 512, trainer: 128 };
/** How long a stranger has to join a namespace. */
export const STRANGER_MS = 5000;
/** What a connection may send before it has joined a namespace, and a viewer in one message. */
const BYTES: Readonly<Record<Role, number>> = {
  stranger: LIMITS.strangerBytes,
  viewer: LIMITS.viewerBytes,
  // socket.io's maxHttpBufferSize limits these.
  trainer: Number.POSITIVE_INFINITY,
};
/**
 * Bytes that may be attached to one message. socket.io holds them until the message is whole, and allows ten of them, each as
 * large as a message. What a viewer attaches are pictures that are to become probes.
 */
const ATTACHED_BYTES: Readonly<Record<Role, number>> = {
  stranger: 0,
  viewer: LIMITS.viewerBytes,
  trainer: LIMITS.socketBytes,
};
/** Messages of a viewer, of which credits are the most frequent: one for each map that it draws. */
const MESSAGES = { aSecond: 2000, burst: 10_000 };
/** How long connections may take to end when the hub closes. */
const CLOSE_WITHIN_MS = 300;

interface Guest {
  role: Role;
  readonly tcp: Duplex;
  /** Received since the last whole message. For a stranger, in all. */
  bytes: number;
  /** Attached to the message that is being received. */
  attached: number;
  readonly timer: NodeJS.Timeout;
}

export interface Admission {
  /** Takes a connection in that asks to become a WebSocket. Returns a refusal when its slots are taken. */
  enter(request: IncomingMessage, tcp: Duplex): Refusal | null;
  /** Watches what the connection sends. Call it as soon as engine.io has taken it over. */
  guard(conn: Socket['conn']): void;
  /** Gives the connection a slot of its role when it joins a namespace. Returns a sentence when there is none. */
  admit(request: IncomingMessage, role: 'viewer' | 'trainer'): string | null;
  /** Resolves when all connections have ended; those that have not after a short time are cut. */
  close(): Promise<void>;
}

/**
 * Gives every connection a slot and a budget by what it has shown. Whoever shows the cookie or the ingest token when it
 * connects has a slot of its role from the start. All others share a few slots for a short time, in which they may send
 * one small message, and of too many strangers the oldest is cut. So no number of strangers keeps a viewer or trainer out.
 */
export function createAdmission(access: Access): Admission {
  const guests = new Map<IncomingMessage, Guest>();
  const slots: Record<Role, Set<Guest>> = { stranger: new Set(), viewer: new Set(), trainer: new Set() };

  const full = (role: Role): string | null =>
    slots[role].size < SLOTS[role]
      ? null
      : `The hub has ${SLOTS[role]} ${role}s already. Try again when one of them has left.`;

  return {
    enter(request, tcp) {
      const { headers } = request;
      // A page cannot read why its WebSocket was refused. One that finds no slot is told when it joins its namespace.
      const isViewer = access.hasCookie(headers) && full('viewer') === null;
      const role = access.isSender(headers) ? 'trainer' : isViewer ? 'viewer' : 'stranger';
      if (role === 'stranger') {
        const [oldest] = slots.stranger;
        if (oldest && slots.stranger.size >= SLOTS.stranger) {
          slots.stranger.delete(oldest);
          oldest.tcp.destroy();
        }
      }
      const error = full(role);
      if (error !== null) return { status: 503, error };
      const timer = setTimeout(() => {
        if (guest.role === 'stranger') tcp.destroy();
      }, STRANGER_MS);
      timer.unref();
      const guest: Guest = { role, tcp, bytes: 0, attached: 0, timer };
      slots[role].add(guest);
      guests.set(request, guest);
      tcp.once('close', () => {
        clearTimeout(timer);
        slots[guest.role].delete(guest);
        guests.delete(request);
      });
      return null;
    },

    guard(conn) {
      const guest = guests.get(conn.request);
      if (!guest) return conn.close(true);
      const mayTalk = createAllowance(MESSAGES);
      // This listener is called after the one that parses the chunk, which counts it once even if it ended a message.
      guest.tcp.on('data', (chunk: Uint8Array) => {
        guest.bytes += chunk.length;
        if (guest.bytes > BYTES[guest.role]) guest.tcp.destroy();
      });
      conn.on('packet', ({ data }) => {
        guest.attached = typeof data === 'string' ? 0 : guest.attached + (data?.byteLength ?? 0);
        if (guest.attached > ATTACHED_BYTES[guest.role]) guest.tcp.destroy();
        if (guest.role !== 'stranger') guest.bytes = 0;
        if (guest.role === 'viewer' && !mayTalk()) guest.tcp.destroy();
      });
    },

    admit(request, role) {
      const guest = guests.get(request);
      // A trainer that also watches keeps its slot.
      if (!guest || guest.role === role || guest.role === 'trainer') return null;
      const error = full(role);
      if (error !== null) return error;
      slots[guest.role].delete(guest);
      slots[role].add(guest);
      guest.role = role;
      guest.bytes = 0;
      return null;
    },

    async close() {
      const left = [...guests.values()].map(({ tcp }) => tcp);
      const cut = setTimeout(() => {
        for (const tcp of left) tcp.destroy();
      }, CLOSE_WITHIN_MS);
      await Promise.all(left.map((tcp) => new Promise((resolve) => tcp.once('close', resolve))));
      clearTimeout(cut);
    },
  };
}
