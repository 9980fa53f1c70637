/** The checks of PyTorch's `F.pad` (2.2.2) for every mode but zeros, with the same messages. */
import type { PaddingMode } from './parameters.js';
import { ConvolutionRefusal, sizes } from './refusal.js';

/**
 * Checks the padding and returns the padded shape.
 * @param pads (before, after) of the last axis, then of the one before, as `F.pad` takes them
 * @throws ConvolutionRefusal with PyTorch's message where `F.pad` raises
 */
export function checkPad(
  shape: readonly number[],
  pads: readonly number[],
  mode: Exclude<PaddingMode, 'zeros'>,
): readonly number[] {
  const axes = pads.length / 2;
  if (axes > shape.length) {
    throw new ConvolutionRefusal(
      'input',
      `Padding length should be less than or equal to two times the input dimension but got padding length ${pads.length} and input of dimension ${shape.length}`,
    );
  }
  if (axes < 1 || axes > 3 || (shape.length !== axes + 1 && shape.length !== axes + 2)) {
    throw new ConvolutionRefusal(
      'input',
      'Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now',
      'NotImplementedError',
    );
  }
  const padded = shape.map((size, axis) => {
    const fromLast = shape.length - 1 - axis;
    return fromLast < axes ? size + pads[2 * fromLast]! + pads[2 * fromLast + 1]! : size;
  });
  if (mode === 'circular') checkCircular(shape, padded, pads);
  else checkBorders(shape, padded, pads, mode);
  return padded;
}

function checkCircular(shape: readonly number[], padded: readonly number[], pads: readonly number[]): void {
  for (let axis = shape.length - pads.length / 2; axis < shape.length; axis++) {
    const at = 2 * (shape.length - 1 - axis);
    if (pads[at]! > shape[axis]! || pads[at + 1]! > shape[axis]!) {
      throw new ConvolutionRefusal('padding', 'Padding value causes wrapping around more than once.');
    }
    if (padded[axis]! < 0) {
      throw new ConvolutionRefusal('padding', 'Negative padding value is resulting in an empty dimension');
    }
  }
}

function checkBorders(
  shape: readonly number[],
  padded: readonly number[],
  pads: readonly number[],
  mode: 'reflect' | 'replicate',
): void {
  const axes = pads.length / 2;
  const batched = shape.length === axes + 2;
  if (shape.slice(batched ? 1 : 0).some((size) => size === 0)) {
    throw new ConvolutionRefusal(
      'input',
      `Expected ${axes + 1}D or ${axes + 2}D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but got: ${sizes(shape)}`,
    );
  }
  if (mode === 'reflect') {
    for (let fromLast = 0; fromLast < axes; fromLast++) {
      const axis = shape.length - 1 - fromLast;
      const [before, after] = [pads[2 * fromLast]!, pads[2 * fromLast + 1]!];
      if (before >= shape[axis]! || after >= shape[axis]!) {
        throw new ConvolutionRefusal(
          'padding',
          `Argument #${4 + 2 * fromLast}: Padding size should be less than the corresponding input dimension, but got: padding (${before}, ${after}) at dimension ${axis} of input ${sizes(shape)}`,
        );
      }
    }
  }
  if (axes !== 2) return;
  const [height, width] = shape.slice(-2) as [number, number];
  const [outHeight, outWidth] = padded.slice(-2) as [number, number];
  if (outHeight < 1 && outWidth < 1) {
    // PyTorch's message has this blank before the bracket, for replicate only.
    const end = mode === 'replicate' ? ' )' : ')';
    throw new ConvolutionRefusal(
      'padding',
      `input (H: ${height}, W: ${width}${end} is too small. Calculated output H: ${outHeight} W: ${outWidth}`,
    );
  }
  if (outHeight < 0 || outWidth < 0) {
    throw new ConvolutionRefusal(
      'padding',
      mode === 'reflect'
        ? 'numel: integer multiplication overflow'
        : `Trying to create tensor with negative dimension ${outHeight < 0 ? outHeight : outWidth}: ${sizes(padded)}`,
    );
  }
}
