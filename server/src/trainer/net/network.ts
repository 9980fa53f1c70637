/** A model's variables and its forward pass, NHWC. */
import { convBias, convReluPool } from '../../tfjs/conv-block.js';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Tf, Variable } from '../../tfjs/tf.js';
import { createRandom } from '../random.js';
import {
  type ConvLayer,
  type DenseLayer,
  type Layer,
  type Model,
  type ParameterShape,
  PICTURES,
  type PoolLayer,
  parameterShapes,
} from './models.js';

export interface Network {
  readonly model: Model;
  readonly parameters: readonly (ParameterShape & { readonly variable: Variable })[];
  dispose(): void;
}

/**
 * Variables with PyTorch's default initialisation: weights and biases of conv and linear layers uniform in
 * ±1/√fan_in (kaiming_uniform with a = √5). Drawn from `seed`, in the order of the saved layout.
 */
export function createNetwork(tf: Tf, model: Model, seed: number): Network {
  const parameters = parameterShapes(model).map((parameter) => {
    const random = createRandom(seed, `weights/${parameter.name}`);
    const bound = 1 / Math.sqrt(parameter.fanIn);
    const size = parameter.shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) * bound);
    const variable = tf.tidy(() => tf.variable(tf.tensor(values, [...parameter.shape])));
    return { ...parameter, variable };
  });
  return {
    model,
    parameters,
    dispose() {
      for (const { variable } of parameters) variable.dispose();
    },
  };
}

/** The tensors of one conv layer during a forward pass. */
export interface ConvReading {
  readonly layer: ConvLayer;
  readonly input: Tensor4D;
  readonly preactivation: Tensor4D;
}

export interface ForwardOptions {
  /** Called for every conv layer. The pass is slower, because layers are not fused. */
  readonly read?: (reading: ConvReading) => void;
  /** Added to the pre-activations of conv layers, to compute gradients with respect to them. */
  readonly offsets?: ReadonlyMap<string, Tensor4D>;
}

/** Logits [N, classes] for normalised pictures [N, H, W, C]. Call inside tf.tidy. */
export function forward(
  tf: Tf,
  network: Network,
  pictures: Tensor4D,
  options: ForwardOptions = {},
): Tensor2D {
  const variables = new Map(network.parameters.map(({ name, variable }) => [name, variable as Tensor]));
  const values = new Map<string, Tensor>([[PICTURES, pictures]]);
  const { layers } = network.model;
  let last: Tensor = pictures;
  for (let i = 0; i < layers.length; i++) {
    const layer = layers[i]!;
    const x = values.get(layer.from)!;
    if (layer.type === 'conv2d') {
      const pool = onlyReaderIsPool(layers, layer) ? (layers[i + 1] as PoolLayer) : undefined;
      if (options.read !== undefined || options.offsets !== undefined || layer.activation === 'none') {
        last = tappedConv(tf, layer, x as Tensor4D, variables, options);
      } else {
        const { weight, bias, geometry } = convParts(layer, variables);
        last = convReluPool(tf, x as Tensor4D, weight, bias, geometry, pool, layer.from === PICTURES);
        if (pool !== undefined) {
          values.set(pool.name, last);
          i++;
          continue;
        }
      }
    } else if (layer.type === 'maxPool2d') {
      last = tf.maxPool(x as Tensor4D, layer.kernel, layer.stride, 'valid');
    } else if (layer.type === 'add') {
      last = activate(tf, layer.activation, tf.add(x as Tensor4D, values.get(layer.other)!) as Tensor4D);
    } else if (layer.type === 'globalAveragePool') {
      last = tf.mean(x, [1, 2]);
    } else {
      last = denseForward(tf, layer, x, variables);
    }
    values.set(layer.name, last);
  }
  return last as Tensor2D;
}

/** Whether the next layer is a pool and the only reader of this one, so that the two can be fused. */
function onlyReaderIsPool(layers: readonly Layer[], layer: ConvLayer): boolean {
  const readers = layers.filter(
    (other) => other.from === layer.name || (other.type === 'add' && other.other === layer.name),
  );
  const next = layers[layers.indexOf(layer) + 1];
  return readers.length === 1 && readers[0] === next && next?.type === 'maxPool2d';
}

function convParts(layer: ConvLayer, variables: ReadonlyMap<string, Tensor>) {
  return {
    weight: variables.get(`${layer.name}.weight`) as Tensor4D,
    bias: variables.get(`${layer.name}.bias`) as Tensor1D,
    geometry: { stride: [layer.stride, layer.stride], padding: [layer.padding, layer.padding] } as const,
  };
}

function tappedConv(
  tf: Tf,
  layer: ConvLayer,
  x: Tensor4D,
  variables: ReadonlyMap<string, Tensor>,
  { read, offsets }: ForwardOptions,
): Tensor4D {
  const { weight, bias, geometry } = convParts(layer, variables);
  const plain = convBias(tf, x, weight, bias, geometry);
  const offset = offsets?.get(layer.name);
  const preactivation: Tensor4D = offset === undefined ? plain : tf.add(plain, offset);
  read?.({ layer, input: x, preactivation });
  return activate(tf, layer.activation, preactivation);
}

function denseForward(
  tf: Tf,
  layer: DenseLayer,
  x: Tensor,
  variables: ReadonlyMap<string, Tensor>,
): Tensor2D {
  const flat = tf.reshape(x, [x.shape[0]!, -1]) as Tensor2D;
  const weight = variables.get(`${layer.name}.weight`) as Tensor2D;
  const product = tf.getBackend() === 'wasm' ? matMulExplicit(tf, flat, weight) : tf.matMul(flat, weight);
  return activate(tf, layer.activation, tf.add(product, variables.get(`${layer.name}.bias`)!) as Tensor2D);
}

/** matMul with a gradient that transposes explicitly, because matMul's transpose flags are slow on wasm. */
function matMulExplicit(tf: Tf, a: Tensor2D, b: Tensor2D): Tensor2D {
  const operation = tf.customGrad((...args: unknown[]) => {
    const [a, b, save] = args as [Tensor2D, Tensor2D, (tensors: Tensor[]) => void];
    save([a, b]);
    return {
      value: tf.matMul(a, b),
      gradFunc: (dy: Tensor, saved: Tensor[]) => [
        tf.matMul(dy as Tensor2D, tf.transpose(saved[1] as Tensor2D)),
        tf.matMul(tf.transpose(saved[0] as Tensor2D), dy as Tensor2D),
      ],
    };
  });
  return operation(a, b) as Tensor2D;
}

function activate<T extends Tensor2D | Tensor4D>(tf: Tf, activation: 'relu' | 'none', x: T): T {
  return activation === 'relu' ? tf.relu(x) : x;
}
