import type { Conv2dModule } from '@convscope/shared/convolution/check-module.js';
import { effectiveKernel } from '@convscope/shared/convolution/output-shape.js';
import { conv2d } from '#server/conv2d/conv2d.js';
import { type Conv2dLayerOptions, conv2dLayer } from '#server/conv2d/conv2d-layer.js';
import type { Tensor, Tf } from '#server/tfjs/tf.js';
import type { ConvImplementation, ConvResult } from './check-conv.js';
import type { ConvCall, OracleTensor, ValueCase } from './conv-files.js';
import { optionsOf } from './plain-implementation.js';

/** conv2d and the Conv2d layer on a backend that has been loaded. float32: the tolerance is the oracles' own. */
export function tfjsImplementation(tf: Tf, name: string): ConvImplementation {
  const tensorOf = ({ data, shape }: OracleTensor) => tf.tensor(Float32Array.from(data), [...shape]);
  const tensorsOf = (test: ValueCase) =>
    [test.input, test.weight, ...(test.bias ? [test.bias] : [])].map(tensorOf);
  /** The values of tensors, which are disposed of. */
  const resultsOf = async (tensors: readonly Tensor[]): Promise<ConvResult[]> => {
    try {
      return await Promise.all(
        tensors.map(async (tensor) => ({ data: await tensor.data(), shape: [...tensor.shape] })),
      );
    } finally {
      tf.dispose([...tensors]);
    }
  };
  return {
    name,
    tolerance: 1e-5,
    async forward(test) {
      const output = tf.tidy(() => {
        const [input, weight, bias] = tensorsOf(test) as [Tensor, Tensor, Tensor?];
        return conv2d(tf, input, weight, bias, optionsOf(test));
      });
      const [result] = await resultsOf([output]);
      return result!;
    },
    async gradients(test, gradOutput) {
      const gradients = tf.tidy(() => {
        const gradient = tf.grads((...tensors: Tensor[]) => {
          const [input, weight, bias] = tensors as [Tensor, Tensor, Tensor?];
          return conv2d(tf, input, weight, bias, optionsOf(test));
        });
        return gradient(tensorsOf(test), tensorOf(gradOutput));
      });
      const [input, weight, bias] = await resultsOf(gradients);
      return { input: input!, weight: weight!, bias };
    },
    async call(call) {
      let shape: readonly number[] = [];
      tf.tidy(() => {
        shape = call.call === 'F.conv2d' ? callFunction(tf, call) : callLayer(tf, call);
      });
      return shape;
    },
    async initialise(test, times) {
      const weights: ConvResult[] = [];
      const biases: ConvResult[] = [];
      for (let i = 0; i < times; i++) {
        const layer = conv2dLayer(tf, test.module as unknown as Conv2dLayerOptions);
        try {
          tf.tidy(() => void layer.apply(tf.zeros(smallestInput(layer.module))));
          const { weight, bias } = layer.pytorchWeights();
          const [drawnWeight, drawnBias] = await resultsOf(bias ? [weight, bias] : [weight]);
          weights.push(drawnWeight!);
          if (drawnBias) biases.push(drawnBias);
        } finally {
          if (layer.built) layer.dispose();
        }
      }
      return { weights, biases };
    },
  };
}

/** The smallest NHWC input that the layer takes without zero padding: its dilated kernel fits, and so does what is reflected. */
function smallestInput({ kernelSize, dilation, padding, inChannels }: Conv2dModule): number[] {
  const side = (axis: number) => {
    const reflected = Array.isArray(padding) ? Number(padding[axis]) + 1 : 1;
    return Math.max(effectiveKernel(kernelSize[axis]!, Number(dilation[axis])), reflected);
  };
  return [1, side(0), side(1), inChannels];
}

function callFunction(tf: Tf, call: ConvCall & { call: 'F.conv2d' }): readonly number[] {
  const zeros = (shape: readonly number[]) => tf.zeros([...shape]);
  // The arguments are what a careless caller may pass: the types would not let them through.
  const options = call.options as Parameters<typeof conv2d>[4];
  return conv2d(
    tf,
    zeros(call.inputShape),
    zeros(call.weightShape),
    call.biasShape && zeros(call.biasShape),
    options,
  ).shape;
}

/** The layer speaks NHWC: shapes of rank 3 and 4 are turned on the way in and out. */
function callLayer(tf: Tf, call: ConvCall & { call: 'nn.Conv2d' }): readonly number[] {
  const layer = conv2dLayer(tf, call.module as unknown as Conv2dLayerOptions);
  const { inputShape } = call;
  const turned =
    inputShape.length === 4
      ? [0, 2, 3, 1].map((axis) => inputShape[axis]!)
      : inputShape.length === 3
        ? [1, 2, 0].map((axis) => inputShape[axis]!)
        : [...inputShape];
  try {
    const { shape } = layer.apply(tf.zeros(turned)) as Tensor;
    const turn = shape.length === 4 ? [0, 3, 1, 2] : [2, 0, 1];
    return turn.map((axis) => shape[axis]!);
  } finally {
    layer.dispose();
  }
}
