/** Products and quotients of maps. An input with one row, column or channel is repeated over those of the others. */
import type { Reading } from '../convolution/reading.js';
import type { MapShape } from '../run-description.js';

/** The shape of what the inputs give; undefined if the inputs do not fit. */
export function productShape(shapes: readonly MapShape[]): MapShape | undefined {
  const [channels, height, width] = [0, 1, 2].map((axis) => Math.max(...shapes.map((one) => one[axis]!)));
  const shape: MapShape = [channels!, height!, width!];
  const fits = shapes.every((one) => one.every((size, axis) => size === 1 || size === shape[axis]));
  return fits ? shape : undefined;
}

/** Where an input of this shape is read for a place of the result. */
export function factorPlace(
  [channels, height, width]: MapShape,
  at: { readonly channel: number; readonly y: number; readonly x: number },
) {
  return {
    channel: channels === 1 ? 0 : at.channel,
    y: height === 1 ? 0 : at.y,
    x: width === 1 ? 0 : at.x,
  };
}

export function product(a: Reading, b: Reading): Reading {
  const value = a.value * b.value;
  if (a.lo === a.hi && b.lo === b.hi) return { value, lo: value, hi: value };
  const ends = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi];
  return { value, lo: Math.min(...ends), hi: Math.max(...ends) };
}

export function quotient(a: Reading, b: Reading): Reading {
  const value = a.value / b.value;
  if (a.lo === a.hi && b.lo === b.hi) return { value, lo: value, hi: value };
  // The divisor may be 0, so that nothing is known.
  if (b.lo <= 0 && b.hi >= 0) return { value, lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY };
  const ends = [a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi];
  return { value, lo: Math.min(...ends), hi: Math.max(...ends) };
}
