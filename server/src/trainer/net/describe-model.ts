/** The description of a model in the log: its layers, and where a viewer finds the input of each. */
import {
  type Conv2dDescription,
  channelsTag,
  type LayerDescription,
  type MapOperation,
  type MapShape,
  type MapSource,
  type ModelDescription,
  NET_INPUT,
} from '@convscope/shared/run-description.js';
import {
  type ConvLayer,
  type Layer,
  layerShapes,
  type Model,
  PICTURES,
  parameterShapes,
  shapeOf,
} from './models.js';

/** The description of a model in the run's start record. */
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

function describeLayer(model: Model, layer: Layer, shapes: ReadonlyMap<string, MapShape>): LayerDescription {
  const inputShape = shapeOf(shapes, layer.from);
  const outputShape = shapeOf(shapes, layer.name);
  const { name } = layer;
  const inputs = [inputName(layer.from)];
  switch (layer.type) {
    case 'conv2d':
      return describeConv(model, layer, inputShape, outputShape);
    case 'maxPool2d': {
      const { kernel, stride } = layer;
      return {
        type: 'maxPool2d',
        name,
        inputs,
        kernel: [kernel, kernel],
        stride: [stride, stride],
        padding: [0, 0],
        dilation: [1, 1],
        ceilMode: false,
        outputShape,
      };
    }
    case 'add':
      return {
        type: 'add',
        name,
        inputs: [layer.from, layer.other].map(inputName),
        activation: layer.activation,
        outputShape,
      };
    case 'globalAveragePool':
      return { type: 'adaptiveAvgPool2d', name, inputs, outputShape };
    case 'dense':
      return {
        type: 'dense',
        name,
        inputs,
        inFeatures: inputShape[0] * inputShape[1] * inputShape[2],
        outFeatures: layer.units,
        bias: true,
        activation: layer.activation,
        outputShape,
      };
  }
}

/** The name by which a description says what a layer reads. */
function inputName(from: string): string {
  return from === PICTURES ? NET_INPUT : from;
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
    inputs: [inputName(layer.from)],
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

/**
 * Where a viewer finds the input of a conv layer. Where possible this is a logged pre-activation and the operations that
 * lead from it to the input.
 */
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
      // A residual sum is logged once, as the input of the first conv layer that reads it.
      const first = model.layers.find((other) => other.type === 'conv2d' && other.from === layer.from)!;
      return { from: 'record', tag: channelsTag(first.name, 'input'), operations: [] };
    }
  }
}

/** Conv layers whose input is logged because it cannot be computed from another record. */
export function layersWithLoggedInput(model: Model): ConvLayer[] {
  return model.layers.filter((layer): layer is ConvLayer => {
    if (layer.type !== 'conv2d') return false;
    const source = inputSource(model, layer);
    return source.from === 'record' && source.tag === channelsTag(layer.name, 'input');
  });
}
