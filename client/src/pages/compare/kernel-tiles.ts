/** The kernels of a layer as maps: one tile for each output channel, which holds the kernels of its input channels. */
import type { MapShape } from '@convscope/shared/run-description.js';
import type { DecodedTensor } from '../../decode/decoded.js';
import { type ValueStack, valueStack } from '../../drawing/map-stack.js';

export interface KernelTiles {
  readonly stack: ValueStack;
  /** Kernels in one row of a tile. */
  readonly columns: number;
  /** [height, width] of one kernel. */
  readonly kernel: readonly [number, number];
}

/** A weight: input channel within its group, and place in the kernel. */
export interface KernelPlace {
  readonly input: number;
  readonly ky: number;
  readonly kx: number;
}

const made = new WeakMap<DecodedTensor, KernelTiles>();

/** Undefined for a tensor that holds no kernels [out, in, height, width]. Made once for each tensor. */
export function kernelTiles(weight: DecodedTensor): KernelTiles | undefined {
  const [out = 0, inputs = 0, height = 0, width = 0] = weight.shape;
  if (weight.shape.length !== 4 || weight.values.length === 0) return undefined;
  let tiles = made.get(weight);
  if (tiles === undefined) {
    tiles = tilesOf(weight.values, out, inputs, height, width);
    made.set(weight, tiles);
  }
  return tiles;
}

function tilesOf(
  values: Float32Array | Float64Array,
  out: number,
  inputs: number,
  height: number,
  width: number,
): KernelTiles {
  const columns = columnsFor(inputs, height, width);
  const shape: MapShape = [out, (inputs / columns) * height, columns * width];
  const placed = new Float32Array(values.length);
  const [, , wide] = shape;
  const size = inputs * height * width;
  let from = 0;
  for (let channel = 0; channel < out; channel++) {
    for (let input = 0; input < inputs; input++) {
      const top = Math.floor(input / columns) * height;
      const left = (input % columns) * width;
      for (let ky = 0; ky < height; ky++) {
        const at = channel * size + (top + ky) * wide + left;
        for (let kx = 0; kx < width; kx++) placed[at + kx] = values[from++]!;
      }
    }
  }
  return { stack: valueStack(placed, shape), columns, kernel: [height, width] };
}

/** The divisor of the number of inputs at which the tile is nearest to a square: no place of a tile is left empty. */
function columnsFor(inputs: number, height: number, width: number): number {
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let columns = 1; columns <= inputs; columns++) {
    if (inputs % columns !== 0) continue;
    const ratio = Math.abs(Math.log((columns * width) / ((inputs / columns) * height)));
    // Of two that are as near, the taller one, whatever rounding says.
    if (ratio < least - 1e-9) {
      least = ratio;
      best = columns;
    }
  }
  return best;
}

export function kernelPlaceAt(
  { columns, kernel: [height, width] }: Pick<KernelTiles, 'columns' | 'kernel'>,
  y: number,
  x: number,
): KernelPlace {
  return {
    input: Math.floor(y / height) * columns + Math.floor(x / width),
    ky: y % height,
    kx: x % width,
  };
}
