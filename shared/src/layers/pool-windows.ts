/** Which pixels the pooling layers of PyTorch, and those of Keras whose padding differs by side, read for one output pixel. */
import type { LayerOf, MapShape, Pair } from '../run-description.js';

type WindowedPool = LayerOf<'maxPool2d' | 'avgPool2d'>;
type AdaptivePool = LayerOf<'adaptiveAvgPool2d' | 'adaptiveMaxPool2d'>;
export type PoolLayer = WindowedPool | AdaptivePool;

function isAdaptive(layer: PoolLayer): layer is AdaptivePool {
  return layer.type === 'adaptiveAvgPool2d' || layer.type === 'adaptiveMaxPool2d';
}

export function isMaxPool({ type }: PoolLayer): boolean {
  return type === 'maxPool2d' || type === 'adaptiveMaxPool2d';
}

/** The positions along one axis that a window reads, without those in the padding. */
export interface PoolSpan {
  readonly first: number;
  /** Below this. */
  readonly end: number;
  readonly step: number;
  /** How many positions are counted when an average includes the padding. */
  readonly padded: number;
}

/** PyTorch's output size along one axis. With ceil mode no window begins in the padding behind the picture. */
export function pooledSize(layer: WindowedPool, size: number, axis: 0 | 1): number {
  const { kernel, stride, padding, paddingEnd = padding, ceilMode } = layer;
  const dilation = layer.type === 'maxPool2d' ? layer.dilation[axis] : 1;
  const room = size + padding[axis] + paddingEnd[axis] - dilation * (kernel[axis] - 1) - 1;
  const outputs = (ceilMode ? Math.ceil : Math.floor)(room / stride[axis]) + 1;
  const isInPadding = ceilMode && (outputs - 1) * stride[axis] >= size + padding[axis];
  return isInPadding ? outputs - 1 : outputs;
}

/** @param outputs the output's size, which only adaptive pooling reads */
export function poolSpan(layer: PoolLayer, size: number, outputs: number, axis: 0 | 1, at: number): PoolSpan {
  if (isAdaptive(layer)) {
    const first = Math.floor((at * size) / outputs);
    const end = Math.ceil(((at + 1) * size) / outputs);
    return { first, end, step: 1, padded: end - first };
  }
  const { kernel, stride, padding, paddingEnd = padding } = layer;
  const step = layer.type === 'maxPool2d' ? layer.dilation[axis] : 1;
  const start = at * stride[axis] - padding[axis];
  const end = start + step * (kernel[axis] - 1) + 1;
  // The first position at or after 0.
  const first = start < 0 ? start + Math.ceil(-start / step) * step : start;
  return { first, end: Math.min(end, size), step, padded: Math.min(end, size + paddingEnd[axis]) - start };
}

/** What the sum of a window is divided by. */
export function poolDivisor(layer: PoolLayer, rows: PoolSpan, columns: PoolSpan): number {
  const isPadded = layer.type === 'avgPool2d' && layer.countIncludePad;
  return isPadded
    ? rows.padded * columns.padded
    : Math.max(0, rows.end - rows.first) * Math.max(0, columns.end - columns.first);
}

/** Height and width of what a pooling layer computes from maps. */
export function pooledShape(layer: PoolLayer, [, height, width]: MapShape): Pair {
  if (isAdaptive(layer)) return [layer.outputShape[1], layer.outputShape[2]];
  return [pooledSize(layer, height, 0), pooledSize(layer, width, 1)];
}
