/**
 * The nets, as data: layers in the order of the forward pass, each naming what it reads. From these lists come
 * the forward pass (network.ts), the description in the log, and the names of the saved weights.
 */
import {
  type Conv2dDescription,
  channelsTag,
  type LayerDescription,
  type MapOperation,
  type MapShape,
  type MapSource,
  type ModelDescription,
} from '@convscope/shared/run-description.js';
import type { ModelName } from '../options.js';

/** The name of what the net is fed; every layer reads this or another layer. */
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
 * Maps are flattened as PyTorch's nn.Flatten does in the saved weights, [channel, y, x]; in memory, where
 * pictures are NHWC, as [y, x, channel].
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

/** After LeCun et al. 1998, with the first layer of the usual tutorials: Conv2d(3, 6, 3), no padding. */
const lenet: readonly Layer[] = [
  conv('conv1', PICTURES, 6, { padding: 0 }),
  pool('pool1', 'conv1'),
  conv('conv2', 'pool1', 16, { kernel: 5, padding: 0 }),
  pool('pool2', 'conv2'),
  dense('fc1', 'pool2', 120, 'relu'),
  dense('fc2', 'fc1', 84, 'relu'),
  dense('fc3', 'fc2', 10),
];

/** Three residual blocks (He et al. 2015) without batch norm, whose gradient not every backend has. */
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

/** What flows out of a layer: maps, or a vector with only channels. */
type Shape = MapShape;

export interface ParameterShape {
  /** `conv1.weight`, as PyTorch would name it. */
  readonly name: string;
  readonly layer: string;
  /** In memory: HWIO for convolutions, [in, out] for dense layers, [out] for biases. */
  readonly shape: readonly number[];
  readonly fanIn: number;
}

/** Shape of every layer's output, [channels, height, width]; vectors have height and width 1. */
export function layerShapes(model: Model): Map<string, Shape> {
  const shapes = new Map<string, Shape>([[PICTURES, model.inputShape]]);
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

function shapeOf(shapes: ReadonlyMap<string, Shape>, name: string): Shape {
  const shape = shapes.get(name);
  if (shape === undefined) throw new Error(`The model names the layer "${name}" before it is made.`);
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

/** The description that goes into the log. */
export function describeModel(model: Model): ModelDescription {
  const shapes = layerShapes(model);
  const count = parameterShapes(model).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return {
    name: model.name,
    parameters: count,
    inputShape: model.inputShape,
    layers: model.layers.map((layer) => describeLayer(model, layer, shapes)),
  };
}

function describeLayer(model: Model, layer: Layer, shapes: ReadonlyMap<string, Shape>): LayerDescription {
  const inputShape = shapeOf(shapes, layer.from);
  const outputShape = shapeOf(shapes, layer.name);
  const { name } = layer;
  switch (layer.type) {
    case 'conv2d':
      return describeConv(model, layer, inputShape, outputShape);
    case 'maxPool2d': {
      const { kernel, stride } = layer;
      return {
        type: 'maxPool2d',
        name,
        kernel: [kernel, kernel],
        stride: [stride, stride],
        inputShape,
        outputShape,
      };
    }
    case 'add':
      return {
        type: 'add',
        name,
        inputs: [layer.from, layer.other],
        activation: layer.activation,
        outputShape,
      };
    case 'globalAveragePool':
      return { type: 'globalAveragePool', name, inputShape };
    case 'dense':
      return {
        type: 'dense',
        name,
        inFeatures: inputShape[0] * inputShape[1] * inputShape[2],
        outFeatures: layer.units,
        activation: layer.activation,
      };
  }
}

function describeConv(
  model: Model,
  layer: ConvLayer,
  inputShape: MapShape,
  outputShape: MapShape,
): Conv2dDescription {
  const { name, kernel, stride, padding, filters, activation } = layer;
  return {
    type: 'conv2d',
    name,
    inChannels: inputShape[0],
    outChannels: filters,
    kernel: [kernel, kernel],
    stride: [stride, stride],
    padding: [padding, padding],
    dilation: [1, 1],
    groups: 1,
    paddingMode: 'zeros',
    bias: true,
    activation,
    inputShape,
    outputShape,
    input: inputSource(model, layer),
  };
}

/** Where a conv layer's input is found: followed back to a pre-activation where that gives it exactly. */
export function inputSource(model: Model, layer: ConvLayer): MapSource {
  const operations: MapOperation[] = [];
  for (let name = layer.from; ; ) {
    if (name === PICTURES) return { from: 'probes' };
    const source = model.layers.find((candidate) => candidate.name === name)!;
    if (source.type === 'maxPool2d') {
      const { kernel, stride } = source;
      operations.unshift({ op: 'maxPool2d', kernel: [kernel, kernel], stride: [stride, stride] });
      name = source.from;
    } else if (source.type === 'conv2d') {
      if (source.activation === 'relu') operations.unshift({ op: 'relu' });
      return { from: 'record', tag: channelsTag(source.name, 'preactivation'), operations };
    } else {
      // A residual sum has no record of its own: it is logged once, as the input of the first layer that reads it.
      const first = model.layers.find((other) => other.type === 'conv2d' && other.from === layer.from)!;
      return { from: 'record', tag: channelsTag(first.name, 'input'), operations: [] };
    }
  }
}

/** Conv layers whose input is logged, because it follows from no other record. */
export function layersWithLoggedInput(model: Model): ConvLayer[] {
  return model.layers.filter((layer): layer is ConvLayer => {
    if (layer.type !== 'conv2d') return false;
    const source = inputSource(model, layer);
    return source.from === 'record' && source.tag === channelsTag(layer.name, 'input');
  });
}
