/**
 * Gradient kernels that the wasm backend lacks or does slowly, registered from outside on the tfjs that holds it.
 *
 * Both gradients of a convolution are convolutions themselves, and tfjs' wasm forward kernel (XNNPACK) is the
 * fastest thing there is on this backend:
 *   dW[ky, kx, i, o] = Σ_{n, y, x} X[n, y·s + ky − p, x·s + kx − p, i] · dY[n, y, x, o]
 *     = conv2d of X with channels as pictures and pictures as channels, filter dY likewise, dilation s
 *   dX = conv2d of dY (with s − 1 zeros between its pixels), filter flipped and its channels swapped
 */
import type { Tensor4D, Tf } from './tf.js';

interface ConvAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | [number, number][];
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Explicit = [[number, number], [number, number], [number, number], [number, number]];

const registered = new WeakSet<Tf>();

/** Registers the kernels once for this tfjs. Call after its wasm backend has started. */
export function registerWasmKernels(tf: Tf): void {
  if (registered.has(tf)) return;
  registered.add(tf);
  for (const kernelName of ['Conv2DBackpropFilter', 'Conv2DBackpropInput']) {
    if (tf.getKernel(kernelName, 'wasm') !== undefined) tf.unregisterKernel(kernelName, 'wasm');
  }
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { filterShape, ...conv } = attrs as unknown as ConvAttributes & {
        filterShape: [number, number, number, number];
      };
      return filterGradient(tf, inputs['x'] as Tensor4D, inputs['dy'] as Tensor4D, filterShape, conv);
    },
  });
  tf.registerKernel({
    kernelName: 'Conv2DBackpropInput',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { inputShape, ...conv } = attrs as unknown as ConvAttributes & {
        inputShape: [number, number, number, number];
      };
      return inputGradient(tf, inputs['dy'] as Tensor4D, inputs['filter'] as Tensor4D, inputShape, conv);
    },
  });
}

function geometry(
  tf: Tf,
  inputShape: [number, number, number, number],
  filterShape: [number, number, number, number],
  attributes: ConvAttributes,
) {
  if (attributes.dataFormat === 'NCHW') {
    throw new Error('The wasm gradient kernels read NHWC tensors; transpose NCHW ones first.');
  }
  const { strides, pad, dimRoundingMode } = attributes;
  const explicit = pad as Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
  return tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, explicit, dimRoundingMode);
}

/** x [N, H, W, I], dy [N, OH, OW, O] → [KH, KW, I, O]. */
function filterGradient(
  tf: Tf,
  x: Tensor4D,
  dy: Tensor4D,
  filterShape: [number, number, number, number],
  attributes: ConvAttributes,
): Tensor4D {
  const info = geometry(tf, x.shape, filterShape, attributes);
  const [kernelHeight, kernelWidth] = filterShape;
  return tf.tidy(() => {
    const pictures = tf.transpose(x, [3, 1, 2, 0]); // [I, H, W, N]
    const filters = tf.transpose(dy, [1, 2, 0, 3]); // [OH, OW, N, O]
    // Rows and columns that fill no window are not seen by the forward pass: padding is chosen so that the
    // output is exactly the kernel's size, negative padding being a crop.
    const { top, left } = info.padInfo;
    const bottom = (info.outHeight - 1) * info.strideHeight + kernelHeight - info.inHeight - top;
    const right = (info.outWidth - 1) * info.strideWidth + kernelWidth - info.inWidth - left;
    const { tensor, pad } = cropNegative(tf, pictures, [top, bottom], [left, right]);
    const result = tf.conv2d(tensor, filters, 1, pad, 'NHWC', [info.strideHeight, info.strideWidth]); // [I, KH, KW, O]
    return tf.transpose(result, [1, 2, 0, 3]);
  });
}

/** dy [N, OH, OW, O], filter [KH, KW, I, O] → [N, H, W, I]. */
function inputGradient(
  tf: Tf,
  dy: Tensor4D,
  filter: Tensor4D,
  inputShape: [number, number, number, number],
  attributes: ConvAttributes,
): Tensor4D {
  const info = geometry(tf, inputShape, filter.shape, attributes);
  const { strideHeight, strideWidth, inHeight, inWidth } = info;
  const [kernelHeight, kernelWidth] = filter.shape;
  return tf.tidy(() => {
    const spread = strideHeight === 1 && strideWidth === 1 ? dy : dilate(tf, dy, strideHeight, strideWidth);
    const [, height, width] = spread.shape;
    const flipped = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]); // [KH, KW, O, I]
    const top = kernelHeight - 1 - info.padInfo.top;
    const left = kernelWidth - 1 - info.padInfo.left;
    const bottom = inHeight + kernelHeight - 1 - height - top;
    const right = inWidth + kernelWidth - 1 - width - left;
    const { tensor, pad } = cropNegative(tf, spread, [top, bottom], [left, right]);
    return tf.conv2d(tensor, flipped as Tensor4D, 1, pad);
  });
}

/** [N, H, W, C] → [N, (H − 1)·sy + 1, (W − 1)·sx + 1, C] with zeros in between. */
function dilate(tf: Tf, input: Tensor4D, strideHeight: number, strideWidth: number): Tensor4D {
  const [pictures, height, width, channels] = input.shape;
  const cells = tf.pad(tf.reshape(input, [pictures * height, 1, width, 1, channels]), [
    [0, 0],
    [0, strideHeight - 1],
    [0, 0],
    [0, strideWidth - 1],
    [0, 0],
  ]);
  const whole = tf.reshape(cells, [
    pictures,
    height * strideHeight,
    width * strideWidth,
    channels,
  ]) as Tensor4D;
  return tf.slice(
    whole,
    [0, 0, 0, 0],
    [pictures, (height - 1) * strideHeight + 1, (width - 1) * strideWidth + 1, channels],
  ) as Tensor4D;
}

/** XNNPACK pads by itself, but only by what is not negative. */
function cropNegative(
  tf: Tf,
  input: Tensor4D,
  rows: [number, number],
  columns: [number, number],
): { tensor: Tensor4D; pad: Explicit } {
  const cut = (value: number) => Math.max(0, -value);
  const add = (value: number) => Math.max(0, value);
  const [pictures, height, width, channels] = input.shape;
  const tensor =
    Math.min(...rows, ...columns) >= 0
      ? input
      : (tf.slice(
          input,
          [0, cut(rows[0]), cut(columns[0]), 0],
          [
            pictures,
            height - cut(rows[0]) - cut(rows[1]),
            width - cut(columns[0]) - cut(columns[1]),
            channels,
          ],
        ) as Tensor4D);
  return {
    tensor,
    pad: [
      [0, 0],
      [add(rows[0]), add(rows[1])],
      [add(columns[0]), add(columns[1])],
      [0, 0],
    ],
  };
}
