import {
  type ConvTranspose2dOptions,
  type ConvTranspose2dPlan,
  planConvTranspose2d,
} from '@convscope/shared/convolution/conv-transpose2d.js';
import { spread } from '../tfjs/spread.js';
import type { Tensor, Tensor1D, Tensor4D, Tf } from '../tfjs/tf.js';
import { addBias } from './add-bias.js';
import { emptyResult } from './convolve-nhwc.js';
import { denseConv } from './dense-conv.js';
import { NO_SIDES } from './geometry.js';

/**
 * PyTorch's `F.conv_transpose2d` on tfjs tensors, with gradients for input, weight and bias on every backend. It is the
 * convolution of the input, with stride − 1 zeros between its pixels, with the flipped kernel.
 * @param tf the tfjs whose backend holds the tensors
 * @param input [N, C_in, H, W] or [C_in, H, W]
 * @param weight [C_in, C_out/groups, kH, kW]
 * @param bias [C_out]
 * @returns [N, C_out, H_out, W_out] or [C_out, H_out, W_out], float32
 * @throws ConvolutionRefusal with PyTorch's message where PyTorch raises, before anything is computed
 */
export function convTranspose2d(
  tf: Tf,
  input: Tensor,
  weight: Tensor,
  bias?: Tensor,
  options: ConvTranspose2dOptions = {},
): Tensor {
  const plan = planConvTranspose2d(input.shape, weight.shape, bias?.shape, options);
  return tf.tidy(() => {
    const input4d = plan.batched ? float(tf, input) : tf.expandDims(float(tf, input), 0);
    const weight4d = float(tf, weight) as Tensor4D;
    const bias1d = bias && (float(tf, bias) as Tensor1D);
    if (plan.batch === 0 || plan.outChannels === 0) {
      return emptyResult(tf, [input4d, weight4d, ...(bias1d ? [bias1d] : [])], plan.outputShape);
    }
    const x = tf.transpose(input4d, [0, 2, 3, 1]) as Tensor4D;
    const product = transposed(tf, x, weight4d, plan);
    const y = bias1d ? addBias(tf, product, bias1d) : product;
    const output = tf.transpose(y, [0, 3, 1, 2]);
    return plan.batched ? output : tf.squeeze(output, [0]);
  });
}

function float(tf: Tf, tensor: Tensor): Tensor {
  return tensor.dtype === 'float32' ? tensor : tf.cast(tensor, 'float32');
}

function transposed(tf: Tf, x: Tensor4D, weight: Tensor4D, plan: ConvTranspose2dPlan): Tensor4D {
  const { groups, stride, dilation } = plan;
  const padded = pad(tf, spread(tf, x, stride), plan);
  const [pictures, weights] =
    groups === 1
      ? [[padded], [weight]]
      : [tf.split(padded, groups, 3) as Tensor4D[], tf.split(weight, groups, 0) as Tensor4D[]];
  const geometry = { stride: [1, 1], dilation, sides: NO_SIDES } as const;
  const maps = pictures.map((picture, group) => {
    // [in, out, kH, kW] → [kH, kW, in, out], flipped
    const filter = tf.reverse(tf.transpose(weights[group]!, [2, 3, 0, 1]), [0, 1]) as Tensor4D;
    return denseConv(tf, picture, filter, undefined, geometry);
  });
  return maps.length === 1 ? maps[0]! : tf.concat(maps, 3);
}

/**
 * Pads so that the output has its size, and crops where PyTorch's padding is larger than the kernel. Zeros are added
 * first: what is cropped on one side may be more than the input has.
 */
function pad(
  tf: Tf,
  x: Tensor4D,
  { kernel, padding, outputPadding, dilation }: ConvTranspose2dPlan,
): Tensor4D {
  const [before, after] = [0, 1].map((end) =>
    ([0, 1] as const).map(
      (axis) => dilation[axis] * (kernel[axis] - 1) - padding[axis] + (end === 1 ? outputPadding[axis] : 0),
    ),
  ) as [[number, number], [number, number]];
  const add = (size: number) => Math.max(0, size);
  const cut = (size: number) => Math.max(0, -size);
  let result = x;
  if (Math.max(...before, ...after) > 0) {
    result = tf.pad(x, [
      [0, 0],
      [add(before[0]), add(after[0])],
      [add(before[1]), add(after[1])],
      [0, 0],
    ]);
  }
  if (Math.min(...before, ...after) >= 0) return result;
  const [pictures, height, width, channels] = result.shape;
  return tf.slice(
    result,
    [0, cut(before[0]), cut(before[1]), 0],
    [pictures, height - cut(before[0]) - cut(after[0]), width - cut(before[1]) - cut(after[1]), channels],
  );
}
