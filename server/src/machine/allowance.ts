export interface Rate {
  /** On average. */
  readonly aSecond: number;
  /** At once, after a pause. */
  readonly burst: number;
}

/** A token bucket: a function that takes one token and returns whether there was one. */
export function createAllowance({ aSecond, burst }: Rate): () => boolean {
  let left = burst;
  let at = performance.now();
  return () => {
    const now = performance.now();
    left = Math.min(burst, left + ((now - at) / 1000) * aSecond);
    at = now;
    return --left >= 0;
  };
}
