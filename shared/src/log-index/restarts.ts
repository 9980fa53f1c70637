/** More restarts are remembered only as far as tags that were logged between them are concerned. */
const REMEMBERED = 1000;

/**
 * The restarts of a run's writers, each at a step (torch's purge_step, SessionLog START): what a tag logged before a
 * restart at its step and beyond is void as soon as the tag is logged again. A tag that is not keeps its rows, as in
 * TensorBoard.
 */
export class Restarts {
  /** How many there were. */
  count = 0;
  /** Restarts that no later one at a lower step makes needless, so their steps ascend: number and step. */
  readonly #low: { readonly number: number; readonly step: number }[] = [];

  add(step: number): void {
    while (this.#low.length > 0 && this.#low.at(-1)!.step >= step) this.#low.pop();
    if (this.#low.length === REMEMBERED) this.#low.shift();
    this.#low.push({ number: this.count++, step });
  }

  /** The lowest step of the restarts from number `from` on; undefined if there is none. */
  lowestFrom(from: number): number | undefined {
    let low = 0;
    let high = this.#low.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#low[middle]!.number < from) low = middle + 1;
      else high = middle;
    }
    return this.#low[low]?.step;
  }
}
