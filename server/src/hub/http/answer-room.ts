/** How many bytes of answers wait in memory until their clients have taken them. */
import type { ServerResponse } from 'node:http';

/** Waiting bytes of all answers. An answer that is longer than all of it is made when no other waits. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Longer answers are made one at a time, and wait for room. */
const LONG_BYTES = 1024 * 1024;
/** Shorter answers fit into the buffers of the system, and are not counted. */
const SHORT_BYTES = 16 * 1024;
/** How long there may be too little room, in ms, before answers that nobody takes are cut. */
const LOOK_MS = 500;

/** What of a response is looked at: its close, what waits for its client, and how many bytes its connection has taken. */
export type HeldResponse = Pick<ServerResponse, 'destroyed' | 'once' | 'destroy' | 'writableLength'> & {
  readonly socket: { readonly bytesWritten: number } | null;
};

interface Held {
  readonly bytes: number;
  /** What its connection had taken when it was looked at last. */
  taken: number;
}

interface Waiting {
  readonly response: HeldResponse;
  readonly bytes: number;
  readonly begin: () => void;
}

/**
 * Holds answers until their clients have taken them. Where there is no room for more, those that are not taken are cut, or the one
 * that is taken most slowly: a client that does not read keeps no other one waiting for long.
 */
export class AnswerRoom {
  readonly #held = new Map<HeldResponse, Held>();
  readonly #waiting: Waiting[] = [];
  readonly #lookEveryMs: number;
  readonly #mostBytes: number;
  #bytes = 0;
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor({ mostBytes = MOST_BYTES, lookEveryMs = LOOK_MS } = {}) {
    this.#mostBytes = mostBytes;
    this.#lookEveryMs = lookEveryMs;
  }

  /** Of answers that are held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves when no other long answer is being made. Call what it resolves to when this one is held, or given up. */
  async enter(): Promise<() => void> {
    const before = this.#turn;
    let leave = () => {};
    this.#turn = new Promise<void>((done) => {
      leave = done;
    });
    await before;
    return leave;
  }

  /** Counts an answer of so many bytes until the response closes. Resolves when it may be sent: a long one waits for room. */
  async hold(response: HeldResponse, bytes: number): Promise<void> {
    if (bytes < SHORT_BYTES) return;
    const waits = bytes > LONG_BYTES && (this.#waiting.length > 0 || !this.#hasRoom(bytes));
    if (waits)
      await new Promise<void>((begin) => {
        this.#waiting.push({ response, bytes, begin });
        this.#watch();
      });
    else this.#add(response, bytes);
  }

  /** The same of an answer that is sent while it is read, of which a piece is in memory. */
  holdStream(response: HeldResponse, bytes: number): Promise<void> {
    return this.hold(response, Math.min(bytes, LONG_BYTES));
  }

  #hasRoom(bytes: number): boolean {
    return this.#bytes === 0 || this.#bytes + bytes <= this.#mostBytes;
  }

  #add(response: HeldResponse, bytes: number): void {
    // It would never close again.
    if (response.destroyed) return;
    this.#held.set(response, { bytes, taken: takenBy(response) });
    this.#bytes += bytes;
    response.once('close', () => {
      this.#held.delete(response);
      this.#bytes -= bytes;
      this.#beginWaiting();
    });
    this.#watch();
  }

  #beginWaiting(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!next.response.destroyed && !this.#hasRoom(next.bytes)) return;
      this.#waiting.shift();
      this.#add(next.response, next.bytes);
      next.begin();
    }
  }

  get #isFull(): boolean {
    return this.#waiting.length > 0 || this.#bytes > this.#mostBytes;
  }

  #watch(): void {
    if (this.#timer !== undefined || !this.#isFull) return;
    for (const [response, held] of this.#held) held.taken = takenBy(response);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isFull) this.#cut();
      this.#watch();
    }, this.#lookEveryMs).unref();
  }

  #cut(): void {
    // Of an answer that is still being made nothing may be there to take.
    const rates = [...this.#held]
      .filter(([response]) => response.writableLength > 0)
      .map(([response, held]) => ({ response, rate: takenBy(response) - held.taken }));
    const unread = rates.filter(({ rate }) => rate === 0);
    const [slowest] = rates.sort((one, other) => one.rate - other.rate);
    for (const { response } of unread.length > 0 ? unread : slowest ? [slowest] : []) response.destroy();
  }
}

function takenBy({ socket }: HeldResponse): number {
  return socket?.bytesWritten ?? 0;
}

/** One for all hubs of a process, whose memory it is. */
export const answerRoom = new AnswerRoom();

export function isLong(bytes: number): boolean {
  return bytes > LONG_BYTES;
}
