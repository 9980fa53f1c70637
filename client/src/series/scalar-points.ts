/** Points of a scalar, in order of steps and with one value a step. */
import { countWhile } from '@convscope/shared/sorted.js';
export class ScalarPoints {
  count = 0;
  #steps: Float64Array;
  #wallTimes: Float64Array;
  #values: Float64Array;

  /** Takes over the arrays, which are of equal length. */
  constructor(steps = new Float64Array(0), wallTimes = new Float64Array(0), values = new Float64Array(0)) {
    this.#steps = steps;
    this.#wallTimes = wallTimes;
    this.#values = values;
    this.count = steps.length;
  }

  /** Adds a point, whose step is after all others. */
  push(step: number, wallTime: number, value: number): void {
    if (this.count === this.#steps.length) {
      const room = Math.max(16, Math.ceil(this.count * 1.5));
      this.#steps = grown(this.#steps, room);
      this.#wallTimes = grown(this.#wallTimes, room);
      this.#values = grown(this.#values, room);
    }
    this.#steps[this.count] = step;
    this.#wallTimes[this.count] = wallTime;
    this.#values[this.count] = value;
    this.count++;
  }

  /** Keeps the newest `most` points. */
  keepNewest(most: number): void {
    if (this.count <= most) return;
    const from = this.count - most;
    this.#steps = this.#steps.slice(from, this.count);
    this.#wallTimes = this.#wallTimes.slice(from, this.count);
    this.#values = this.#values.slice(from, this.count);
    this.count = most;
  }

  step(at: number): number {
    return this.#steps[at]!;
  }

  /** In seconds. */
  wallTime(at: number): number {
    return this.#wallTimes[at]!;
  }

  value(at: number): number {
    return this.#values[at]!;
  }

  get firstStep(): number | undefined {
    return this.count === 0 ? undefined : this.#steps[0];
  }

  get lastStep(): number | undefined {
    return this.count === 0 ? undefined : this.#steps[this.count - 1];
  }

  get lastValue(): number | undefined {
    return this.count === 0 ? undefined : this.#values[this.count - 1];
  }

  /** The place of the last point at or before `step`; −1 if there is none. */
  at(step: number): number {
    return countWhile(this.count, (at) => this.#steps[at]! <= step) - 1;
  }

  /** All values, in order of steps. Valid until the next point is added. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.count);
  }
}

function grown(array: Float64Array, room: number): Float64Array {
  const next = new Float64Array(room);
  next.set(array);
  return next;
}
