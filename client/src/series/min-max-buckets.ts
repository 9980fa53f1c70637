/**
 * Reduces a curve of any length to a bounded number of points: the lowest and highest value per bucket, so that no spike
 * is lost. Points are added one by one. When all buckets are full, neighbours are merged and the bucket size doubles.
 */
export interface Point {
  readonly x: number;
  /** NaN is a break in the line. */
  readonly y: number;
}

interface Bucket {
  count: number;
  minX: number;
  min: number;
  maxX: number;
  max: number;
  /** x of a non-finite value, where the line breaks. */
  brokenAt: number | undefined;
}

export class MinMaxBuckets {
  readonly #capacity: number;
  #size = 1;
  #buckets: Bucket[] = [];

  /** @param capacity the maximum number of buckets; each gives up to two points, plus one for a break */
  constructor(capacity = 1024) {
    this.#capacity = Math.max(2, capacity);
  }

  /** Points must be added in order of x. */
  push(x: number, y: number): void {
    let bucket = this.#buckets.at(-1);
    if (bucket === undefined || bucket.count >= this.#size) {
      if (this.#buckets.length >= this.#capacity) this.#halve();
      bucket = this.#buckets.at(-1);
      if (bucket === undefined || bucket.count >= this.#size) {
        bucket = {
          count: 0,
          minX: x,
          min: Number.POSITIVE_INFINITY,
          maxX: x,
          max: Number.NEGATIVE_INFINITY,
          brokenAt: undefined,
        };
        this.#buckets.push(bucket);
      }
    }
    bucket.count++;
    if (!Number.isFinite(y)) {
      bucket.brokenAt ??= x;
      return;
    }
    if (y < bucket.min) {
      bucket.min = y;
      bucket.minX = x;
    }
    if (y > bucket.max) {
      bucket.max = y;
      bucket.maxX = x;
    }
  }

  /** The points in order of x. */
  points(): Point[] {
    const points: Point[] = [];
    for (const bucket of this.#buckets) {
      if (bucket.min <= bucket.max) {
        const low = { x: bucket.minX, y: bucket.min };
        const high = { x: bucket.maxX, y: bucket.max };
        if (low.x === high.x) points.push(low);
        else if (low.x < high.x) points.push(low, high);
        else points.push(high, low);
      }
      if (bucket.brokenAt !== undefined) points.push({ x: bucket.brokenAt, y: Number.NaN });
    }
    return points.sort((a, b) => a.x - b.x);
  }

  #halve(): void {
    const merged: Bucket[] = [];
    for (let at = 0; at < this.#buckets.length; at += 2) {
      const left = this.#buckets[at]!;
      const right = this.#buckets[at + 1];
      if (right !== undefined) {
        left.count += right.count;
        if (right.min < left.min) [left.min, left.minX] = [right.min, right.minX];
        if (right.max > left.max) [left.max, left.maxX] = [right.max, right.maxX];
        left.brokenAt ??= right.brokenAt;
      }
      merged.push(left);
    }
    this.#buckets = merged;
    this.#size *= 2;
  }
}
