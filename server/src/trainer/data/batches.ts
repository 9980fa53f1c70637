import type { Tensor4D, Tf } from '../../tfjs/tf.js';
import { type Random, shuffle } from '../random.js';
import type { PictureSet, TrainingData } from './training-data.js';

/** Zeros (after normalising: the mean colour) around a picture before the random crop, in pixels. */
const CROP_PADDING = 4;

/** Converts pictures to normalised floats, [picture, y, x, channel], in one array that every batch reuses. */
export interface BatchAssembler {
  /** Writes the pictures `indices` one after another; with `augment`, randomly cropped (padding 4) and mirrored. */
  assemble(set: PictureSet, indices: ArrayLike<number>, augment?: Random): Float32Array;
}

/** (v / 255 − mean) / std per channel. `assemble` overwrites the array that its last call returned. */
export function createAssembler(data: Pick<TrainingData, 'mean' | 'std'>, side: number): BatchAssembler {
  const tables = [0, 1, 2].map((channel) =>
    Float32Array.from(
      { length: 256 },
      (_, value) => (value / 255 - data.mean[channel]!) / data.std[channel]!,
    ),
  );
  const size = 3 * side * side;
  let buffer = new Float32Array(0);
  return {
    assemble(set, indices, augment) {
      if (buffer.length < indices.length * size) buffer = new Float32Array(indices.length * size);
      for (let i = 0; i < indices.length; i++) {
        const picture = set.planes[indices[i]!]!;
        const dy = augment === undefined ? 0 : augment.integer(2 * CROP_PADDING + 1) - CROP_PADDING;
        const dx = augment === undefined ? 0 : augment.integer(2 * CROP_PADDING + 1) - CROP_PADDING;
        const mirror = augment !== undefined && augment.uniform() < 0.5;
        place(buffer, i * size, picture, side, tables, dy, dx, mirror);
      }
      return buffer.subarray(0, indices.length * size);
    },
  };
}

function place(
  out: Float32Array,
  start: number,
  picture: Uint8Array,
  side: number,
  tables: readonly Float32Array[],
  dy: number,
  dx: number,
  mirror: boolean,
): void {
  const [red, green, blue] = tables as [Float32Array, Float32Array, Float32Array];
  const plane = side * side;
  let to = start;
  for (let y = 0; y < side; y++) {
    const sy = y + dy;
    for (let x = 0; x < side; x++, to += 3) {
      const sx = mirror ? side - 1 - x + dx : x + dx;
      if (sy < 0 || sy >= side || sx < 0 || sx >= side) {
        out[to] = out[to + 1] = out[to + 2] = 0;
        continue;
      }
      const at = sy * side + sx;
      out[to] = red[picture[at]!]!;
      out[to + 1] = green[picture[plane + at]!]!;
      out[to + 2] = blue[picture[2 * plane + at]!]!;
    }
  }
}

/**
 * Chooses the pictures of each batch. Every epoch has a new order and only whole batches, which leaves out different
 * pictures each time, unless the set is smaller than one batch.
 */
export function createEpochs(
  pictures: number,
  batch: number,
  random: Random,
): { stepsPerEpoch: number; next(): Uint32Array } {
  const order = Uint32Array.from({ length: pictures }, (_, index) => index);
  const size = Math.min(batch, pictures);
  const stepsPerEpoch = Math.floor(pictures / size);
  let step = 0;
  return {
    stepsPerEpoch,
    next() {
      if (step % stepsPerEpoch === 0) shuffle(order, random);
      const at = (step++ % stepsPerEpoch) * size;
      return order.subarray(at, at + size);
    },
  };
}

/** The pictures `indices` as a normalised tensor [N, H, W, 3]. */
export function pictureTensor(
  tf: Tf,
  assembler: BatchAssembler,
  set: PictureSet,
  indices: ArrayLike<number>,
  augment?: Random,
): Tensor4D {
  const values = assembler.assemble(set, indices, augment);
  // wasm copies the array at once. Other backends keep the array itself, at least until the tensor is first used.
  const own = tf.getBackend() === 'wasm' ? values : values.slice();
  return tf.tensor(own, [indices.length, set.side, set.side, 3]) as Tensor4D;
}
