/**
 * Which codes of A and B stand at the same places of a channel, and at how many. There are 65,536 pairs of codes and far more
 * places in large maps, so that what depends on the two codes alone is computed once for each pair.
 */
import { dequantise } from '@convscope/shared/channels/quantise.js';
import type { CodedStack, MapStack } from '../../drawing/map-stack.js';

const PAIRS = 256 * 256;

/** The stacks of A and B of some pictures, whose channels are coded with the same limits in all of them. */
export type CodedPictures = readonly (readonly [a: CodedStack, b: CodedStack])[];

/** Undefined where going through the places is as quick, or is necessary: for values that are no codes. */
export function codedPictures(
  shown: readonly (readonly [a: MapStack, b: MapStack])[],
): CodedPictures | undefined {
  const [, height, width] = shown[0]?.[0].shape ?? [0, 0, 0];
  if (height * width * shown.length < PAIRS) return undefined;
  const coded: (readonly [CodedStack, CodedStack])[] = [];
  for (const [a, b] of shown) {
    if (a.kind !== 'codes' || b.kind !== 'codes' || a.marks !== undefined || b.marks !== undefined)
      return undefined;
    coded.push([a, b]);
  }
  const [[firstA, firstB]] = coded as [readonly [CodedStack, CodedStack]];
  const isSame = (one: CodedStack, other: CodedStack) =>
    one.lo.every((lo, at) => lo === other.lo[at]) && one.hi.every((hi, at) => hi === other.hi[at]);
  return coded.every(([a, b]) => isSame(a, firstA) && isSame(b, firstB)) ? coded : undefined;
}

/** The pairs of codes of one channel after the other. What it holds is valid until `read` is called again. */
export class CodePairs {
  /** How many there are, without those that are at no place. */
  length = 0;
  /** The pair, A's code · 256 + B's, and its values before ReLU. */
  readonly keys = new Uint16Array(PAIRS);
  readonly valuesA = new Float64Array(PAIRS);
  readonly valuesB = new Float64Array(PAIRS);
  /** At how many places it is. */
  readonly counts = new Uint32Array(PAIRS);
  readonly #found = new Uint32Array(PAIRS);

  read(pictures: CodedPictures, channel: number): void {
    const found = this.#found.fill(0);
    for (const [{ codes: codesA, shape }, { codes: codesB }] of pictures) {
      const size = shape[1] * shape[2];
      for (let place = channel * size, end = place + size; place < end; place++)
        found[(codesA[place]! << 8) | codesB[place]!]!++;
    }
    const [a, b] = pictures[0]!;
    const [ofA, ofB] = [valuesOfCodes(a, channel), valuesOfCodes(b, channel)];
    this.length = 0;
    for (let key = 0; key < PAIRS; key++) {
      const count = found[key]!;
      if (count === 0) continue;
      const at = this.length++;
      this.keys[at] = key;
      this.valuesA[at] = ofA[key >> 8]!;
      this.valuesB[at] = ofB[key & 255]!;
      this.counts[at] = count;
    }
  }
}

function valuesOfCodes({ lo, hi }: CodedStack, channel: number): Float64Array {
  return Float64Array.from({ length: 256 }, (_, code) => dequantise(code, lo[channel]!, hi[channel]!));
}
