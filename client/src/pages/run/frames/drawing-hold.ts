/**
 * While the newest map is on its way, and until it has been painted, everything else that is new waits. Not for longer
 * than a moment: captures may come without a pause.
 */
import { afterPaint } from '../../../ui/animation-frame.js';

const PATIENCE_MS = 100;

export class DrawingHold {
  readonly #over: () => void;
  #since: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isUnpainted = false;
  readonly #waiting: (() => void)[] = [];

  /** `over` is called when the map has been painted, or has had its time. */
  constructor(over: () => void) {
    this.#over = over;
  }

  get isHolding(): boolean {
    return this.#since !== undefined && performance.now() - this.#since < PATIENCE_MS;
  }

  /** Whether a map that is to be painted has not been yet. */
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

  /** The newest map has just been handed to what draws it. */
  awaitPaint(): void {
    this.#isUnpainted = true;
    afterPaint(() => {
      this.#isUnpainted = false;
      this.set(false);
      this.#end();
    });
  }

  /** Resolves when the map has been painted, or has had its time. */
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
