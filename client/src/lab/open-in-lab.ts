/** A pixel of a run as a link to the lab: its patch as the input, its kernel as the only kernel. */
import type { Pair } from '@convscope/shared/run-description.js';
import { DEFAULT_STATE, labStateToQuery } from './lab-state.js';

export interface PixelForLab {
  /** What it is, for the caption: `conv2 out 11, y 7, x 9, step 680`. */
  readonly caption: string;
  readonly channels: number;
  readonly kernel: Pair;
  /** [channels, kH, kW]: the values under the taps, zeros of the padding included. */
  readonly patch: ArrayLike<number>;
  /** [channels, kH, kW] */
  readonly weight: ArrayLike<number>;
  readonly bias: number | undefined;
}

/** More channels than this make no readable page and too long a link: the first ones are sent, and it is said. */
const MOST_CHANNELS = 64;

/** The hash, `#lab?…`. Six significant digits: the sum is then that of the run to about 1e-5. */
export function labLink(pixel: PixelForLab): string {
  const channels = Math.min(pixel.channels, MOST_CHANNELS);
  const count = channels * pixel.kernel[0] * pixel.kernel[1];
  const short = (values: ArrayLike<number>) =>
    Array.from({ length: count }, (_, i) => Number((values[i] ?? 0).toPrecision(6)));
  const state = {
    ...DEFAULT_STATE,
    inChannels: channels,
    inputHeight: pixel.kernel[0],
    inputWidth: pixel.kernel[1],
    kernelHeight: pixel.kernel[0],
    kernelWidth: pixel.kernel[1],
    inputFill: 'custom',
    kernelFill: 'custom',
    input: short(pixel.patch),
    kernel: short(pixel.weight),
    bias: pixel.bias !== undefined,
    from:
      channels < pixel.channels
        ? `${pixel.caption} (first ${channels} of ${pixel.channels} inputs)`
        : pixel.caption,
    ...(pixel.bias === undefined ? {} : { biases: [Number(pixel.bias.toPrecision(6))] }),
  } as const;
  return `#lab?${labStateToQuery(state)}`;
}
