/**
 * The models as data: layers in the order of the forward pass, each naming the layer it reads. The forward pass
 * (network.ts), the description in the log (describe-model.ts) and the names of the saved weights derive from it.
 */
import type { MapShape } from '@convscope/shared/run-description.js';

export const MODEL_NAMES = ['convnet', 'lenet', 'resnet8'] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

/** The name of the model's input. Every layer reads this or another layer. */
export const PICTURES = 'pictures';

interface LayerBase {
  readonly name: string;
  readonly from: string;
}
export interface ConvLayer extends LayerBase {
  readonly type: 'conv2d';
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly activation: 'relu' | 'none';
}
export interface PoolLayer extends LayerBase {
  readonly type: 'maxPool2d';
  readonly kernel: number;
  readonly stride: number;
}
export interface AddLayer extends LayerBase {
  readonly type: 'add';
  readonly other: string;
  readonly activation: 'relu' | 'none';
}
export interface AverageLayer extends LayerBase {
  readonly type: 'globalAveragePool';
}
/**
 * Its input is flattened as [y, x, channel], since pictures are NHWC in memory. Saved weights have the order of
 * PyTorch's nn.Flatten, [channel, y, x].
 */
export interface DenseLayer extends LayerBase {
  readonly type: 'dense';
  readonly units: number;
  readonly activation: 'relu' | 'none';
}
export type Layer = ConvLayer | PoolLayer | AddLayer | AverageLayer | DenseLayer;

export interface Model {
  readonly name: ModelName;
  readonly inputShape: MapShape;
  readonly layers: readonly Layer[];
}

const RGB: MapShape = [3, 32, 32];

function conv(
  name: string,
  from: string,
  filters: number,
  rest: Partial<Omit<ConvLayer, 'name' | 'from' | 'filters'>> = {},
): ConvLayer {
  return {
    type: 'conv2d',
    name,
    from,
    filters,
    kernel: 3,
    stride: 1,
    padding: 1,
    activation: 'relu',
    ...rest,
  };
}
function pool(name: string, from: string): PoolLayer {
  return { type: 'maxPool2d', name, from, kernel: 2, stride: 2 };
}
function dense(name: string, from: string, units: number, activation: 'relu' | 'none' = 'none'): DenseLayer {
  return { type: 'dense', name, from, units, activation };
}

/** The default: 43,082 parameters. */
const convnet: readonly Layer[] = [
  conv('conv1', PICTURES, 16),
  pool('pool1', 'conv1'),
  conv('conv2', 'pool1', 32),
  conv('conv3', 'conv2', 32),
  pool('pool2', 'conv3'),
  conv('conv4', 'pool2', 64),
  pool('pool3', 'conv4'),
  dense('fc', 'pool3', 10),
];

/** After LeCun et al. 1998, with the first layer of many tutorials: Conv2d(3, 6, 3) without padding. */
const lenet: readonly Layer[] = [
  conv('conv1', PICTURES, 6, { padding: 0 }),
  pool('pool1', 'conv1'),
  conv('conv2', 'pool1', 16, { kernel: 5, padding: 0 }),
  pool('pool2', 'conv2'),
  dense('fc1', 'pool2', 120, 'relu'),
  dense('fc2', 'fc1', 84, 'relu'),
  dense('fc3', 'fc2', 10),
];

/** Three residual blocks (He et al. 2015), without batch norm because not every backend has its gradient. */
const resnet8: readonly Layer[] = [
  conv('conv1', PICTURES, 16),
  conv('block1_conv1', 'conv1', 16),
  conv('block1_conv2', 'block1_conv1', 16, { activation: 'none' }),
  { type: 'add', name: 'block1', from: 'conv1', other: 'block1_conv2', activation: 'relu' },
  ...downBlock('block2', 'block1', 32),
  ...downBlock('block3', 'block2', 64),
  { type: 'globalAveragePool', name: 'average', from: 'block3' },
  dense('fc', 'average', 10),
];

function downBlock(name: string, from: string, filters: number): Layer[] {
  return [
    conv(`${name}_shortcut`, from, filters, { kernel: 1, stride: 2, padding: 0, activation: 'none' }),
    conv(`${name}_conv1`, from, filters, { stride: 2 }),
    conv(`${name}_conv2`, `${name}_conv1`, filters, { activation: 'none' }),
    { type: 'add', name, from: `${name}_shortcut`, other: `${name}_conv2`, activation: 'relu' },
  ];
}

const MODELS: Readonly<Record<ModelName, readonly Layer[]>> = { convnet, lenet, resnet8 };

export function modelNamed(name: ModelName): Model {
  return { name, inputShape: RGB, layers: MODELS[name] };
}

export interface ParameterShape {
  /** PyTorch's name, such as `conv1.weight`. */
  readonly name: string;
  readonly layer: string;
  /** In memory: HWIO for convolutions, [in, out] for dense layers, [out] for biases. */
  readonly shape: readonly number[];
  readonly fanIn: number;
}

/** Shape of every layer's output, [channels, height, width]; vectors have height and width 1. */
export function layerShapes(model: Model): Map<string, MapShape> {
  const shapes = new Map<string, MapShape>([[PICTURES, model.inputShape]]);
  for (const layer of model.layers) {
    const [channels, height, width] = shapeOf(shapes, layer.from);
    switch (layer.type) {
      case 'conv2d': {
        const side = (size: number) =>
          Math.floor((size + 2 * layer.padding - layer.kernel) / layer.stride) + 1;
        shapes.set(layer.name, [layer.filters, side(height), side(width)]);
        break;
      }
      case 'maxPool2d': {
        const side = (size: number) => Math.floor((size - layer.kernel) / layer.stride) + 1;
        shapes.set(layer.name, [channels, side(height), side(width)]);
        break;
      }
      case 'add':
        shapes.set(layer.name, [channels, height, width]);
        break;
      case 'globalAveragePool':
        shapes.set(layer.name, [channels, 1, 1]);
        break;
      case 'dense':
        shapes.set(layer.name, [layer.units, 1, 1]);
        break;
    }
  }
  return shapes;
}

export function shapeOf(shapes: ReadonlyMap<string, MapShape>, name: string): MapShape {
  const shape = shapes.get(name);
  if (shape === undefined) throw new Error(`The model reads the layer "${name}" before defining it.`);
  return shape;
}

/** Every parameter, in the order of the layers. */
export function parameterShapes(model: Model): ParameterShape[] {
  const shapes = layerShapes(model);
  return model.layers.flatMap((layer) => {
    const [channels, height, width] = shapeOf(shapes, layer.from);
    if (layer.type === 'conv2d') {
      return parameters(
        layer.name,
        [layer.kernel, layer.kernel, channels, layer.filters],
        layer.kernel ** 2 * channels,
        layer.filters,
      );
    }
    if (layer.type !== 'dense') return [];
    const features = channels * height * width;
    return parameters(layer.name, [features, layer.units], features, layer.units);
  });
}

function parameters(layer: string, shape: number[], fanIn: number, outputs: number): ParameterShape[] {
  return [
    { name: `${layer}.weight`, layer, shape, fanIn },
    { name: `${layer}.bias`, layer, shape: [outputs], fanIn },
  ];
}
