import type { PaddingMode, Sides } from '@convscope/shared/convolution/parameters.js';
import type { Tensor, Tensor4D, Tf } from '../tfjs/tf.js';
import { padOrCrop } from './geometry.js';

/**
 * Pads an NHWC tensor like `nn.Conv2d`'s padding modes; negative sides crop. It uses slices, because mirrorPad has no
 * gradient on some backends.
 */
export function padByMode(tf: Tf, x: Tensor4D, sides: Sides, mode: PaddingMode): Tensor4D {
  if (mode === 'zeros') return padOrCrop(tf, x, sides);
  const { top, bottom, left, right } = sides;
  const crop = (side: number) => Math.min(0, side);
  const cropped = padOrCrop(tf, x, {
    top: crop(top),
    bottom: crop(bottom),
    left: crop(left),
    right: crop(right),
  });
  return padAxis(tf, padAxis(tf, cropped, 1, top, bottom, mode), 2, left, right, mode);
}

function padAxis(
  tf: Tf,
  x: Tensor4D,
  axis: 1 | 2,
  before: number,
  after: number,
  mode: Exclude<PaddingMode, 'zeros'>,
): Tensor4D {
  const size = x.shape[axis];
  const parts: Tensor4D[] = [x];
  const cut = (start: number, length: number): Tensor4D => {
    const begin: [number, number, number, number] = [0, 0, 0, 0];
    const extent: [number, number, number, number] = [...x.shape];
    begin[axis] = start;
    extent[axis] = length;
    return tf.slice(x, begin, extent);
  };
  const repeat = (edge: Tensor4D, times: number): Tensor4D =>
    tf.concat(new Array<Tensor4D>(times).fill(edge), axis);
  const mirrored = (part: Tensor): Tensor4D => tf.reverse(part as Tensor4D, [axis]);
  if (before > 0) {
    if (mode === 'reflect') parts.unshift(mirrored(cut(1, before)));
    else if (mode === 'replicate') parts.unshift(repeat(cut(0, 1), before));
    else parts.unshift(cut(size - before, before));
  }
  if (after > 0) {
    if (mode === 'reflect') parts.push(mirrored(cut(size - 1 - after, after)));
    else if (mode === 'replicate') parts.push(repeat(cut(size - 1, 1), after));
    else parts.push(cut(0, after));
  }
  return parts.length === 1 ? x : tf.concat(parts, axis);
}
