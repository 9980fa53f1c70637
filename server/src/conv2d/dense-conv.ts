/**
 * Convolution of NHWC tensors without groups. Unlike tf.conv2d it allows a stride together with a dilation, and has
 * gradients for both. The gradients are convolutions themselves:
 *   dW[ky, kx, i, o] = Σ_{n, y, x} X[n, y·s + ky·d − p, x·s + kx·d − p, i] · dY[n, y, x, o]
 *     = X with channels as pictures, filtered by dY with pictures as channels; stride d, dilation s
 *   dX = dY with s − 1 zeros between its pixels, filtered by the flipped kernel; stride 1, dilation d
 */

import { everyNth, mustTakeEveryNth } from '../tfjs/every-nth.js';
import { spread } from '../tfjs/spread.js';
import type { Tensor, Tensor1D, Tensor4D, Tf } from '../tfjs/tf.js';
import { addBias } from './add-bias.js';
import { forKernel, type Geometry, inputGradientSides, NO_SIDES, padOrCrop } from './geometry.js';

/**
 * @param x [N, H, W, I]
 * @param filter [kH, kW, I, O]
 * @param bias [O]
 * @returns [N, H_out, W_out, O]
 */
export function denseConv(
  tf: Tf,
  x: Tensor4D,
  filter: Tensor4D,
  bias: Tensor1D | undefined,
  geometry: Geometry,
): Tensor4D {
  const gradientWanted = tf.engine().state.gradientDepth > 0;
  if (bias && !gradientWanted) return runKernel(tf, { x, filter, bias }, geometry);
  const dilated = geometry.dilation[0] > 1 || geometry.dilation[1] > 1;
  const product =
    dilated && gradientWanted ? dilatedConv(tf, x, filter, geometry) : runKernel(tf, { x, filter }, geometry);
  return bias ? addBias(tf, product, bias) : product;
}

/** Runs the backend's kernel directly, because tf.conv2d refuses a dilation together with a stride. */
function runKernel(
  tf: Tf,
  inputs: { readonly x: Tensor4D; readonly filter: Tensor4D; readonly bias?: Tensor1D },
  geometry: Geometry,
): Tensor4D {
  const [kernelHeight, kernelWidth] = inputs.filter.shape;
  if (mustTakeEveryNth(tf, [kernelHeight, kernelWidth], geometry.stride)) {
    const x = everyNth(tf, padOrCrop(tf, inputs.x, geometry.sides), geometry.stride);
    return runKernel(tf, { ...inputs, x }, { stride: [1, 1], dilation: [1, 1], sides: NO_SIDES });
  }
  const { x, pad } = forKernel(tf, inputs.x, [kernelHeight, kernelWidth], geometry);
  const attributes = {
    strides: [...geometry.stride],
    pad,
    dataFormat: 'NHWC',
    dilations: [...geometry.dilation],
    dimRoundingMode: 'floor',
  };
  if (inputs.bias) {
    return tf.engine().runKernel('FusedConv2D', { ...inputs, x }, { ...attributes, activation: 'linear' });
  }
  return tf.engine().runKernel('Conv2D', { ...inputs, x }, attributes);
}

function dilatedConv(tf: Tf, x: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  const operation = tf.customGrad((...args) => {
    const [x, filter, save] = args as unknown as [Tensor4D, Tensor4D, (tensors: Tensor[]) => void];
    save([x, filter]);
    return {
      value: runKernel(tf, { x, filter }, geometry),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, filter] = saved as [Tensor4D, Tensor4D];
        return [
          inputGradient(tf, dy as Tensor4D, x, filter, geometry),
          filterGradient(tf, dy as Tensor4D, x, filter, geometry),
        ];
      },
    };
  });
  return operation(x, filter) as Tensor4D;
}

function inputGradient(tf: Tf, dy: Tensor4D, x: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  const [, height, width] = x.shape;
  const [kernelHeight, kernelWidth] = filter.shape;
  const apart = spread(tf, dy, geometry.stride);
  const flipped = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
  const sides = inputGradientSides(
    [height, width],
    [apart.shape[1], apart.shape[2]],
    [kernelHeight, kernelWidth],
    geometry,
  );
  return runKernel(tf, { x: apart, filter: flipped }, { stride: [1, 1], dilation: geometry.dilation, sides });
}

function filterGradient(tf: Tf, dy: Tensor4D, x: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  const { stride, dilation, sides } = geometry;
  const [, height, width] = x.shape;
  const [, outHeight, outWidth] = dy.shape;
  const [kernelHeight, kernelWidth] = filter.shape;
  const pictures = tf.transpose(x, [3, 1, 2, 0]); // [I, H, W, N]
  const filters = tf.transpose(dy, [1, 2, 0, 3]); // [H_out, W_out, N, O]
  // `bottom` and `right` make the result have the kernel's size; they crop rows and columns that no window covers.
  const bottom = (outHeight - 1) * stride[0] + (kernelHeight - 1) * dilation[0] + 1 - height - sides.top;
  const right = (outWidth - 1) * stride[1] + (kernelWidth - 1) * dilation[1] + 1 - width - sides.left;
  const gradient = runKernel(
    tf,
    { x: pictures, filter: filters },
    {
      stride: dilation,
      dilation: stride,
      sides: { top: sides.top, bottom, left: sides.left, right },
    },
  ); // [I, kH, kW, O]
  return tf.transpose(gradient, [1, 2, 0, 3]);
}
