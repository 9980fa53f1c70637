/**
 * Groups: SSIM slides a gaussian window over each colour separately (Wang et al., 2004). Dilation: the same window with
 * gaps covers more pixels, and a few dilated layers have a large receptive field without pooling (Yu and Koltun, 2016).
 */
import { fieldGeometry } from '@convscope/shared/convolution/receptive-field.js';
import type * as tfjs from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { loadBackend } from 'convscope/backend';
import { conv2d } from 'convscope/conv2d';

type Tf = typeof tfjs;

/** A size × size gaussian that sums to 1, repeated for each channel: [channels, 1, size, size]. */
function gaussianWindow(tf: Tf, size: number, sigma: number, channels: number): Tensor {
  const centre = (size - 1) / 2;
  const line = tf.exp(tf.div(tf.square(tf.sub(tf.range(0, size), centre)), -2 * sigma ** 2));
  const one = tf.div(line, tf.sum(line));
  return tf.tile(tf.reshape(tf.outerProduct(one.as1D(), one.as1D()), [1, 1, size, size]), [
    channels,
    1,
    1,
    1,
  ]);
}

/** The mean structural similarity of two batches [N, C, H, W] with values in 0..1. */
export function ssim(
  tf: Tf,
  a: Tensor4D,
  b: Tensor4D,
  options: { readonly windowSize: number; readonly dilation: number },
): number {
  return tf.tidy(() => {
    const { windowSize, dilation } = options;
    const channels = a.shape[1];
    const window = gaussianWindow(tf, windowSize, 1.5, channels);
    // The padding keeps the size; one group per channel keeps the colours separate.
    const padding = (dilation * (windowSize - 1)) / 2;
    const blur = (x: Tensor) => conv2d(tf, x, window, undefined, { padding, dilation, groups: channels });
    const [meanA, meanB] = [blur(a), blur(b)];
    const varianceA = tf.sub(blur(tf.square(a)), tf.square(meanA));
    const varianceB = tf.sub(blur(tf.square(b)), tf.square(meanB));
    const covariance = tf.sub(blur(tf.mul(a, b)), tf.mul(meanA, meanB));
    const [c1, c2] = [0.01 ** 2, 0.03 ** 2];
    const likeness = tf.mul(tf.add(tf.mul(2, tf.mul(meanA, meanB)), c1), tf.add(tf.mul(2, covariance), c2));
    const scale = tf.mul(
      tf.add(tf.add(tf.square(meanA), tf.square(meanB)), c1),
      tf.add(tf.add(varianceA, varianceB), c2),
    );
    return tf.mean(tf.div(likeness, scale)).dataSync()[0]!;
  });
}

/** Two pictures [1, 3, 48, 48]: a chequered ramp, and the same with faint stripes. */
function pictures(tf: Tf): [Tensor4D, Tensor4D] {
  const size = 48;
  const pixel = (stripes: number) => (c: number, y: number, x: number) =>
    0.2 +
    (0.4 * (x + y)) / (2 * size) +
    0.15 * ((Math.floor(x / 8) + Math.floor(y / 8) + c) % 2) +
    stripes * (x % 3);
  const picture = (value: (c: number, y: number, x: number) => number) => {
    const data = Float32Array.from({ length: 3 * size * size }, (_, i) =>
      value(Math.floor(i / size ** 2), Math.floor(i / size) % size, i % size),
    );
    return tf.tensor(data, [1, 3, size, size]) as Tensor4D;
  };
  return [picture(pixel(0)), picture(pixel(0.05))];
}

export async function run(write: (line: string) => void): Promise<void> {
  const { tf } = await loadBackend();
  tf.tidy(() => {
    const [a, b] = pictures(tf);
    write('SSIM of a picture and the same with stripes, window 11×11, groups 3');
    write(`  padding  5, dilation 1: ${ssim(tf, a, b, { windowSize: 11, dilation: 1 }).toFixed(4)}`);
    write(`  padding 10, dilation 2: ${ssim(tf, a, b, { windowSize: 11, dilation: 2 }).toFixed(4)}`);
    write(`  with itself:            ${ssim(tf, a, a, { windowSize: 11, dilation: 1 }).toFixed(4)}`);
  });
  write('Receptive field after each 3×3 layer, stride 1, no pooling');
  const field = (dilations: readonly number[]) =>
    fieldGeometry(
      dilations.map((d) => ({ kernel: [3, 3], stride: [1, 1], padding: [d, d], dilation: [d, d] })),
    ).map(({ size: [height, width] }) => `${height}×${width}`);
  const [plain, doubling] = [field([1, 1, 1, 1, 1]), field([1, 2, 4, 8, 16])];
  write('  layer  dilation 1  dilation 1, 2, 4, 8, 16');
  plain.forEach((size, layer) => {
    write(`  ${String(layer + 1).padEnd(5)}  ${size.padEnd(10)}  ${doubling[layer]}`);
  });
}
