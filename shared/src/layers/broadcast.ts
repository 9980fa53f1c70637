/** Sums, products and quotients of maps: an input with one row, column or channel is repeated over those of the others. */
import type { MapShape } from '../run-description.js';

/** The shape of what the inputs give; undefined if the inputs do not fit. */
export function broadcastShape(shapes: readonly MapShape[]): MapShape | undefined {
  const [channels, height, width] = [0, 1, 2].map((axis) => Math.max(...shapes.map((one) => one[axis]!)));
  const shape: MapShape = [channels!, height!, width!];
  const fits = shapes.every((one) => one.every((size, axis) => size === 1 || size === shape[axis]));
  return fits ? shape : undefined;
}

/** Where an input of this shape is read for a place of the result. */
export function broadcastPlace(
  [channels, height, width]: MapShape,
  at: { readonly channel: number; readonly y: number; readonly x: number },
) {
  return {
    channel: channels === 1 ? 0 : at.channel,
    y: height === 1 ? 0 : at.y,
    x: width === 1 ? 0 : at.x,
  };
}
