/** Numbers that a seed decides, so that what a fuzz finds can be found again. */
export interface Random {
  /** In [0, 1). */
  (): number;
  /** A whole number in [0, below). */
  int(below: number): number;
  pick<T>(list: readonly T[]): T;
  bytes(length: number): Uint8Array<ArrayBuffer>;
}

/** mulberry32 */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  const bytes = (length: number): Uint8Array<ArrayBuffer> => {
    const made = new Uint8Array(length);
    for (let at = 0; at < length; at++) made[at] = int(256);
    return made;
  };
  return Object.assign(next, { int, bytes, pick: <T>(list: readonly T[]): T => list[int(list.length)]! });
}
