/**
 * Receptive and projective fields in a whole net, through pools, strides and branches. A branch that joins another one
 * adds what it sees. Ranges are not clipped: they may reach into the padding.
 */
import type { PixelRange } from '../convolution/receptive-field.js';
import { type MapShape, type ModelDescription, NET_INPUT } from '../run-description.js';
import { layerProjectiveField, layerReceptiveField } from './layer-fields.js';

export type Net = Pick<ModelDescription, 'inputShape' | 'layers'>;

/** Shapes of what layers read and compute, by name. */
export function shapesOf(net: Net): ReadonlyMap<string, MapShape> {
  return new Map([
    [NET_INPUT, net.inputShape],
    ...net.layers.map(({ name, outputShape }) => [name, outputShape] as const),
  ]);
}

/**
 * The pixels of the layer `source`, or of the net's input, that the output pixels `range` of the layer `name` depend on.
 * Undefined if they depend on none, or if a layer between is not known.
 */
export function netReceptiveField(
  net: Net,
  name: string,
  range: PixelRange,
  source: string = NET_INPUT,
): PixelRange | undefined {
  const shapes = shapesOf(net);
  const seen = new Map([[name, range]]);
  for (const layer of net.layers.toReversed()) {
    if (layer.name === source) break;
    const output = seen.get(layer.name);
    if (output === undefined) continue;
    if (layer.inputs.length === 0) return undefined;
    for (const input of layer.inputs) {
      const shape = shapes.get(input);
      const read = shape && layerReceptiveField(layer, output, shape);
      if (read === undefined) return undefined;
      seen.set(input, united(seen.get(input), read));
    }
  }
  return seen.get(source);
}

/**
 * The output pixels of the layer `name` that depend on the pixels `range` of the layer `source`, or of the net's input.
 * Undefined if none does, or if a layer between is not known.
 */
export function netProjectiveField(
  net: Net,
  name: string,
  range: PixelRange,
  source: string = NET_INPUT,
): PixelRange | undefined {
  const shapes = shapesOf(net);
  const reached = new Map<string, PixelRange>([[source, range]]);
  /** Layers of which it is not known whether they depend on the pixels. */
  const unknown = new Set<string>();
  for (const layer of net.layers) {
    if (layer.name === source) continue;
    if (layer.inputs.length === 0 || layer.inputs.some((input) => unknown.has(input)))
      unknown.add(layer.name);
    for (const input of layer.inputs) {
      const from = reached.get(input);
      const shape = shapes.get(input);
      if (from === undefined || shape === undefined) continue;
      const to = layerProjectiveField(layer, from, shape);
      if (to === undefined) unknown.add(layer.name);
      else if (to.y0 <= to.y1 && to.x0 <= to.x1) {
        reached.set(layer.name, united(reached.get(layer.name), to));
      }
    }
    if (layer.name === name) return unknown.has(name) ? undefined : reached.get(name);
  }
  return undefined;
}

function united(a: PixelRange | undefined, b: PixelRange): PixelRange {
  if (a === undefined) return b;
  return {
    y0: Math.min(a.y0, b.y0),
    y1: Math.max(a.y1, b.y1),
    x0: Math.min(a.x0, b.x0),
    x1: Math.max(a.x1, b.x1),
  };
}
