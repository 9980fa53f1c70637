/** Layers that only move values: which value of the input each value of the output is. */
import type { LayerOf, MapShape } from '../run-description.js';
import { emptyMaps, isExact, type Maps } from './maps.js';

export type RearrangingLayer = LayerOf<
  'pad' | 'slice' | 'pixelShuffle' | 'pixelUnshuffle' | 'channelShuffle'
>;
type Pad = LayerOf<'pad'>;

interface Place {
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

/** The shape of the output; undefined if the layer cannot have read such an input. */
export function rearrangedShape(
  layer: RearrangingLayer,
  [channels, height, width]: MapShape,
): MapShape | undefined {
  switch (layer.type) {
    case 'pad': {
      const [left, right, top, bottom] = layer.sides;
      const shape: MapShape = [channels, height + top + bottom, width + left + right];
      const reach = {
        zeros: [Infinity, Infinity],
        replicate: [Infinity, Infinity],
        circular: [height, width],
      };
      const [rows, columns] =
        layer.mode === 'reflect' ? [height - 1, width - 1] : (reach[layer.mode] as [number, number]);
      const fits = Math.max(top, bottom) <= rows && Math.max(left, right) <= columns;
      const isWhole = layer.mode === 'zeros' || Math.min(...layer.sides) >= 0;
      return fits && isWhole && shape[1] > 0 && shape[2] > 0 ? shape : undefined;
    }
    case 'slice': {
      const [count] = layer.outputShape;
      return layer.first + count <= channels ? [count, height, width] : undefined;
    }
    case 'pixelShuffle': {
      const { factor } = layer;
      return channels % factor ** 2 === 0
        ? [channels / factor ** 2, height * factor, width * factor]
        : undefined;
    }
    case 'pixelUnshuffle': {
      const { factor } = layer;
      return height % factor === 0 && width % factor === 0
        ? [channels * factor ** 2, height / factor, width / factor]
        : undefined;
    }
    case 'channelShuffle':
      return channels % layer.groups === 0 ? [channels, height, width] : undefined;
  }
}

/** Where an output value is read. Undefined if it is what a padding adds. */
export function movedFrom(
  layer: RearrangingLayer,
  [channels, height, width]: MapShape,
  { channel, y, x }: Place,
): Place | undefined {
  switch (layer.type) {
    case 'pad': {
      const row = padSource(layer, height, 0, y);
      const column = padSource(layer, width, 1, x);
      return row === undefined || column === undefined ? undefined : { channel, y: row, x: column };
    }
    case 'slice':
      return { channel: layer.first + channel, y, x };
    case 'pixelShuffle': {
      const { factor } = layer;
      const within = (y % factor) * factor + (x % factor);
      return {
        channel: channel * factor ** 2 + within,
        y: Math.floor(y / factor),
        x: Math.floor(x / factor),
      };
    }
    case 'pixelUnshuffle': {
      const { factor } = layer;
      const within = channel % factor ** 2;
      return {
        channel: Math.floor(channel / factor ** 2),
        y: y * factor + Math.floor(within / factor),
        x: x * factor + (within % factor),
      };
    }
    case 'channelShuffle': {
      const { groups } = layer;
      return {
        channel: (channel % groups) * (channels / groups) + Math.floor(channel / groups),
        y,
        x,
      };
    }
  }
}

/** The row or column of the input at a row or column of the padded one; undefined if it is none. */
export function padSource({ sides, mode }: Pad, size: number, axis: 0 | 1, at: number): number | undefined {
  const place = at - sides[axis === 0 ? 2 : 0];
  const last = size - 1;
  switch (mode) {
    case 'zeros':
      return place < 0 || place > last ? undefined : place;
    case 'reflect':
      return place > last ? 2 * last - place : Math.abs(place);
    case 'replicate':
      return Math.max(0, Math.min(last, place));
    case 'circular':
      return (place + size) % size;
  }
}

/** What a padding adds. */
export function paddedValue(layer: RearrangingLayer): number {
  return layer.type === 'pad' ? (layer.value ?? 0) : 0;
}

export function rearranged(layer: RearrangingLayer, input: Maps): Maps | undefined {
  const shape = rearrangedShape(layer, input.shape);
  if (shape === undefined || shape.join() !== layer.outputShape.join()) return undefined;
  const [, height, width] = input.shape;
  const result = emptyMaps(shape, isExact(input));
  const constant = paddedValue(layer);
  let place = 0;
  for (let channel = 0; channel < shape[0]; channel++)
    for (let y = 0; y < shape[1]; y++)
      for (let x = 0; x < shape[2]; x++, place++) {
        const from = movedFrom(layer, input.shape, { channel, y, x });
        const source = from && (from.channel * height + from.y) * width + from.x;
        result.lo[place] = source === undefined ? constant : input.lo[source]!;
        result.hi[place] = source === undefined ? constant : input.hi[source]!;
        result.values[place] = source === undefined ? constant : input.values[source]!;
      }
  return result;
}
