/**
 * Which limits the colours of a grid have. Locked to a channel they are exactly the limits of its values in the
 * capture; to a layer, those that let 0.5 % (signed) or 1.5 % (after ReLU) of its values be clipped; to the run, the
 * widest such limits of all captures that were looked at. Signed data is symmetric about 0, rectified data starts at 0.
 */
import type { ValueRange } from '../decode/decoded.js';
import { MARK } from '../decode/decoded.js';
import type { Limits } from './lut.js';
import type { MapStack } from './map-stack.js';

/** What the colours of a grid are locked to. */
export const LOCKS = ['channel', 'layer', 'run'] as const;
export type Lock = (typeof LOCKS)[number];

export const NO_RANGE: ValueRange = { min: 0, max: 0, absolute: 0, positive: 0 };

export interface LimitsRequest {
  readonly stack: MapStack;
  /** Where the colours end when the lock is not to the channel: see `topOf`. */
  readonly top: number;
  readonly lock: Lock;
  readonly signed: boolean;
  /** By hand: holds for every channel. */
  readonly chosen: Limits | undefined;
}

/** A channel of zeros has the plain colour of zero, not the middle of nothing. */
const SMALLEST = 1e-12;

function signedLimits(absolute: number): Limits {
  const top = Math.max(absolute, SMALLEST);
  return { lo: -top, hi: top };
}

function rectifiedLimits(top: number): Limits {
  return { lo: 0, hi: Math.max(top, SMALLEST) };
}

/** Where the colours of a range end. */
export function topOf(range: ValueRange, signed: boolean): number {
  return signed ? range.absolute : range.positive;
}

/** Limits of one channel. The function is made once a painting. */
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

/** Smallest and largest finite value: of the capture for codes, of the picture shown for exact values. */
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

/** The upper limit of rectified maps that are zero everywhere: any number will do, zero keeps its colour. */
export const RUN_RANGE_FALLBACK = 1;
