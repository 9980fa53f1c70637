/** Node has the first, and is back from it sooner. This folder is compiled without the types of either. */
declare const setImmediate: ((done: () => void) => unknown) | undefined;
declare const setTimeout: (done: () => void, ms: number) => unknown;
declare const performance: { now(): number };

/** Work of this long may keep requests and sockets waiting, in ms. */
export const TURN_MS = 8;

/** Work that waits for its next turn. */
const waiting: (() => void)[] = [];

/** One of them goes on in each turn of the event loop, however many there are, so that other work waits for one only. */
function nextTurn(): Promise<void> {
  return new Promise((done) => {
    waiting.push(done);
    if (waiting.length === 1) wakeNext();
  });
}

function wakeNext(): void {
  const wake = () => {
    waiting.shift()?.();
    if (waiting.length > 0) wakeNext();
  };
  if (typeof setImmediate === 'function') setImmediate(wake);
  else setTimeout(wake, 0);
}

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
