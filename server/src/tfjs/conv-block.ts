/** Convolution + bias (+ ReLU (+ max-pool)) as one differentiable step, NHWC and HWIO, on any backend. */
import { everyNth, mustTakeEveryNth } from './every-nth.js';
import { type Pool, reluPoolGradient } from './relu-pool-gradient.js';
import type { Tensor, Tensor1D, Tensor4D, Tf } from './tf.js';

export interface ConvGeometry {
  readonly stride: readonly [number, number];
  /** Zeros on each side, [rows, columns], like PyTorch's numeric padding. */
  readonly padding: readonly [number, number];
}

/** Pre-activation: convolution + bias. x [N, H, W, I], weight [KH, KW, I, O], bias [O]. */
export function convBias(
  tf: Tf,
  x: Tensor4D,
  weight: Tensor4D,
  bias: Tensor1D | undefined,
  geometry: ConvGeometry,
): Tensor4D {
  const z = convolve(tf, x, weight, geometry);
  return bias === undefined ? z : tf.add(z, bias);
}

/**
 * relu(convolution + bias), then max-pooled if `pool` is given. With `inputIsData` (for the first layer) the gradient of x
 * is not computed, and x must not be disposed before the gradient call.
 */
export function convReluPool(
  tf: Tf,
  x: Tensor4D,
  weight: Tensor4D,
  bias: Tensor1D,
  geometry: ConvGeometry,
  pool: Pool | undefined,
  inputIsData = false,
): Tensor4D {
  if (tf.getBackend() === 'wasm') return fusedConvReluPool(tf, x, weight, bias, geometry, pool, inputIsData);
  const y = tf.relu(convBias(tf, x, weight, bias, geometry));
  return pool === undefined ? y : tf.maxPool(y, pool.kernel, pool.stride, 'valid');
}

type Explicit = [[number, number], [number, number], [number, number], [number, number]];

/** tfjs's explicit padding, which is exact on wasm for any kernel and stride. */
function explicitPad([rows, columns]: readonly [number, number]): Explicit {
  return [
    [0, 0],
    [rows, rows],
    [columns, columns],
    [0, 0],
  ];
}

function convolve(tf: Tf, x: Tensor4D, weight: Tensor4D, { stride, padding }: ConvGeometry): Tensor4D {
  const strides: [number, number] = [...stride];
  if (tf.getBackend() === 'wasm') return tf.conv2d(x, weight, strides, explicitPad(padding));
  const [rows, columns] = padding;
  const [kernelHeight, kernelWidth] = weight.shape;
  // At stride 1 and for odd kernels, TensorFlow's 'same' is symmetric and equals PyTorch's padding of (k − 1) / 2.
  const isSame =
    strides[0] === 1 && strides[1] === 1 && 2 * rows === kernelHeight - 1 && 2 * columns === kernelWidth - 1;
  if (isSame) return tf.conv2d(x, weight, 1, 'same');
  // tfjs-node refuses numeric padding, and in the filter gradient also explicit padding.
  const padded = rows === 0 && columns === 0 ? x : tf.pad(x, explicitPad(padding));
  if (mustTakeEveryNth(tf, [kernelHeight, kernelWidth], strides)) {
    return tf.conv2d(everyNth(tf, padded, strides), weight, 1, 'valid');
  }
  return tf.conv2d(padded, weight, strides, 'valid');
}

function fusedConvReluPool(
  tf: Tf,
  x: Tensor4D,
  weight: Tensor4D,
  bias: Tensor1D,
  geometry: ConvGeometry,
  pool: Pool | undefined,
  inputIsData: boolean,
): Tensor4D {
  const strides: [number, number] = [...geometry.stride];
  const attributes = { strides, pad: explicitPad(geometry.padding), dataFormat: 'NHWC' };
  const run = (kernel: string, inputs: Record<string, Tensor>, extra: object) =>
    tf.engine().runKernel(kernel, inputs as never, { ...attributes, ...extra } as never) as Tensor4D;

  const forward = (x: Tensor4D, weight: Tensor4D, bias: Tensor1D) => {
    // Run the kernel directly, because tf.fused.conv2d is split into separate operations inside a gradient.
    const activated = run(
      'FusedConv2D',
      { x, filter: weight, bias },
      { dilations: [1, 1], activation: 'relu' },
    );
    const value = pool === undefined ? activated : tf.maxPool(activated, pool.kernel, pool.stride, 'valid');
    return { activated, value };
  };
  const backward = (dy: Tensor4D, x: Tensor4D, weight: Tensor4D, activated: Tensor4D): Tensor[] => {
    const gradient = reluPoolGradient(tf, dy, activated, pool);
    const dz = gradient.preactivation;
    const dWeight = run('Conv2DBackpropFilter', { x, dy: dz }, { filterShape: weight.shape });
    const gradients: Tensor[] = [dWeight, gradient.bias];
    if (!inputIsData) {
      gradients.unshift(run('Conv2DBackpropInput', { dy: dz, filter: weight }, { inputShape: x.shape }));
    }
    dz.dispose();
    return gradients;
  };

  type Save = (tensors: Tensor[]) => void;
  if (inputIsData) {
    const operation = tf.customGrad((...args: unknown[]) => {
      const [weight, bias, save] = args as [Tensor4D, Tensor1D, Save];
      const { activated, value } = forward(x, weight, bias);
      save([weight, activated]);
      return {
        value,
        gradFunc: (dy: Tensor, saved: Tensor[]) =>
          backward(dy as Tensor4D, x, saved[0] as Tensor4D, saved[1] as Tensor4D),
      };
    });
    return operation(weight, bias) as Tensor4D;
  }
  const operation = tf.customGrad((...args: unknown[]) => {
    const [x, weight, bias, save] = args as [Tensor4D, Tensor4D, Tensor1D, Save];
    const { activated, value } = forward(x, weight, bias);
    save([x, weight, activated]);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        backward(dy as Tensor4D, saved[0] as Tensor4D, saved[1] as Tensor4D, saved[2] as Tensor4D),
    };
  });
  return operation(x, weight, bias) as Tensor4D;
}
