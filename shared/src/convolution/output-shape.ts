import type { Pair } from '../run-description.js';

/** Number of pixels that a dilated kernel spans along one axis: dilation·(kernel − 1) + 1. */
export function effectiveKernel(kernel: number, dilation: number): number {
  return dilation * (kernel - 1) + 1;
}

/**
 * Output size along one axis, for a padded input of `paddedSize` pixels:
 * ⌊(paddedSize − effective kernel) / stride⌋ + 1. This is the formula in PyTorch's documentation with the padding
 * already added.
 */
export function outputSize(paddedSize: number, kernel: number, stride: number, dilation: number): number {
  return Math.floor((paddedSize - effectiveKernel(kernel, dilation)) / stride) + 1;
}

/** Number of trailing rows or columns of the padded input that no window covers, because the division rounds down. */
export function droppedPixels(paddedSize: number, kernel: number, stride: number, dilation: number): number {
  return (paddedSize - effectiveKernel(kernel, dilation)) % stride;
}

/** The padding that 'same' adds before and after one axis: dilation·(kernel − 1) in total; an odd pixel goes after. */
export function samePadding(kernel: number, dilation: number): readonly [before: number, after: number] {
  const total = dilation * (kernel - 1);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** Height and width of the output. */
export function outputShape(
  padded: Pair,
  kernel: Pair,
  parameters: { readonly stride: Pair; readonly dilation: Pair },
): Pair {
  const { stride, dilation } = parameters;
  return [
    outputSize(padded[0], kernel[0], stride[0], dilation[0]),
    outputSize(padded[1], kernel[1], stride[1], dilation[1]),
  ];
}
