import { type Random, randomFrom } from './random.js';
import { Finding, type FuzzTarget } from './target.js';

export interface FuzzResult {
  readonly inputs: number;
  readonly read: number;
  readonly refused: number;
  /** Promises that were broken: a sentence and the seed of the input, at most MOST_FINDINGS. */
  readonly findings: readonly { readonly what: string; readonly seed: number; readonly input: Uint8Array }[];
}

const MOST_FINDINGS = 10;

/**
 * Feeds `count` inputs to a target. The seed of each input follows from `seed` and its number, so that a finding can be
 * made again alone: with its own seed and a count of 1.
 */
export function runFuzz(target: FuzzTarget, seed: number, count: number): FuzzResult {
  let read = 0;
  let refused = 0;
  let inputs = 0;
  const findings: { what: string; seed: number; input: Uint8Array }[] = [];
  for (; inputs < count && findings.length < MOST_FINDINGS; inputs++) {
    const random: Random = randomFrom(seed + inputs);
    try {
      if (target(random) === 'read') read++;
      else refused++;
    } catch (error) {
      if (!(error instanceof Finding)) throw error;
      findings.push({ what: error.message, seed: seed + inputs, input: error.input });
    }
  }
  return { inputs, read, refused, findings };
}
