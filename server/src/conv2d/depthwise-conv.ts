/**
 * Convolution of NHWC tensors where every input channel has its own filters (groups = channels), with gradients also on
 * backends that lack them.
 */

import { spread } from '../tfjs/spread.js';
import type { Tensor, Tensor4D, Tf } from '../tfjs/tf.js';
import { forKernel, type Geometry, inputGradientSides, padOrCrop } from './geometry.js';

/**
 * @param x [N, H, W, C]
 * @param filter [kH, kW, C, M], for M outputs per channel
 * @returns [N, H_out, W_out, C·M], channel c·M + m
 */
export function depthwiseConv(tf: Tf, x: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  if (tf.engine().state.gradientDepth === 0) return forward(tf, x, filter, geometry);
  const operation = tf.customGrad((...args) => {
    const [x, filter, save] = args as unknown as [Tensor4D, Tensor4D, (tensors: Tensor[]) => void];
    save([x, filter]);
    return {
      value: forward(tf, x, filter, geometry),
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

/** Whether the backend's kernel supports the geometry. TensorFlow's takes one stride and ignores dilation. */
function kernelCan(tf: Tf, { stride, dilation }: Geometry): boolean {
  if (tf.getBackend() !== 'tensorflow') return true;
  return stride[0] === stride[1] && dilation[0] === 1 && dilation[1] === 1;
}

function forward(tf: Tf, x: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  const [kernelHeight, kernelWidth] = filter.shape;
  if (!kernelCan(tf, geometry)) return tapByTap(tf, x, filter, geometry);
  const { x: given, pad } = forKernel(tf, x, [kernelHeight, kernelWidth], geometry);
  return tf
    .engine()
    .runKernel(
      'DepthwiseConv2dNative',
      { x: given, filter },
      { strides: [...geometry.stride], pad, dilations: [...geometry.dilation], dimRoundingMode: 'floor' },
    );
}

/** Returns a function that gives the pixels under kernel tap (ky, kx), as a tensor [N, H_out, W_out, C]. */
function windowsOf(
  tf: Tf,
  x: Tensor4D,
  kernel: readonly [number, number],
  { stride, dilation, sides }: Geometry,
) {
  const padded = padOrCrop(tf, x, sides);
  const [pictures, height, width, channels] = padded.shape;
  const rows = Math.floor((height - dilation[0] * (kernel[0] - 1) - 1) / stride[0]);
  const columns = Math.floor((width - dilation[1] * (kernel[1] - 1) - 1) / stride[1]);
  return (ky: number, kx: number): Tensor4D => {
    const begin: [number, number, number, number] = [0, ky * dilation[0], kx * dilation[1], 0];
    const size: [number, number, number, number] = [
      pictures,
      rows * stride[0] + 1,
      columns * stride[1] + 1,
      channels,
    ];
    if (stride[0] === 1 && stride[1] === 1) return tf.slice(padded, begin, size);
    const end = begin.map((start, axis) => start + size[axis]!);
    return tf.stridedSlice(padded, begin, end, [1, stride[0], stride[1], 1]) as Tensor4D;
  };
}

/** The convolution by its definition, one pass per kernel tap. */
function tapByTap(tf: Tf, x: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  const [kernelHeight, kernelWidth, channels, multiplier] = filter.shape;
  const windowAt = windowsOf(tf, x, [kernelHeight, kernelWidth], geometry);
  let sum: Tensor | undefined;
  for (let ky = 0; ky < kernelHeight; ky++) {
    for (let kx = 0; kx < kernelWidth; kx++) {
      const window = windowAt(ky, kx);
      const taps = tf.reshape(tf.slice(filter, [ky, kx, 0, 0], [1, 1, channels, multiplier]), [
        channels,
        multiplier,
      ]);
      const product = tf.mul(tf.expandDims(window, 4), taps); // [N, H_out, W_out, C, M]
      sum = sum === undefined ? product : tf.add(sum, product);
    }
  }
  const [pictures, height, width] = sum!.shape as [number, number, number];
  return tf.reshape(sum!, [pictures, height, width, channels * multiplier]);
}

function hasKernel(tf: Tf, name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

function inputGradient(tf: Tf, dy: Tensor4D, x: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  const [pictures, height, width] = x.shape;
  const [kernelHeight, kernelWidth, channels, multiplier] = filter.shape;
  const name = 'DepthwiseConv2dNativeBackpropInput';
  const { sides, stride, dilation } = geometry;
  const crops = Math.min(sides.top, sides.bottom, sides.left, sides.right) < 0;
  if (hasKernel(tf, name) && kernelCan(tf, geometry) && dilation[0] === 1 && dilation[1] === 1 && !crops) {
    const { x: given, pad } = forKernel(tf, x, [kernelHeight, kernelWidth], geometry);
    const gradient: Tensor4D = tf.engine().runKernel(
      name,
      { dy, filter },
      {
        strides: [...stride],
        pad,
        dilations: [1, 1],
        dimRoundingMode: 'floor',
        inputShape: [...given.shape],
      },
    );
    // If the kernel cannot pad, the input was padded for it: drop the gradient of the padding.
    return given === x
      ? gradient
      : tf.slice(gradient, [0, sides.top, sides.left, 0], [pictures, height, width, channels]);
  }
  const apart = spread(tf, dy, stride);
  // Convolve each of the C·M output channels with its own flipped filter, then sum the M of each channel.
  const flipped = tf.reshape(tf.reverse(filter, [0, 1]), [
    kernelHeight,
    kernelWidth,
    channels * multiplier,
    1,
  ]) as Tensor4D;
  const around = inputGradientSides(
    [height, width],
    [apart.shape[1], apart.shape[2]],
    [kernelHeight, kernelWidth],
    geometry,
  );
  const each = forward(tf, apart, flipped, { stride: [1, 1], dilation, sides: around });
  return multiplier === 1
    ? each
    : tf.sum(tf.reshape(each, [pictures, height, width, channels, multiplier]), 4);
}

function filterGradient(tf: Tf, dy: Tensor4D, x: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  const [kernelHeight, kernelWidth, channels, multiplier] = filter.shape;
  const { dilation, stride } = geometry;
  const name = 'DepthwiseConv2dNativeBackpropFilter';
  if (hasKernel(tf, name) && kernelCan(tf, geometry) && dilation[0] === 1 && dilation[1] === 1) {
    const { x: given, pad } = forKernel(tf, x, [kernelHeight, kernelWidth], geometry);
    return tf.engine().runKernel(
      name,
      { x: given, dy },
      {
        strides: [...stride],
        pad,
        dilations: [1, 1],
        dimRoundingMode: 'floor',
        filterShape: [...filter.shape],
      },
    );
  }
  if (tf.getBackend() !== 'tensorflow') return filterGradientLoop(tf, dy, x, filter, geometry);
  const windowAt = windowsOf(tf, x, [kernelHeight, kernelWidth], geometry);
  const [pictures, outHeight, outWidth] = dy.shape;
  const byChannel =
    multiplier === 1 ? dy : tf.reshape(dy, [pictures, outHeight, outWidth, channels, multiplier]);
  const taps: Tensor[] = [];
  for (let ky = 0; ky < kernelHeight; ky++) {
    for (let kx = 0; kx < kernelWidth; kx++) {
      const window = windowAt(ky, kx);
      taps.push(tf.sum(tf.mul(multiplier === 1 ? window : tf.expandDims(window, 4), byChannel), [0, 1, 2]));
    }
  }
  return tf.reshape(tf.stack(taps), [kernelHeight, kernelWidth, channels, multiplier]) as Tensor4D;
}

/**
 * dW[ky, kx, c, m] = Σ X[n, y·s + ky·d − p, x·s + kx·d − p, c] · dY[n, y, x, c·M + m] in a plain loop, summed in float64.
 * On backends that run on the main thread this is faster than three kernels and a copy of the input per tap.
 */
function filterGradientLoop(
  tf: Tf,
  dy: Tensor4D,
  x: Tensor4D,
  filter: Tensor4D,
  geometry: Geometry,
): Tensor4D {
  const [kernelHeight, kernelWidth, channels, multiplier] = filter.shape;
  const [pictures, height, width] = x.shape;
  const [, outHeight, outWidth, outChannels] = dy.shape;
  const { stride, dilation, sides } = geometry;
  const [input, gradient] = [x.dataSync() as Float32Array, dy.dataSync() as Float32Array];
  const sums = new Float64Array(kernelHeight * kernelWidth * outChannels);
  for (let n = 0; n < pictures; n++) {
    for (let y = 0; y < outHeight; y++) {
      for (let ky = 0; ky < kernelHeight; ky++) {
        const row = y * stride[0] + ky * dilation[0] - sides.top;
        if (row < 0 || row >= height) continue;
        for (let column = 0; column < outWidth; column++) {
          const from = ((n * outHeight + y) * outWidth + column) * outChannels;
          for (let kx = 0; kx < kernelWidth; kx++) {
            const place = column * stride[1] + kx * dilation[1] - sides.left;
            if (place < 0 || place >= width) continue;
            const at = ((n * height + row) * width + place) * channels;
            const to = (ky * kernelWidth + kx) * outChannels;
            if (multiplier === 1) {
              for (let c = 0; c < channels; c++) sums[to + c]! += input[at + c]! * gradient[from + c]!;
            } else {
              for (let o = 0; o < outChannels; o++) {
                sums[to + o]! += input[at + Math.floor(o / multiplier)]! * gradient[from + o]!;
              }
            }
          }
        }
      }
    }
  }
  return tf.tensor(Float32Array.from(sums), [kernelHeight, kernelWidth, channels, multiplier]) as Tensor4D;
}
