import { setImmediate as nextTurn } from 'node:timers/promises';

/** Work of this long may keep requests and sockets waiting, in ms. */
const TURN_MS = 8;

/** Lets other work run from time to time during long work. */
export class TimeBudget {
  #began = performance.now();

  /** Call it between two pieces of work. Waits for other work if this turn has taken long enough. */
  async rest(): Promise<void> {
    if (performance.now() - this.#began < TURN_MS) return;
    await nextTurn();
    this.#began = performance.now();
  }

  /** Does work whose pieces end with a `yield`. */
  async do<T>(work: Generator<void, T>): Promise<T> {
    for (;;) {
      const piece = work.next();
      if (piece.done) return piece.value;
      await this.rest();
    }
  }
}
