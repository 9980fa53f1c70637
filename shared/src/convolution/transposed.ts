/** The geometry of a transposed convolution: each input pixel adds its kernel to the output. */
import type { Pair } from '../run-description.js';

export interface TransposedWindow {
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
}

export interface TransposedTap {
  readonly tap: number;
  /** The input position that reaches the output through this tap. */
  readonly from: number;
}

/** The taps along one axis through which input reaches one output position, by ascending tap. */
export function transposedTaps(
  { kernel, stride, padding, dilation }: TransposedWindow,
  axis: 0 | 1,
  at: number,
  size: number,
): TransposedTap[] {
  const taps: TransposedTap[] = [];
  for (let tap = 0; tap < kernel[axis]; tap++) {
    const from = (at + padding[axis] - tap * dilation[axis]) / stride[axis];
    if (Number.isInteger(from) && from >= 0 && from < size) taps.push({ tap, from });
  }
  return taps;
}

/** Output size along one axis: (size − 1)·stride − 2·padding + dilation·(kernel − 1) + output padding + 1. */
export function transposedSize(
  { kernel, stride, padding, dilation }: TransposedWindow,
  outputPadding: Pair,
  axis: 0 | 1,
  size: number,
): number {
  return (
    (size - 1) * stride[axis] -
    2 * padding[axis] +
    dilation[axis] * (kernel[axis] - 1) +
    outputPadding[axis] +
    1
  );
}
