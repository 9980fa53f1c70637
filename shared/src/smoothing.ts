/**
 * TensorBoard's smoothing: an exponential moving average that is corrected for starting at zero,
 * s ← w·s + (1 − w)·v, shown as s / (1 − wⁿ), where n counts finite values only.
 * (tensorboard/components/vz_line_chart2/line-chart.ts, resmoothDataset)
 */

/** What is needed to go on with an average at the next value. */
export interface SmoothingState {
  /** s, before the correction. */
  readonly last: number;
  /** n, the number of finite values so far. */
  readonly count: number;
  /** The value that all finite values so far have; NaN if they differ or there are none. */
  readonly constant: number;
}

export const SMOOTHING_START: SmoothingState = { last: 0, count: 0, constant: Number.NaN };

/** 1 − wⁿ rounds to 1 as soon as wⁿ is below this. */
const NEGLIGIBLE = 2 ** -54;

export class Smoothing {
  readonly #weight: number;
  /** From this count on, the correction is exactly 1. */
  readonly #settled: number;
  #last: number;
  #count: number;
  #constant: number;

  /** @param weight in [0, 1); 0 means no smoothing */
  constructor(weight: number, state = SMOOTHING_START) {
    if (!(weight >= 0 && weight < 1))
      throw new RangeError(`A smoothing weight must be in [0, 1), not ${weight}.`);
    this.#weight = weight;
    this.#settled = weight === 0 ? 1 : Math.ceil(Math.log(NEGLIGIBLE) / Math.log(weight));
    this.#last = state.last;
    this.#count = state.count;
    this.#constant = state.constant;
  }

  get state(): SmoothingState {
    return { last: this.#last, count: this.#count, constant: this.#constant };
  }

  /**
   * Adds a value and returns the average. A value that is not finite is returned itself, and so is every value of a
   * series that has been constant so far, which the arithmetic would change in the last digit.
   */
  next(value: number): number {
    if (!Number.isFinite(value)) return value;
    this.#last = this.#last * this.#weight + (1 - this.#weight) * value;
    if (++this.#count === 1) this.#constant = value;
    else if (value !== this.#constant) this.#constant = Number.NaN;
    if (value === this.#constant) return value;
    return this.#count >= this.#settled ? this.#last : this.#last / (1 - this.#weight ** this.#count);
  }
}
