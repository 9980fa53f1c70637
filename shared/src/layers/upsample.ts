/** Upsampling as PyTorch's `interpolate` does it with a whole size: which input pixels an output pixel reads. */
import type { MapShape, UpsampleDescription } from '../run-description.js';

/** An input row or column, and the weight that it has. */
export interface UpsampleTap {
  readonly from: number;
  readonly weight: number;
}

/**
 * What one output row or column reads; one tap, or two neighbours.
 * @param axis 0 for rows, 1 for columns
 */
export function upsampleTaps(
  { mode, alignCorners, outputShape }: UpsampleDescription,
  input: MapShape,
  axis: 0 | 1,
  at: number,
): readonly UpsampleTap[] {
  const [size, outputs] = [input[axis + 1]!, outputShape[axis + 1]!];
  const last = size - 1;
  if (mode === 'nearest') {
    // PyTorch computes this place in float32, whatever the type of the values is.
    const place = Math.floor(Math.fround(at * Math.fround(size / outputs)));
    return [{ from: Math.min(last, place), weight: 1 }];
  }
  const place = alignCorners
    ? (at * last) / Math.max(1, outputs - 1)
    : Math.max(0, ((at + 0.5) * size) / outputs - 0.5);
  const from = Math.min(last, Math.floor(place));
  const weight = place - from;
  return from === last || weight === 0
    ? [{ from, weight: 1 }]
    : [
        { from, weight: 1 - weight },
        { from: from + 1, weight },
      ];
}

/** The taps of all rows or columns. */
export function allUpsampleTaps(layer: UpsampleDescription, input: MapShape, axis: 0 | 1) {
  return Array.from({ length: layer.outputShape[axis + 1]! }, (_, at) =>
    upsampleTaps(layer, input, axis, at),
  );
}
