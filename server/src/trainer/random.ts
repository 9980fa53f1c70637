/**
 * All random numbers: xoshiro128** (Blackman and Vigna 2018), seeded by splitmix32. Each use (weights, shuffling,
 * augmentation) has its own stream, so that drawing more numbers from one does not change another.
 */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
}

/** The stream of a seed for one purpose. */
export function createRandom(seed: number, purpose: string): Random {
  let mix = Math.trunc(seed) >>> 0;
  // Mixes in the upper half of seeds beyond 32 bits.
  mix = Math.imul(mix ^ Math.floor(seed / 0x1_0000_0000), 0x9e3779b1) >>> 0;
  // FNV-1a of the purpose.
  let hash = 0x811c9dc5;
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 0x01000193);
  mix = (mix ^ hash) >>> 0;
  const splitmix32 = () => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  return xoshiro128StarStar([splitmix32(), splitmix32(), splitmix32(), splitmix32()]);
}

/** From a state of four 32-bit words, not all zero. */
export function xoshiro128StarStar(state: readonly [number, number, number, number]): Random {
  let [a, b, c, d] = state;
  const next = () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  return {
    uniform: () => next() / 0x1_0000_0000,
    integer: (bound) => Math.floor((next() / 0x1_0000_0000) * bound),
  };
}

/** Fisher–Yates, in place. */
export function shuffle(values: Uint32Array, random: Random): void {
  for (let i = values.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const kept = values[i]!;
    values[i] = values[j]!;
    values[j] = kept;
  }
}
