/** Tensors → pictures the way torch.utils.tensorboard's add_image and add_images make them. */
import type { Picture } from './png.js';

/** Axes of the tensor, as torch names them: N pictures, C colours, H rows, W columns. */
export type ImageFormat = 'NCHW' | 'NHWC' | 'CHW' | 'HWC' | 'HW';

/** Pictures in a row of the grid that a batch is laid out in. */
const GRID_COLUMNS = 8;

/**
 * Values are multiplied by 255 (`uint8` ones are taken as they are), cut to 0..255 and truncated, so that negative
 * ones are black; a single colour is tripled. A batch becomes one picture: rows of at most 8, no gap, the rest black
 * (torch/utils/tensorboard/_utils.py and summary.py).
 * @throws when the shape does not fit the format, or has a number of colours that no picture has.
 */
export function torchImage(
  values: ArrayLike<number>,
  shape: readonly number[],
  format: ImageFormat,
  options: { readonly uint8?: boolean } = {},
): Picture {
  const size = (axis: string): number => (format.includes(axis) ? shape[format.indexOf(axis)]! : 1);
  const total = shape.reduce((a, b) => a * b, 1);
  if (shape.length !== format.length || values.length !== total) {
    throw new Error(
      `A picture of format ${format} cannot have shape [${shape.join(', ')}] and ${values.length} values.`,
    );
  }
  const [pictures, colours, rows, columns] = [size('N'), size('C'), size('H'), size('W')];
  const batch = format.startsWith('N');
  if (colours !== 1 && colours !== 3 && (batch || colours !== 4)) {
    throw new Error(
      `A picture has 1, 3 or 4 colours (a batch 1 or 3); shape [${shape.join(', ')}] of format ${format} has ${colours}. ` +
        'Log feature maps as channels, or reshape them to three at a time.',
    );
  }
  const channels = colours === 4 ? 4 : 3;
  const inRow = Math.min(pictures, GRID_COLUMNS);
  const width = inRow * columns;
  const height = Math.ceil(pictures / inRow) * rows;
  const pixels = new Uint8Array(width * height * channels);
  const stride = (axis: string): number =>
    format.includes(axis) ? shape.slice(format.indexOf(axis) + 1).reduce((a, b) => a * b, 1) : 0;
  const [perPicture, perColour, perRow, perColumn] = [stride('N'), stride('C'), stride('H'), stride('W')];
  const scale = options.uint8 ? 1 : 255;
  for (let n = 0; n < pictures; n++) {
    const [left, top] = [(n % inRow) * columns, Math.floor(n / inRow) * rows];
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const from = n * perPicture + y * perRow + x * perColumn;
        const to = ((top + y) * width + left + x) * channels;
        for (let c = 0; c < channels; c++) {
          const value = values[from + (colours === 1 ? 0 : c) * perColour]!;
          // In float32, as torch multiplies; NaN becomes 0.
          pixels[to + c] = Math.max(0, Math.min(255, Math.fround(Math.fround(value) * scale))) || 0;
        }
      }
    }
  }
  return { width, height, channels, pixels };
}
