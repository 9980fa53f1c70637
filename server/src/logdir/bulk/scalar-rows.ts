import type { ScalarBatch } from '@convscope/shared/event-log/scan-events.js';

/** Rows for which there is room at first. */
const FIRST_ROWS = 4096;

/** Scalars in file order, with the number of their tag. */
export class ScalarRows {
  count = 0;
  tags = new Uint32Array(FIRST_ROWS);
  steps = new Float64Array(FIRST_ROWS);
  wallTimes = new Float64Array(FIRST_ROWS);
  values = new Float64Array(FIRST_ROWS);

  add(tag: number, step: number, wallTime: number, value: number): void {
    const at = this.count++;
    if (at === this.tags.length) this.#grow();
    this.tags[at] = tag;
    this.steps[at] = step;
    this.wallTimes[at] = wallTime;
    this.values[at] = value;
  }

  addBatch(
    { tags, tag, step, wallTime, value, count }: ScalarBatch,
    numberOf: (tag: string) => number,
  ): void {
    const at = this.count;
    while (at + count > this.tags.length) this.#grow();
    // Not all tags of a batch need to have rows.
    const numbers: number[] = [];
    for (let row = 0; row < count; row++) {
      const place = tag[row]!;
      this.tags[at + row] = numbers[place] ??= numberOf(tags[place]!);
    }
    this.steps.set(step.subarray(0, count), at);
    this.wallTimes.set(wallTime.subarray(0, count), at);
    this.values.set(value.subarray(0, count), at);
    this.count += count;
  }

  #grow(): void {
    const length = 2 * this.tags.length;
    this.tags = copied(this.tags, new Uint32Array(length));
    this.steps = copied(this.steps, new Float64Array(length));
    this.wallTimes = copied(this.wallTimes, new Float64Array(length));
    this.values = copied(this.values, new Float64Array(length));
  }
}

function copied<A extends Uint32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
