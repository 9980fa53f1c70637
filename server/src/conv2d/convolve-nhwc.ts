import type { Conv2dPlan } from '@convscope/shared/convolution/check-functional.js';
import type { Tensor, Tensor1D, Tensor4D, Tf } from '../tfjs/tf.js';
import { addBias } from './add-bias.js';
import { denseConv } from './dense-conv.js';
import { depthwiseConv } from './depthwise-conv.js';
import { type Geometry, NO_SIDES } from './geometry.js';
import { padByMode } from './padding-modes.js';

interface Grouping {
  readonly groups: number;
  readonly inChannels: number;
}

/** Whether each of several channels is a group of its own: tfjs has separate kernels for that. */
function isDepthwise({ groups, inChannels }: Grouping): boolean {
  return groups > 1 && groups === inChannels;
}

/**
 * The shape of a weight in the layout of tfjs's kernels: [kH, kW, in/groups, out], or [kH, kW, in, multiplier] for a
 * depthwise convolution.
 * @param weightShape PyTorch's: [out, in/groups, kH, kW]
 */
export function filterShape(weightShape: readonly number[], grouping: Grouping): number[] {
  const [out, inGroup, ...kernel] = weightShape as [number, number, ...number[]];
  return isDepthwise(grouping)
    ? [...kernel, grouping.groups, out / grouping.groups]
    : [...kernel, inGroup, out];
}

/** Converts a weight from PyTorch's layout to that of the kernels. Differentiable. */
export function filterOfWeight(tf: Tf, weight: Tensor4D, grouping: Grouping): Tensor4D {
  if (!isDepthwise(grouping)) return tf.transpose(weight, [2, 3, 1, 0]);
  const [out, , kernelHeight, kernelWidth] = weight.shape;
  const byGroup = tf.reshape(weight, [grouping.groups, out / grouping.groups, kernelHeight, kernelWidth]);
  return tf.transpose(byGroup, [2, 3, 0, 1]) as Tensor4D;
}

/** Converts a filter back to PyTorch's layout, [out, in/groups, kH, kW]. */
export function weightOfFilter(tf: Tf, filter: Tensor4D, grouping: Grouping): Tensor4D {
  if (!isDepthwise(grouping)) return tf.transpose(filter, [3, 2, 0, 1]);
  const [kernelHeight, kernelWidth, channels, multiplier] = filter.shape;
  const byGroup = tf.transpose(filter, [2, 3, 0, 1]);
  return tf.reshape(byGroup, [channels * multiplier, 1, kernelHeight, kernelWidth]);
}

/**
 * Computes a planned convolution on NHWC pictures. Differentiable in `x`, `filter` and `bias`.
 * @param x [N, H, W, C_in]; neither N nor C_in may be 0
 * @param filter of `filterShape`
 * @param bias [C_out]
 * @returns [N, H_out, W_out, C_out]
 */
export function convolveNhwc(
  tf: Tf,
  x: Tensor4D,
  filter: Tensor4D,
  bias: Tensor1D | undefined,
  plan: Conv2dPlan,
): Tensor4D {
  const { stride, dilation, groups } = plan;
  const padded = plan.paddingMode === 'zeros' ? x : padByMode(tf, x, plan.padding, plan.paddingMode);
  const geometry: Geometry = {
    stride,
    dilation,
    sides: plan.paddingMode === 'zeros' ? plan.padding : NO_SIDES,
  };
  if (groups === 1) return denseConv(tf, padded, filter, bias, geometry);
  const product = isDepthwise(plan)
    ? depthwiseConv(tf, padded, filter, geometry)
    : groupedConv(tf, padded, filter, groups, geometry);
  return bias ? addBias(tf, product, bias) : product;
}

/** Whether there is nothing to convolve. PyTorch then returns an empty tensor, whatever the kernel. */
export function isEmpty(plan: Conv2dPlan): boolean {
  return plan.batch === 0 || plan.inChannels === 0;
}

/** Convolves each group separately. @param filter [kH, kW, C_in/groups, C_out] */
function groupedConv(tf: Tf, x: Tensor4D, filter: Tensor4D, groups: number, geometry: Geometry): Tensor4D {
  const pictures = tf.split(x, groups, 3) as Tensor4D[];
  const filters = tf.split(filter, groups, 3) as Tensor4D[];
  return tf.concat(
    pictures.map((picture, group) => denseConv(tf, picture, filters[group]!, undefined, geometry)),
    3,
  );
}

/**
 * PyTorch's result for no pictures or no channels: an empty tensor, with zero gradients for the inputs.
 * @param shape the shape of the output
 */
export function emptyResult(tf: Tf, inputs: readonly Tensor[], shape: readonly number[]): Tensor {
  const operation = tf.customGrad(() => ({
    value: tf.zeros([...shape]),
    gradFunc: () => inputs.map((input) => tf.zeros(input.shape)),
  }));
  return operation(...inputs);
}
