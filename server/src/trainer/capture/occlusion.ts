/** The net's probabilities for a picture of which a patch is covered, patch by patch (Zeiler and Fergus 2014, section 4.2). */
import type { OcclusionGrid } from '@convscope/shared/unit-records.js';
import type { Tensor2D, Tensor4D, Tf } from '../../tfjs/tf.js';
import { forward, type Network } from '../net/network.js';
import { requireFinite } from './finite-scores.js';

/** Pictures of one forward pass. */
const MOST_AT_ONCE = 32;

export interface Occlusion {
  /** Covers patches for about so many milliseconds, at least one. @returns whether all are done */
  work(milliseconds: number): Promise<boolean>;
  /** Of each class for the whole picture. */
  base(): Float32Array;
  /** [class, row, column], of the patches that are done. */
  probabilities(): Float32Array;
  /** Milliseconds that all work has taken. */
  milliseconds(): number;
}

/**
 * @param network must not change until all is done
 * @param picture normalised, [y, x, channel]; a covered patch is 0, which is the mean colour of the training set
 */
export function createOcclusion(
  tf: Tf,
  network: Network,
  picture: Float32Array,
  side: number,
  { rows, patch, stride, offset }: OcclusionGrid,
): Occlusion {
  const patches = rows * rows;
  /** The whole picture is −1. */
  let next = -1;
  let base = new Float32Array(0);
  let probabilities = new Float32Array(0);
  let perPicture: number | undefined;
  let spent = 0;

  async function cover(from: number, count: number): Promise<Float32Array> {
    const values = new Float32Array(count * picture.length);
    for (let i = 0; i < count; i++) {
      const start = i * picture.length;
      values.set(picture, start);
      if (from + i < 0) continue;
      const top = offset + Math.floor((from + i) / rows) * stride;
      const left = offset + ((from + i) % rows) * stride;
      for (let y = top; y < top + patch; y++) {
        const at = start + 3 * (y * side + left);
        values.fill(0, at, at + 3 * patch);
      }
    }
    const result = tf.tidy(() => {
      const pictures = tf.tensor(values, [count, side, side, 3]) as Tensor4D;
      return tf.softmax(forward(tf, network, pictures));
    }) as Tensor2D;
    try {
      return (await result.data()) as Float32Array;
    } finally {
      result.dispose();
    }
  }

  return {
    async work(milliseconds) {
      const started = performance.now();
      do {
        const before = performance.now();
        const affordable = perPicture === undefined ? 4 : Math.floor(milliseconds / perPicture);
        const count = Math.min(patches - next, Math.max(1, Math.min(MOST_AT_ONCE, affordable)));
        const found = await cover(next, count);
        const classes = found.length / count;
        if (base.length === 0) {
          base = found.slice(0, classes);
          requireFinite(base);
          probabilities = new Float32Array(classes * patches);
        }
        for (let i = 0; i < count; i++) {
          if (next + i < 0) continue;
          for (let one = 0; one < classes; one++)
            probabilities[one * patches + next + i] = found[i * classes + one]!;
        }
        next += count;
        const one = (performance.now() - before) / count;
        // The first pass runs code that is not compiled yet.
        perPicture = perPicture === undefined ? one : Math.min(perPicture, one);
      } while (next < patches && performance.now() - started < milliseconds);
      spent += performance.now() - started;
      return next >= patches;
    },
    base: () => base,
    probabilities: () => probabilities,
    milliseconds: () => spent,
  };
}
