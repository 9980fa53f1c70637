/** Ways to fill the lab's input and kernels. All deterministic, so that a link brings back the same numbers. */

export const INPUT_FILLS = ['example', 'ramp', 'random', 'checker', 'picture', 'custom'] as const;
export type InputFill = (typeof INPUT_FILLS)[number];

export const KERNEL_FILLS = [
  'example',
  'random',
  'ramp',
  'edge',
  'blur',
  'identity',
  'ones',
  'custom',
] as const;
export type KernelFill = (typeof KERNEL_FILLS)[number];

/** The 5×5 input and 3×3 kernel of the worked example. */
export const EXAMPLE_INPUT = [
  1, 2, 0, 3, 1, 0, 1, 2, 3, 1, 1, 2, 1, 0, 0, 5, 2, 3, 1, 1, 2, 1, 0, 1, 1,
] as const;
export const EXAMPLE_KERNEL = [1, 2, 1, 0, 1, 0, 2, 1, 0] as const;

/** mulberry32, a small generator with 32 bits of state. Yields [0, 1). */
export function randomStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Rounds to two decimals, so that the arithmetic uses the numbers that are shown. */
function short(value: number): number {
  return Math.round(value * 100) / 100;
}

/** [channels, height, width]. `picture` is handled by the caller, which has the pixels. */
export function fillInput(
  fill: Exclude<InputFill, 'picture' | 'custom'>,
  channels: number,
  height: number,
  width: number,
  seed: number,
): Float64Array {
  const values = new Float64Array(channels * height * width);
  const random = randomStream(seed);
  for (let i = 0; i < values.length; i++) {
    const c = Math.floor(i / (height * width));
    const y = Math.floor(i / width) % height;
    const x = i % width;
    switch (fill) {
      case 'example':
        values[i] = EXAMPLE_INPUT[((y + c) % 5) * 5 + ((x + 2 * c) % 5)]!;
        break;
      case 'ramp':
        values[i] = i % (height * width);
        break;
      case 'checker':
        values[i] = (x + y + c) % 2;
        break;
      case 'random':
        values[i] = Math.floor(random() * 10);
        break;
    }
  }
  return values;
}

/**
 * [out, in/groups, kH, kW]. `random` follows nn.Conv2d's default: U(−1/√fan_in, 1/√fan_in). `edge` is a
 * derivative that turns with the output channel; `identity` passes the input channel with the output's number.
 */
export function fillKernel(
  fill: Exclude<KernelFill, 'custom'>,
  outChannels: number,
  inPerGroup: number,
  height: number,
  width: number,
  seed: number,
): Float64Array {
  const values = new Float64Array(outChannels * inPerGroup * height * width);
  const random = randomStream(seed ^ 0x9e3779b9);
  const bound = 1 / Math.sqrt(Math.max(1, inPerGroup * height * width));
  const middleY = (height - 1) / 2;
  const middleX = (width - 1) / 2;
  let blurSum = 0;
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) blurSum += gauss(y - middleY, x - middleX);
  for (let i = 0; i < values.length; i++) {
    const x = i % width;
    const y = Math.floor(i / width) % height;
    const c = Math.floor(i / (width * height)) % inPerGroup;
    const o = Math.floor(i / (width * height * inPerGroup));
    switch (fill) {
      case 'example':
        values[i] = EXAMPLE_KERNEL[((y + o) % 3) * 3 + ((x + c) % 3)]!;
        break;
      case 'random':
        values[i] = short((random() * 2 - 1) * bound);
        break;
      case 'ramp':
        values[i] = y * width + x;
        break;
      case 'edge': {
        const angle = (o * Math.PI) / Math.max(2, Math.min(8, outChannels));
        values[i] = Math.round((x - middleX) * Math.cos(angle) + (y - middleY) * Math.sin(angle));
        break;
      }
      case 'blur':
        values[i] = gauss(y - middleY, x - middleX) / blurSum;
        break;
      case 'identity':
        values[i] = y === Math.floor(middleY) && x === Math.floor(middleX) && c === o % inPerGroup ? 1 : 0;
        break;
      case 'ones':
        values[i] = 1;
        break;
    }
  }
  return values;
}

/** SSIM's window has σ = 1.5. */
function gauss(dy: number, dx: number): number {
  return Math.exp(-(dy * dy + dx * dx) / (2 * 1.5 * 1.5));
}
