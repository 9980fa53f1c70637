/** Converts tensors to pictures as add_image and add_images of torch.utils.tensorboard do. */
import type { Picture } from '@convscope/shared/channels/png.js';

/** The tensor's axes, as torch names them: N pictures, C colours, H rows, W columns. */
export type ImageFormat = 'NCHW' | 'NHWC' | 'CHW' | 'HWC' | 'HW';

/** Pictures per row of the grid that a batch becomes. */
const GRID_COLUMNS = 8;

/**
 * Values are multiplied by 255 (not with `uint8`), clipped to 0..255 and truncated. A single colour becomes grey RGB. A
 * batch becomes one picture: rows of at most 8 without gaps, and black where the last row has none
 * (torch/utils/tensorboard/_utils.py and summary.py).
 * @throws Error when the shape does not match the format, or the number of colours is not one that a picture can have.
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
      `A picture of format ${format} cannot have the shape [${shape.join(', ')}] and ${values.length} values.`,
    );
  }
  const [pictures, colours, rows, columns] = [size('N'), size('C'), size('H'), size('W')];
  const batch = format.startsWith('N');
  if (colours !== 1 && colours !== 3 && (batch || colours !== 4)) {
    throw new Error(
      `A picture has 1, 3 or 4 colours (in a batch 1 or 3); the shape [${shape.join(', ')}] of format ${format} has ` +
        `${colours}. Log feature maps as channels, or reshape the tensor.`,
    );
  }
  const channels = colours === 4 ? 4 : 3;
  const inRow = Math.min(pictures, GRID_COLUMNS);
  const width = inRow * columns;
  const height = inRow === 0 ? 0 : Math.ceil(pictures / inRow) * rows;
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
          // torch multiplies in float32; NaN becomes 0.
          pixels[to + c] = Math.max(0, Math.min(255, Math.fround(Math.fround(value) * scale))) || 0;
        }
      }
    }
  }
  return { width, height, channels, pixels };
}
