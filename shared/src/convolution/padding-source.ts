import type { PaddingMode } from './parameters.js';

/**
 * The pixel whose value stands at a position of a padded axis of `size` pixels. `position` counts from the first real
 * pixel, so positions below 0 and from `size` on are padding. Returns −1 for a zero.
 */
export function paddingSource(position: number, size: number, mode: PaddingMode): number {
  if (position >= 0 && position < size) return position;
  switch (mode) {
    case 'zeros':
      return -1;
    case 'reflect':
      // The border pixel itself is not repeated.
      return position < 0 ? -position : 2 * (size - 1) - position;
    case 'replicate':
      return position < 0 ? 0 : size - 1;
    case 'circular':
      return position < 0 ? position + size : position - size;
  }
}

/** `paddingSource` for every (output, tap) pair of one axis, at index output·kernel + tap. */
export function sourceTable(axis: {
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly size: number;
  readonly mode: PaddingMode;
}): Int32Array {
  const { outputs, kernel, stride, dilation, before, size, mode } = axis;
  const table = new Int32Array(outputs * kernel);
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < kernel; tap++) {
      table[output * kernel + tap] = paddingSource(output * stride - before + tap * dilation, size, mode);
    }
  }
  return table;
}
