import { setImmediate as nextTurn } from 'node:timers/promises';

/** Answering one request may keep others waiting for so long, in ms. */
const TURN_MS = 8;

/** Lets other work run between the pieces of the work of one request. */
export class Turns {
  #began = performance.now();

  /** Call it between two pieces of work. */
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
