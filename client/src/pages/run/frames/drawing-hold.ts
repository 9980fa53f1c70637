/**
 * Holds back all other updates while the newest map is on its way and until it has been painted, but no longer than
 * PATIENCE_MS at a time: captures may arrive without a pause.
 */
import { afterPaint } from '../../../ui/animation-frame.js';

const PATIENCE_MS = 100;

export class DrawingHold {
  readonly #over: () => void;
  #since: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isUnpainted = false;
  readonly #waiting: (() => void)[] = [];

  /** `over` is called when the map has been painted or the time is up. */
  constructor(over: () => void) {
    this.#over = over;
  }

  get isHolding(): boolean {
    return this.#since !== undefined && performance.now() - this.#since < PATIENCE_MS;
  }

  /** Whether a map has been handed to its canvas and has not been painted yet. */
  get isUnpainted(): boolean {
    return this.#isUnpainted;
  }

  set(isHolding: boolean): void {
    if (!isHolding) this.release();
    if (isHolding === (this.#since !== undefined)) return;
    clearTimeout(this.#timer);
    this.#since = isHolding ? performance.now() : undefined;
    if (isHolding) this.#timer = setTimeout(() => this.#end(), PATIENCE_MS + 1);
  }

  /** To be called when the newest map has been handed to its canvas. */
  awaitPaint(): void {
    this.#isUnpainted = true;
    afterPaint(() => {
      this.#isUnpainted = false;
      this.set(false);
      this.#end();
    });
  }

  /** Resolves when the map has been painted or the time is up. */
  passed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #end(): void {
    this.release();
    this.#over();
  }
}
