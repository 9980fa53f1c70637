/**
 * TensorBoard's smoothing: an exponential moving average that is corrected for starting at zero,
 * s ← w·s + (1 − w)·v, shown as s / (1 − wⁿ). Non-finite values are skipped.
 * (tensorboard/components/vz_line_chart2/line-chart.ts, resmoothDataset)
 */
export class DebiasedAverage {
  readonly #weight: number;
  #last = 0;
  #count = 0;

  /** @param weight in [0, 1); 0 means no smoothing */
  constructor(weight: number) {
    if (!(weight >= 0 && weight < 1))
      throw new RangeError(`A smoothing weight must be in [0, 1), not ${weight}.`);
    this.#weight = weight;
  }

  /** Adds a value and returns the average; returns `value` itself if it is not finite. */
  next(value: number): number {
    if (!Number.isFinite(value)) return value;
    this.#last = this.#last * this.#weight + (1 - this.#weight) * value;
    this.#count++;
    return this.#last / (1 - this.#weight ** this.#count);
  }
}
