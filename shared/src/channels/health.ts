/** Tells which channels do not work, from the numbers of one capture: all its pictures, never a single one. */
import type { CaptureSummary } from './capture-summary.js';
import type { Duplicate } from './duplicates.js';

export const CONDITIONS = ['non-finite', 'exploding', 'dead', 'constant', 'always-on', 'duplicate'] as const;

/**
 * `non-finite`: holds NaN or infinities. `exploding`: has a value EXPLODING times as large as its largest one at first. `dead`: never positive, so that ReLU gives 0 everywhere; without knowledge of
 * the activation: 0 everywhere. `constant`: the same value everywhere. `always-on`: always positive, so that ReLU changes
 * nothing. `duplicate`: |correlation| ≥ 0.999 with an earlier channel.
 */
export type ChannelCondition = (typeof CONDITIONS)[number];

/** Training makes the values of a healthy net some ten times as large as they were at first. */
export const EXPLODING = 100;

/** What follows a layer; `unknown` for a log that does not describe its net. */
export type Activation = 'relu' | 'none' | 'unknown';

export interface ChannelHealth {
  /** The most severe first; empty for a healthy channel. */
  readonly conditions: readonly ChannelCondition[];
  /** The earlier channel that it duplicates. */
  readonly duplicate?: Duplicate;
}

/**
 * The largest absolute value of each channel, but at least the median of those that are not 0: what was nearly 0 at first does
 * not explode when it begins to work. Undefined if the capture has no values but zeros.
 */
export function firstSizes(capture: CaptureSummary): Float64Array | undefined {
  const sizes = Float64Array.from({ length: capture.channels }, (_, channel) => sizeOf(capture, channel));
  const working = sizes.filter((size) => size > 0).sort();
  const median = working[working.length >> 1];
  return median === undefined ? undefined : sizes.map((size) => Math.max(size, median));
}

/** Of the finite values; 0 where there are none. */
function sizeOf({ min, max }: CaptureSummary, channel: number): number {
  return Math.max(Math.abs(min[channel]!), Math.abs(max[channel]!)) || 0;
}

/**
 * Returns one entry per channel of a layer's output, before or after its activation; none where nothing can be said of them.
 * @param first the sizes of the first capture; undefined if it is not known, or is this one
 */
export function channelHealth(
  capture: CaptureSummary,
  activation: Activation,
  first?: Float64Array,
): ChannelHealth[] {
  const { min, max, nonFinite, isSingle } = capture;
  const duplicates = new Map(capture.duplicates.map((one) => [one.channel, one]));
  const health = Array.from({ length: capture.channels }, (_, channel): ChannelHealth => {
    const [low, high] = [min[channel]!, max[channel]!];
    const isDead = activation === 'relu' ? high <= 0 : activation === 'unknown' && low === 0 && high === 0;
    const duplicate = duplicates.get(channel);
    const conditions: ChannelCondition[] = [];
    if (nonFinite[channel]! > 0) conditions.push('non-finite');
    if (
      first !== undefined &&
      sizeOf(capture, channel) > EXPLODING * (first[channel] ?? Number.POSITIVE_INFINITY)
    )
      conditions.push('exploding');
    // One value is 0, or equal to all others, in any channel.
    if (isSingle) return { conditions };
    if (isDead) conditions.push('dead');
    else if (low === high) conditions.push('constant');
    else if (activation === 'relu' && low > 0) conditions.push('always-on');
    if (duplicate === undefined || low === high) return { conditions };
    conditions.push('duplicate');
    return { conditions, duplicate };
  });
  return isSingle && health.every(({ conditions }) => conditions.length === 0) ? [] : health;
}
