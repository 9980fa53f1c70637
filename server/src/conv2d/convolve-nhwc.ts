import type { Conv2dPlan } from '@convscope/shared/convolution/check-functional.js';
import type { Tensor, Tensor1D, Tensor4D, Tf } from '../tfjs/tf.js';
import { denseConv } from './dense-conv.js';
import { depthwiseConv } from './depthwise-conv.js';
import type { Geometry } from './geometry.js';
import { padByMode } from './padding-modes.js';

const NO_SIDES = { top: 0, bottom: 0, left: 0, right: 0 };

/**
 * A planned convolution on NHWC pictures with a weight in PyTorch's layout. Differentiable in all three.
 * @param x [N, H, W, C_in]
 * @param weight [C_out, C_in/groups, kH, kW]
 * @param bias [C_out]
 * @returns [N, H_out, W_out, C_out]
 */
export function convolveNhwc(
  tf: Tf,
  x: Tensor4D,
  weight: Tensor4D,
  bias: Tensor1D | undefined,
  plan: Conv2dPlan,
): Tensor4D {
  if (plan.batch === 0 || plan.inChannels === 0) return emptyResult(tf, x, weight, bias, plan);
  const { stride, dilation, groups, inChannels, outChannels, kernel } = plan;
  const padded = plan.paddingMode === 'zeros' ? x : padByMode(tf, x, plan.padding, plan.paddingMode);
  const geometry: Geometry = {
    stride,
    dilation,
    sides: plan.paddingMode === 'zeros' ? plan.padding : NO_SIDES,
  };
  if (groups === 1) return denseConv(tf, padded, tf.transpose(weight, [2, 3, 1, 0]), bias, geometry);
  const product =
    groups === inChannels
      ? depthwiseConv(
          tf,
          padded,
          tf.transpose(
            tf.reshape(weight, [groups, outChannels / groups, ...kernel]),
            [2, 3, 0, 1],
          ) as Tensor4D,
          geometry,
        )
      : groupedConv(tf, padded, tf.transpose(weight, [2, 3, 1, 0]), groups, geometry);
  return bias ? tf.add(product, bias) : product;
}

/** Each group by itself. @param filter [kH, kW, C_in/groups, C_out] */
function groupedConv(tf: Tf, x: Tensor4D, filter: Tensor4D, groups: number, geometry: Geometry): Tensor4D {
  const pictures = tf.split(x, groups, 3) as Tensor4D[];
  const filters = tf.split(filter, groups, 3) as Tensor4D[];
  return tf.concat(
    pictures.map((picture, group) => denseConv(tf, picture, filters[group]!, undefined, geometry)),
    3,
  );
}

/** PyTorch's answer to no pictures or no channels: nothing, connected to the inputs by gradients of zero. */
function emptyResult(
  tf: Tf,
  x: Tensor4D,
  weight: Tensor4D,
  bias: Tensor1D | undefined,
  plan: Conv2dPlan,
): Tensor4D {
  const inputs: Tensor[] = bias ? [x, weight, bias] : [x, weight];
  const shape = [plan.batch, plan.outHeight, plan.outWidth, plan.inChannels === 0 ? 0 : plan.outChannels];
  const operation = tf.customGrad(() => ({
    value: tf.zeros(shape),
    gradFunc: () => inputs.map((input) => tf.zeros(input.shape)),
  }));
  return operation(...inputs) as Tensor4D;
}
