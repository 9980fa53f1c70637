/** Tells which channels do not work, from the numbers of one capture: all its pictures, never a single one. */
import type { CaptureSummary } from './capture-summary.js';
import type { Duplicate } from './duplicates.js';

export const CONDITIONS = ['non-finite', 'dead', 'constant', 'always-on', 'duplicate'] as const;

/**
 * `non-finite`: holds NaN or infinities. `dead`: never positive, so that ReLU gives 0 everywhere; without knowledge of
 * the activation: 0 everywhere. `constant`: the same value everywhere. `always-on`: always positive, so that ReLU changes
 * nothing. `duplicate`: |correlation| ≥ 0.999 with an earlier channel.
 */
export type ChannelCondition = (typeof CONDITIONS)[number];

/** What follows a layer; `unknown` for a log that does not describe its net. */
export type Activation = 'relu' | 'none' | 'unknown';

export interface ChannelHealth {
  /** The most severe first; empty for a healthy channel. */
  readonly conditions: readonly ChannelCondition[];
  /** The earlier channel that it duplicates. */
  readonly duplicate?: Duplicate;
}

/** Returns one entry per channel of a layer's output, before or after its activation. */
export function channelHealth(capture: CaptureSummary, activation: Activation): ChannelHealth[] {
  const { min, max, nonFinite } = capture;
  const duplicates = new Map(capture.duplicates.map((one) => [one.channel, one]));
  return Array.from({ length: capture.channels }, (_, channel) => {
    const [low, high] = [min[channel]!, max[channel]!];
    const isDead = activation === 'relu' ? high <= 0 : activation === 'unknown' && low === 0 && high === 0;
    const duplicate = duplicates.get(channel);
    const conditions: ChannelCondition[] = [];
    if (nonFinite[channel]! > 0) conditions.push('non-finite');
    if (isDead) conditions.push('dead');
    else if (low === high) conditions.push('constant');
    else if (activation === 'relu' && low > 0) conditions.push('always-on');
    if (duplicate === undefined || low === high) return { conditions };
    conditions.push('duplicate');
    return { conditions, duplicate };
  });
}
