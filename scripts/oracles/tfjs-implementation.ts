import { conv2d } from 'convscope/conv2d/conv2d.js';
import { type Conv2dLayerOptions, conv2dLayer } from 'convscope/conv2d/conv2d-layer.js';
import type { Tensor, Tf } from 'convscope/tfjs/tf.js';
import type { ConvImplementation, ConvResult } from './check-conv.js';
import type { ConvCall, OracleTensor, ValueCase } from './conv-files.js';
import { optionsOf } from './plain-implementation.js';

/** conv2d and the Conv2d layer on a backend that has been loaded. float32: the tolerance is the oracles' own. */
export function tfjsImplementation(tf: Tf, name: string): ConvImplementation {
  const tensorOf = ({ data, shape }: OracleTensor) => tf.tensor(Float32Array.from(data), [...shape]);
  const tensorsOf = (test: ValueCase) =>
    [test.input, test.weight, ...(test.bias ? [test.bias] : [])].map(tensorOf);
  const resultOf = async (tensor: Tensor): Promise<ConvResult> => {
    const result = { data: await tensor.data(), shape: [...tensor.shape] };
    tensor.dispose();
    return result;
  };
  return {
    name,
    tolerance: 1e-5,
    forward(test) {
      return resultOf(
        tf.tidy(() => {
          const [input, weight, bias] = tensorsOf(test) as [Tensor, Tensor, Tensor?];
          return conv2d(tf, input, weight, bias, optionsOf(test));
        }),
      );
    },
    async gradients(test, gradOutput) {
      const [input, weight, bias] = tf.tidy(() => {
        const gradient = tf.grads((...tensors: Tensor[]) => {
          const [input, weight, bias] = tensors as [Tensor, Tensor, Tensor?];
          return conv2d(tf, input, weight, bias, optionsOf(test));
        });
        return gradient(tensorsOf(test), tensorOf(gradOutput));
      }) as [Tensor, Tensor, Tensor?];
      return {
        input: await resultOf(input),
        weight: await resultOf(weight),
        bias: bias && (await resultOf(bias)),
      };
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
        const [kernelHeight, kernelWidth] = layer.module.kernelSize as [number, number];
        tf.tidy(() => {
          layer.apply(tf.zeros([1, kernelHeight, kernelWidth, layer.module.inChannels]));
        });
        const { weight, bias } = layer.pytorchWeights();
        weights.push(await resultOf(weight));
        if (bias) biases.push(await resultOf(bias));
        layer.dispose();
      }
      return { weights, biases };
    },
  };
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
