/** Links that open a part of a run in the lab: a pixel with its patch and kernel, or a whole channel as the input. */
import type { Pair } from '@convscope/shared/run-description.js';
import { DEFAULT_STATE, LIMITS, labStateToQuery } from '../../lab/lab-state.js';

export interface PixelForLab {
  /** `conv2 out 11, y 7, x 9, step 680` */
  readonly caption: string;
  readonly channels: number;
  readonly kernel: Pair;
  /** [channels, kH, kW]: the values under the taps, zeros of the padding included. */
  readonly patch: ArrayLike<number>;
  /** [channels, kH, kW] */
  readonly weight: ArrayLike<number>;
  readonly bias: number | undefined;
}

/** More channels would make the page unreadable and the link too long. The caption says that only these are sent. */
const MOST_CHANNELS = 64;

export interface ChannelForLab {
  /** `conv2 out 11, step 680` */
  readonly caption: string;
  readonly height: number;
  readonly width: number;
  /** [height, width] */
  readonly values: ArrayLike<number>;
}

/**
 * Returns the hash, `#lab?…`, with the channel as the only input and a derivative as the first kernel. Values have four
 * significant digits, which is finer than the 8 bits of a logged map. Of a map that is larger than the input of the lab the
 * middle is sent, and the caption says so.
 */
export function channelLink({ caption, height, width, values }: ChannelForLab): string {
  const rows = Math.min(height, LIMITS.inputHeight[1]);
  const columns = Math.min(width, LIMITS.inputWidth[1]);
  const top = Math.floor((height - rows) / 2);
  const left = Math.floor((width - columns) / 2);
  const input = Array.from({ length: rows * columns }, (_, i) => {
    const value = values[(top + Math.floor(i / columns)) * width + left + (i % columns)] ?? 0;
    return Number.isFinite(value) ? Number(value.toPrecision(4)) : 0;
  });
  const lost = Array.from(values).some((value) => !Number.isFinite(value));
  const cut =
    rows < height || columns < width
      ? `, rows ${top} to ${top + rows - 1}, columns ${left} to ${left + columns - 1}`
      : '';
  return `#lab?${labStateToQuery({
    ...DEFAULT_STATE,
    inputHeight: rows,
    inputWidth: columns,
    paddingHeight: 1,
    paddingWidth: 1,
    inputFill: 'custom',
    kernelFill: 'edge',
    input,
    from: `${caption}${cut}${lost ? ' (0 where it is not finite)' : ''}`,
  })}`;
}

/** Returns the hash, `#lab?…`. With six significant digits, the sum equals that of the run to about 1e-5. */
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
