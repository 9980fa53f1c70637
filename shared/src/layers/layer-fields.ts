/** Receptive and projective fields of one layer. Ranges are not clipped: they may reach into the padding. */
import { type PixelRange, projectiveField, receptiveField } from '../convolution/receptive-field.js';
import type { LayerDescription, LayerOf, MapShape, UpsampleDescription } from '../run-description.js';
import { padSource } from './rearrange.js';
import { allUpsampleTaps, upsampleTaps } from './upsample.js';

function whole([, height, width]: MapShape): PixelRange {
  return { y0: 0, y1: height - 1, x0: 0, x1: width - 1 };
}

function windowOf(layer: LayerDescription) {
  switch (layer.type) {
    case 'conv2d':
    case 'maxPool2d':
    case 'convTranspose2d':
      return layer;
    case 'avgPool2d':
      return { ...layer, dilation: [1, 1] } as const;
    default:
      return undefined;
  }
}

type FieldOf = typeof receptiveField;

function ofCorners(field: FieldOf, layer: Parameters<FieldOf>[0][number], range: PixelRange): PixelRange {
  const first = field([layer], { y: range.y0, x: range.x0 });
  const last = field([layer], { y: range.y1, x: range.x1 });
  return { y0: first.y0, x0: first.x0, y1: last.y1, x1: last.x1 };
}

/**
 * The cells of a grid that share a part of the area with cells of another one over the same map. An adaptive mean reads them:
 * its cell i reads from ⌊i·in/out⌋ to below ⌈(i + 1)·in/out⌉.
 */
function rescaled(range: PixelRange, from: MapShape, to: MapShape): PixelRange {
  return {
    y0: Math.floor((range.y0 * to[1]) / from[1]),
    y1: Math.ceil(((range.y1 + 1) * to[1]) / from[1]) - 1,
    x0: Math.floor((range.x0 * to[2]) / from[2]),
    x1: Math.ceil(((range.x1 + 1) * to[2]) / from[2]) - 1,
  };
}

/** The input pixels that output pixels of an upsampling read. Beyond the output there is nothing to read. */
function ofUpsampling(layer: UpsampleDescription, range: PixelRange, input: MapShape): PixelRange {
  const along = (axis: 0 | 1, first: number, last: number) => {
    const outputs = layer.outputShape[axis + 1]!;
    const tapsAt = (at: number) => upsampleTaps(layer, input, axis, Math.max(0, Math.min(outputs - 1, at)));
    return [tapsAt(first)[0]!.from, tapsAt(last).at(-1)!.from] as const;
  };
  const [y0, y1] = along(0, range.y0, range.y1);
  const [x0, x1] = along(1, range.x0, range.x1);
  return { y0, y1, x0, x1 };
}

/** The output pixels of an upsampling that read these input pixels. */
function reachOfUpsampling(layer: UpsampleDescription, range: PixelRange, input: MapShape): PixelRange {
  const along = (axis: 0 | 1, first: number, last: number) => {
    const reads = allUpsampleTaps(layer, input, axis).map((taps) =>
      taps.some(({ from }) => first <= from && from <= last),
    );
    const from = reads.indexOf(true);
    return from < 0 ? [0, -1] : [from, reads.lastIndexOf(true)];
  };
  const [y0, y1] = along(0, range.y0, range.y1);
  const [x0, x1] = along(1, range.x0, range.x1);
  return { y0: y0!, y1: y1!, x0: x0!, x1: x1! };
}

/** The input pixels that pixels of a padded map are. Of zeros they may lie beside it, as those of windows do. */
function ofPadding(layer: LayerOf<'pad'>, range: PixelRange, input: MapShape): PixelRange {
  const along = (axis: 0 | 1, first: number, last: number): [number, number] => {
    const before = layer.sides[axis === 0 ? 2 : 0];
    if (layer.mode === 'zeros') return [first - before, last - before];
    const outputs = layer.outputShape[axis + 1]!;
    const [from, to] = [Math.max(0, first), Math.min(outputs - 1, last)];
    const read = Array.from(
      { length: Math.max(0, to - from + 1) },
      (_, at) => padSource(layer, input[axis + 1]!, axis, from + at)!,
    );
    return [Math.min(...read), Math.max(...read)];
  };
  const [y0, y1] = along(0, range.y0, range.y1);
  const [x0, x1] = along(1, range.x0, range.x1);
  return { y0, y1, x0, x1 };
}

/** The pixels of a padded map that are these input pixels. */
function reachOfPadding(layer: LayerOf<'pad'>, range: PixelRange, input: MapShape): PixelRange {
  const along = (axis: 0 | 1, first: number, last: number) => {
    const isRead = Array.from({ length: layer.outputShape[axis + 1]! }, (_, at) => {
      const from = padSource(layer, input[axis + 1]!, axis, at);
      return from !== undefined && first <= from && from <= last;
    });
    const from = isRead.indexOf(true);
    return from < 0 ? [0, -1] : [from, isRead.lastIndexOf(true)];
  };
  const [y0, y1] = along(0, range.y0, range.y1);
  const [x0, x1] = along(1, range.x0, range.x1);
  return { y0: y0!, y1: y1!, x0: x0!, x1: x1! };
}

/** Each pixel of `range` as a square of so many, or, below 1, of so many the one that they lie in. */
function resized(range: PixelRange, factor: number): PixelRange {
  const first = (at: number) => Math.floor(at * factor);
  const last = (at: number) => Math.ceil((at + 1) * factor) - 1;
  return { y0: first(range.y0), y1: last(range.y1), x0: first(range.x0), x1: last(range.x1) };
}

/** What is read of an input whose only row or column is repeated. */
function withinOne(range: PixelRange, [, height, width]: MapShape): PixelRange {
  return {
    ...range,
    ...(height === 1 ? { y0: 0, y1: 0 } : {}),
    ...(width === 1 ? { x0: 0, x1: 0 } : {}),
  };
}

/** Where an input whose only row or column is repeated is read. */
function spreadFromOne(range: PixelRange, [, height, width]: MapShape, output: MapShape): PixelRange {
  const { y1, x1 } = whole(output);
  return {
    ...range,
    ...(height === 1 ? { y0: 0, y1 } : {}),
    ...(width === 1 ? { x0: 0, x1 } : {}),
  };
}

/** The input pixels that the output pixels `range` of one layer depend on. Undefined if that is not known. */
export function layerReceptiveField(
  layer: LayerDescription,
  range: PixelRange,
  input: MapShape,
): PixelRange | undefined {
  const window = windowOf(layer);
  // A transposed convolution is the convolution backwards.
  if (window !== undefined) {
    return ofCorners(layer.type === 'convTranspose2d' ? projectiveField : receptiveField, window, range);
  }
  switch (layer.type) {
    case 'adaptiveAvgPool2d':
    case 'adaptiveMaxPool2d': {
      return rescaled(range, layer.outputShape, input);
    }
    case 'upsample':
      return ofUpsampling(layer, range, input);
    case 'pad':
      return ofPadding(layer, range, input);
    case 'pixelShuffle':
      return resized(range, 1 / layer.factor);
    case 'pixelUnshuffle':
      return resized(range, layer.factor);
    case 'add':
    case 'multiply':
    case 'divide':
    case 'maximum':
    case 'minimum':
      return withinOne(range, input);
    case 'reduce':
      return layer.over === 'pixels' ? whole(input) : range;
    case 'layerNorm':
      return layer.over === 'picture' ? whole(input) : range;
    case 'groupNorm':
    case 'flatten':
    case 'dense':
      return whole(input);
    case 'other':
      return undefined;
    default:
      return range;
  }
}

/** The output pixels of one layer that depend on the input pixels `range`: it may be empty, or not known. */
export function layerProjectiveField(
  layer: LayerDescription,
  range: PixelRange,
  input: MapShape,
): PixelRange | undefined {
  const window = windowOf(layer);
  if (window !== undefined) {
    return ofCorners(layer.type === 'convTranspose2d' ? receptiveField : projectiveField, window, range);
  }
  switch (layer.type) {
    case 'adaptiveAvgPool2d':
    case 'adaptiveMaxPool2d': {
      return rescaled(range, input, layer.outputShape);
    }
    case 'upsample':
      return reachOfUpsampling(layer, range, input);
    case 'pad':
      return reachOfPadding(layer, range, input);
    case 'pixelShuffle':
      return resized(range, layer.factor);
    case 'pixelUnshuffle':
      return resized(range, 1 / layer.factor);
    case 'add':
    case 'multiply':
    case 'divide':
    case 'maximum':
    case 'minimum':
      return spreadFromOne(range, input, layer.outputShape);
    case 'reduce':
      return layer.over === 'pixels' ? whole(layer.outputShape) : range;
    case 'layerNorm':
      return layer.over === 'picture' ? whole(layer.outputShape) : range;
    case 'groupNorm':
    case 'flatten':
    case 'dense':
      return whole(layer.outputShape);
    case 'other':
      return undefined;
    default:
      return range;
  }
}
