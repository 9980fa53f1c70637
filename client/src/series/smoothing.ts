/**
 * TensorBoard's smoothing: an exponential moving average that is corrected for beginning at zero,
 * s ← w·s + (1 − w)·v, shown as s / (1 − wⁿ). Values that are not finite are passed over.
 * (tensorboard/components/vz_line_chart2/line-chart.ts, resmoothDataset)
 */
export class DebiasedAverage {
  readonly #weight: number;
  #last = 0;
  #count = 0;

  /** `weight` in [0, 1): 0 does not smooth. */
  constructor(weight: number) {
    if (!(weight >= 0 && weight < 1))
      throw new RangeError(`A smoothing weight lies in [0, 1); ${weight} does not.`);
    this.#weight = weight;
  }

  /** The average after `value`; `value` itself where it is not finite. */
  next(value: number): number {
    if (!Number.isFinite(value)) return value;
    this.#last = this.#last * this.#weight + (1 - this.#weight) * value;
    this.#count++;
    return this.#last / (1 - this.#weight ** this.#count);
  }
}
