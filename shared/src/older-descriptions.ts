/**
 * Brings layers as earlier versions described them to today's form. They named no inputs but those of sums, and said only
 * where the log has the input of a convolution.
 */
import type { WrittenLayer } from './layer-schema.js';
import { channelsTag, type LayerDescription, NET_INPUT } from './run-description.js';

/** Idempotent: layers in today's form stay as they are. */
export function modernLayers(written: readonly WrittenLayer[]): LayerDescription[] {
  const before = new Map<string, LayerDescription>();
  let last = NET_INPUT;
  return written.map((one) => {
    const layer = modernLayer(one, one.inputs ?? olderInputs(one, last, before));
    before.set(layer.name, layer);
    last = layer.name;
    return layer;
  });
}

/** The layers before one, by their names, in their order. */
type Before = ReadonlyMap<string, LayerDescription>;

function modernLayer(layer: WrittenLayer, inputs: readonly string[]): LayerDescription {
  switch (layer.type) {
    case 'globalAveragePool': {
      const { name, inputShape, outputShape = [inputShape[0], 1, 1] } = layer;
      return { type: 'adaptiveAvgPool2d', name, inputs, outputShape };
    }
    case 'dense':
      return { ...layer, inputs, outputShape: layer.outputShape ?? [layer.outFeatures, 1, 1] };
    case 'conv2d': {
      const { name, input } = layer;
      const isFirst = inputs.length === 1 && inputs[0] === NET_INPUT;
      const stated = isFirst
        ? ({ from: 'probes' } as const)
        : ({ from: 'record', tag: channelsTag(name, 'input'), operations: [] } as const);
      return { ...layer, inputs, input: input ?? stated };
    }
    default:
      return { ...layer, inputs };
  }
}

/** Earlier versions described nets whose layers stood in a row, but for the branches of residual blocks. */
function olderInputs(layer: WrittenLayer, last: string, before: Before): readonly string[] {
  if (layer.type !== 'conv2d' || layer.input === undefined) return [last];
  if (layer.input.from === 'probes') return [NET_INPUT];
  const { tag, operations } = layer.input;
  const slash = tag.lastIndexOf('/');
  const producer = tag.slice(0, slash);
  if (tag.slice(slash) === '/input') {
    // The record is the input of this layer, or of another one that reads the same.
    return producer === layer.name ? [last] : (before.get(producer)?.inputs ?? []);
  }
  const pools = operations.filter(({ op }) => op === 'maxPool2d').length;
  const found = [...before.keys()].findLast((name) => isBehind(name, producer, pools, before));
  return found === undefined ? [] : [found];
}

/** Whether the layer stands behind `producer`, with `pools` pooling layers between. */
function isBehind(name: string, producer: string, pools: number, before: Before): boolean {
  let at: string | undefined = name;
  for (let left = pools; left > 0; left--) {
    const layer: LayerDescription | undefined = before.get(at ?? '');
    if (layer?.type !== 'maxPool2d') return false;
    at = layer.inputs[0];
  }
  return at === producer;
}
