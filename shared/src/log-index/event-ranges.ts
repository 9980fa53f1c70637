/** Most files have none. */
const NO_OFFSETS = new Float64Array(0);
const NO_LENGTHS = new Uint32Array(0);

/**
 * Where the non-scalar events of one file lie. Only these ranges may be read for a viewer. Offsets are added in
 * ascending order, as the file is read.
 */
export class EventRanges {
  #offsets = NO_OFFSETS;
  #lengths = NO_LENGTHS;
  #count = 0;

  add(offset: number, length: number): void {
    // An event with several values is added once.
    if (this.#count > 0 && this.#offsets[this.#count - 1] === offset) return;
    if (this.#count === this.#offsets.length) {
      const length = Math.max(16, this.#count * 2);
      this.#offsets = grown(this.#offsets, new Float64Array(length));
      this.#lengths = grown(this.#lengths, new Uint32Array(length));
    }
    this.#offsets[this.#count] = offset;
    this.#lengths[this.#count] = length;
    this.#count++;
  }

  has(offset: number, length: number): boolean {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#offsets[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low < this.#count && this.#offsets[low] === offset && this.#lengths[low] === length;
  }
}

function grown<A extends Float64Array | Uint32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
