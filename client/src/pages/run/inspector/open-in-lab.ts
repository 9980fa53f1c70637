/** Links that open a part of a run in the lab: a pixel with its patch and kernel, or a whole channel as the input. */
import { exactly, marginOf, type Reading } from '@convscope/shared/convolution/reading.js';
import type { Pair } from '@convscope/shared/run-description.js';
import { DEFAULT_STATE, LIMITS, labStateToQuery } from '../../lab/lab-state.js';

export interface PixelForLab {
  /** `conv2 out 11, y 7, x 9, step 680` */
  readonly caption: string;
  readonly channels: number;
  readonly kernel: Pair;
  /** [channels, kH, kW]: the values under the taps, zeros of the padding included. */
  readonly patch: readonly Reading[];
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
  readonly values: readonly Reading[];
}

/** A value is sent with this many digits beyond the first digit of its margin: rounding then adds 0.5 % to the margin. */
const FINER = 2;

/**
 * A value as the link carries it. An exact float32 has the fewest digits that bring it back; of a value with a margin the
 * digits far below the margin are left out, and the bound includes that rounding.
 */
function sent(reading: Reading): { readonly value: number; readonly bound: number } {
  const { value } = reading;
  const margin = marginOf(reading);
  if (!Number.isFinite(value)) return { value: 0, bound: 0 };
  if (margin === 0) {
    const digits = [6, 7, 8].find(
      (one) => Math.fround(Number(value.toPrecision(one))) === Math.fround(value),
    );
    return { value: Number(value.toPrecision(digits ?? 9)), bound: 0 };
  }
  const decimals = Math.min(100, Math.max(0, FINER - Math.floor(Math.log10(margin))));
  const rounding = 0.5 * 10 ** -decimals;
  return { value: Number(value.toFixed(decimals)), bound: threeDigitsUp(margin + rounding) };
}

function threeDigitsUp(bound: number): number {
  const place = Math.floor(Math.log10(bound)) - 2;
  return Number((Math.ceil(bound * 10 ** -place) * 10 ** place).toPrecision(3));
}

function lostNote(values: readonly Reading[]): string {
  return values.every(({ value }) => Number.isFinite(value)) ? '' : ' (0 where it is not finite)';
}

/** The fields of the lab's state that hold values of a run. */
function inputFields(values: readonly Reading[]) {
  const all = values.map(sent);
  return { input: all.map(({ value }) => value), inputBounds: all.map(({ bound }) => bound) };
}

/**
 * Returns the hash, `#lab?…`, with the channel as the only input and a derivative as the first kernel. Of a map that is
 * larger than the input of the lab the middle is sent, and the caption says so.
 */
export function channelLink({ caption, height, width, values }: ChannelForLab): string {
  const rows = Math.min(height, LIMITS.inputHeight[1]);
  const columns = Math.min(width, LIMITS.inputWidth[1]);
  const top = Math.floor((height - rows) / 2);
  const left = Math.floor((width - columns) / 2);
  const shown = Array.from(
    { length: rows * columns },
    (_, i) => values[(top + Math.floor(i / columns)) * width + left + (i % columns)]!,
  );
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
    ...inputFields(shown),
    from: `${caption}${cut}${lostNote(shown)}`,
  })}`;
}

/** Whether the lab has room for a kernel. */
export function fitsLab([height, width]: Pair): boolean {
  return height <= LIMITS.kernelHeight[1] && width <= LIMITS.kernelWidth[1];
}

/** Returns the hash, `#lab?…`, of a pixel. The lab computes the same sum, with the same margin or a little more. */
export function labLink(pixel: PixelForLab): string {
  const channels = Math.min(pixel.channels, MOST_CHANNELS);
  const count = channels * pixel.kernel[0] * pixel.kernel[1];
  const patch = pixel.patch.slice(0, count);
  const exact = (value: number) => sent(exactly(value)).value;
  const weight = Array.from({ length: count }, (_, i) => pixel.weight[i] ?? 0);
  const some = channels < pixel.channels ? ` (first ${channels} of ${pixel.channels} inputs)` : '';
  const state = {
    ...DEFAULT_STATE,
    inChannels: channels,
    inputHeight: pixel.kernel[0],
    inputWidth: pixel.kernel[1],
    kernelHeight: pixel.kernel[0],
    kernelWidth: pixel.kernel[1],
    inputFill: 'custom',
    kernelFill: 'custom',
    ...inputFields(patch),
    kernel: weight.map(exact),
    bias: pixel.bias !== undefined,
    from: `${pixel.caption}${some}${lostNote([...patch, ...weight.map(exactly)])}`,
    ...(pixel.bias === undefined ? {} : { biases: [exact(pixel.bias)] }),
  } as const;
  return `#lab?${labStateToQuery(state)}`;
}
