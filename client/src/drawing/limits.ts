/**
 * The colour limits of a grid. Locked to the channel, they are the exact limits of its values in the capture. Locked to
 * the layer, they clip 0.5 % (signed) or 1.5 % (after ReLU) of its values. Locked to the run, they are the widest layer
 * limits of all captures of the run. Limits are symmetric about 0 for signed data and start at 0 for rectified data.
 */
import type { ValueRange } from '@convscope/shared/channels/value-range.js';
import { MARK } from '../decode/decoded.js';
import type { Limits } from './lut.js';
import type { MapStack } from './map-stack.js';

/** What the colour limits of a grid are locked to. */
export const LOCKS = ['channel', 'layer', 'run'] as const;
export type Lock = (typeof LOCKS)[number];

export const NO_RANGE: ValueRange = { min: 0, max: 0, absolute: 0, positive: 0 };

export interface LimitsRequest {
  readonly stack: MapStack;
  /** The upper limit for locks other than `channel`, see `topOf`. */
  readonly top: number;
  readonly lock: Lock;
  readonly signed: boolean;
  /** Limits that the user chose; they apply to every channel. */
  readonly chosen: Limits | undefined;
}

/** The upper limit of values that reach `top`. Where all of them are zero any number will do, since zero keeps its colour. */
export function limitFor(top: number): number {
  return top > 0 ? top : 1;
}

export function signedLimits(absolute: number): Limits {
  const top = limitFor(absolute);
  return { lo: -top, hi: top };
}

export function rectifiedLimits(top: number): Limits {
  return { lo: 0, hi: limitFor(top) };
}

/** The upper colour limit for a range. */
export function topOf(range: ValueRange, signed: boolean): number {
  return signed ? range.absolute : range.positive;
}

/** Returns a function that gives the limits of a channel. Create it once per painting. */
export function limitsOf(request: LimitsRequest): (channel: number) => Limits {
  const { stack, top, lock, signed, chosen } = request;
  if (chosen !== undefined) return () => chosen;
  if (lock !== 'channel') {
    const common = signed ? signedLimits(top) : rectifiedLimits(top);
    return () => common;
  }
  return (channel) => {
    const { min, max } = channelExtent(stack, channel);
    return signed ? signedLimits(Math.max(Math.abs(min), Math.abs(max))) : rectifiedLimits(max);
  };
}

/** The smallest and largest finite value of a channel: in the capture for codes, in the shown picture for exact values. */
export function channelExtent(stack: MapStack, channel: number): { min: number; max: number } {
  if (stack.kind === 'codes') return { min: stack.lo[channel]!, max: stack.hi[channel]! };
  const size = stack.shape[1] * stack.shape[2];
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let place = channel * size; place < (channel + 1) * size; place++) {
    if ((stack.marks?.[place] ?? MARK.finite) !== MARK.finite) continue;
    const value = stack.values[place]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : { min: 0, max: 0 };
}
