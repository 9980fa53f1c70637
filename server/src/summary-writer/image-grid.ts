import type { Picture } from '@convscope/shared/channels/png.js';

/** Pictures of a batch, [N, C, H, W] row-major; C is 3, or 1 for grey ones. */
export interface Batch {
  readonly data: Float32Array | Float64Array | Uint8Array;
  readonly shape: readonly [pictures: number, channels: number, height: number, width: number];
}

const COLUMNS = 8;

/**
 * The one picture that torch's `SummaryWriter.add_images` makes of a batch: rows of at most eight, no gap, the rest
 * black. Floats are multiplied by 255, clipped and rounded down; bytes are taken as they are.
 * @throws Error where the batch has not 1 or 3 channels
 */
export function imageGrid({ data, shape }: Batch): Picture {
  const [pictures, channels, height, width] = shape;
  if (channels !== 1 && channels !== 3) {
    throw new Error(
      `A picture has 1 channel (grey) or 3 (red, green, blue), not ${channels}. Reshape the batch, or log it as channels.`,
    );
  }
  const columns = Math.min(pictures, COLUMNS);
  const rows = columns === 0 ? 0 : Math.ceil(pictures / columns);
  const stride = columns * width;
  const pixels = new Uint8Array(rows * height * stride * 3);
  const scale = data instanceof Uint8Array ? 1 : 255;
  const plane = height * width;
  for (let n = 0; n < pictures; n++) {
    const top = Math.floor(n / columns) * height;
    const left = (n % columns) * width;
    for (let c = 0; c < 3; c++) {
      const from = (n * channels + (channels === 1 ? 0 : c)) * plane;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const value = Math.fround(data[from + y * width + x]! * scale);
          // A number that is none becomes black, as numpy's cast makes it.
          pixels[((top + y) * stride + left + x) * 3 + c] =
            value >= 255 ? 255 : value > 0 ? Math.floor(value) : 0;
        }
      }
    }
  }
  return { width: stride, height: rows * height, channels: 3, pixels };
}
