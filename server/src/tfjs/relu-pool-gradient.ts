/**
 * Backward pass of bias → ReLU (→ max-pool) in one loop over typed arrays on the wasm heap: pool gradient, ReLU mask and
 * bias sum together. With tfjs it takes three kernels, each with a pass over the largest tensors.
 */
import type { Tensor1D, Tensor4D, Tf } from './tf.js';

interface Heap {
  typedArrayFromHeap(info: { dataId: object; shape: number[]; dtype: string }): Float32Array;
  makeOutput(shape: number[], dtype: string): { dataId: object; shape: number[]; dtype: string };
}

export interface Pool {
  readonly kernel: number;
  readonly stride: number;
}

export interface ReluPoolGradient {
  /** d loss / d pre-activation, [N, H, W, C]. */
  readonly preactivation: Tensor4D;
  /** d loss / d bias, [C]. */
  readonly bias: Tensor1D;
}

/**
 * `dy` is the gradient of the block's output, `activated` is relu(pre-activation), [N, H, W, C]. With a pool, the
 * gradient of a window goes to its first largest value, as in PyTorch and TensorFlow. Wasm backend only.
 */
export function reluPoolGradient(
  tf: Tf,
  dy: Tensor4D,
  activated: Tensor4D,
  pool: Pool | undefined,
): ReluPoolGradient {
  const [pictures, height, width, channels] = activated.shape;
  const backend = tf.backend() as unknown as Heap;
  // Allocate both outputs before taking views: an allocation may grow the heap and detach views.
  const gradientInfo = backend.makeOutput([pictures, height, width, channels], 'float32');
  const biasInfo = backend.makeOutput([channels], 'float32');
  const out = backend.typedArrayFromHeap(gradientInfo);
  const bias = backend.typedArrayFromHeap(biasInfo);
  const y = backend.typedArrayFromHeap(activated as unknown as typeof gradientInfo);
  const d = backend.typedArrayFromHeap(dy as unknown as typeof gradientInfo);
  const sums = new Float64Array(channels);
  if (pool === undefined) mask(out, y, d, sums);
  else {
    out.fill(0);
    unpool(out, y, d, sums, [pictures, height, width, channels], dy.shape, pool);
  }
  bias.set(sums);
  const engine = tf.engine();
  return {
    preactivation: engine.makeTensorFromTensorInfo(gradientInfo as never) as Tensor4D,
    bias: engine.makeTensorFromTensorInfo(biasInfo as never) as Tensor1D,
  };
}

function mask(out: Float32Array, y: Float32Array, d: Float32Array, sums: Float64Array): void {
  const channels = sums.length;
  for (let start = 0; start < out.length; start += channels) {
    for (let c = 0; c < channels; c++) {
      const value = y[start + c]! > 0 ? d[start + c]! : 0;
      out[start + c] = value;
      sums[c]! += value;
    }
  }
}

function unpool(
  out: Float32Array,
  y: Float32Array,
  d: Float32Array,
  sums: Float64Array,
  [pictures, height, width, channels]: readonly [number, number, number, number],
  [, pooledHeight, pooledWidth]: readonly number[],
  { kernel, stride }: Pool,
): void {
  let source = 0;
  for (let n = 0; n < pictures; n++) {
    for (let py = 0; py < pooledHeight!; py++) {
      for (let px = 0; px < pooledWidth!; px++) {
        const corner = ((n * height + py * stride) * width + px * stride) * channels;
        for (let c = 0; c < channels; c++, source++) {
          let best = corner + c;
          let largest = y[best]!;
          for (let ky = 0; ky < kernel; ky++) {
            for (let kx = 0; kx < kernel; kx++) {
              const at = corner + (ky * width + kx) * channels + c;
              const value = y[at]!;
              if (value > largest) {
                largest = value;
                best = at;
              }
            }
          }
          if (largest > 0) {
            const value = d[source]!;
            out[best]! += value;
            sums[c]! += value;
          }
        }
      }
    }
  }
}
