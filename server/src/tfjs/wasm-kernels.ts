/**
 * Gradient kernels that the wasm backend lacks or computes slowly.
 *
 * dX is computed with tfjs's forward kernel (XNNPACK), as a convolution of dY (with s − 1 zeros between its pixels) with
 * the flipped filter and its channels swapped. dW has its own kernel (kernels/filter-gradient.as), which uses only the
 * calling thread. With many threads it is slower than dW as a convolution, which uses all of them:
 *   dW[ky, kx, i, o] = Σ_{n, y, x} X[n, y·s + ky − p, x·s + kx − p, i] · dY[n, y, x, o]
 *     = conv2d of X with channels as pictures and pictures as channels, filter dY likewise, dilation s
 */

import type { WasmMemory } from '../machine/web-assembly.js';
import { type FilterGradientKernel, loadKernels } from './kernels/load-kernels.js';
import { spread } from './spread.js';
import type { Tensor4D, Tf } from './tf.js';

interface ConvAttributes {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | [number, number][];
  readonly dataFormat: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type Explicit = [[number, number], [number, number], [number, number], [number, number]];

const registered = new WeakSet<Tf>();

/** On one thread, kernels/filter-gradient.as is about three times as fast as XNNPACK. */
const DIRECT_UP_TO_THREADS = 3;

/** Registers the kernels once for this tfjs. Call after its wasm backend has started; `memory` is the backend's. */
export function registerWasmKernels(tf: Tf, memory: WasmMemory, threads: number): void {
  if (registered.has(tf)) return;
  registered.add(tf);
  const direct = threads <= DIRECT_UP_TO_THREADS ? loadKernels(memory).filterGradient : undefined;
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
      const x = inputs['x'] as Tensor4D;
      const dy = inputs['dy'] as Tensor4D;
      return direct === undefined
        ? filterGradient(tf, x, dy, filterShape, conv)
        : directFilterGradient(tf, direct, x, dy, filterShape, conv);
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

interface Heap {
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: string): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array;
}
interface TensorInfo {
  dataId: object;
  shape: number[];
  dtype: 'float32';
}

/** x [N, H, W, I], dy [N, OH, OW, O] → [KH, KW, I, O]. */
function directFilterGradient(
  tf: Tf,
  kernel: FilterGradientKernel,
  x: Tensor4D,
  dy: Tensor4D,
  filterShape: [number, number, number, number],
  attributes: ConvAttributes,
): TensorInfo {
  const info = geometry(tf, x.shape, filterShape, attributes);
  const backend = tf.backend() as unknown as Heap;
  const out = backend.makeOutput(filterShape, 'float32');
  backend.typedArrayFromHeap(out).fill(0);
  const address = ({ dataId }: { dataId: object }) => backend.dataIdMap.get(dataId).memoryOffset;
  kernel(
    address(x),
    address(dy),
    address(out),
    info.batchSize,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.outHeight,
    info.outWidth,
    info.outChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.padInfo.top,
    info.padInfo.left,
  );
  return out;
}

/** The filter gradient as a convolution, for many threads. */
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
    // The padding is chosen so that the output has exactly the kernel's size. It is negative, which is a crop, where the
    // forward pass drops rows and columns that no window covers.
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
    const apart = spread(tf, dy, [strideHeight, strideWidth]);
    const [, height, width] = apart.shape;
    const flipped = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]); // [KH, KW, O, I]
    const top = kernelHeight - 1 - info.padInfo.top;
    const left = kernelWidth - 1 - info.padInfo.left;
    const bottom = inHeight + kernelHeight - 1 - height - top;
    const right = inWidth + kernelWidth - 1 - width - left;
    const { tensor, pad } = cropNegative(tf, apart, [top, bottom], [left, right]);
    return tf.conv2d(tensor, flipped as Tensor4D, 1, pad);
  });
}

/** Crops where the padding is negative, because XNNPACK can only pad. */
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
