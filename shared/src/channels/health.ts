/** Finds channels that do not work, from all probe pictures and the statistics pictures, never from a single picture. */
import type { ChannelRole, ChannelStatistics } from '../run-record.js';

export type ChannelCondition =
  /** Never positive over the statistics pictures, so that ReLU always gives 0. */
  | 'dead'
  /** Always positive, so that ReLU is the identity. */
  | 'always-on'
  /** The same value everywhere. */
  | 'constant'
  /** Contains NaN or infinities. */
  | 'non-finite'
  /** Duplicates an earlier channel: |correlation| ≥ 0.999 over the probe maps. */
  | 'duplicate';

export interface ChannelHealth {
  /** The most severe first; empty for a healthy channel. */
  readonly conditions: readonly ChannelCondition[];
  /** The earlier channel that it duplicates, and their correlation, which is negative for a negated channel. */
  readonly duplicateOf?: { readonly channel: number; readonly correlation: number };
}

export interface HealthInput {
  readonly role: ChannelRole;
  /** What follows the convolution. Only before a ReLU can channels be dead or always on. */
  readonly activation: 'relu' | 'none';
  readonly channels: number;
  readonly statistics: ChannelStatistics;
  /** The probe maps, one [channel, y, x] array of codes or values per picture. Without them duplicates are not searched. */
  readonly maps?: readonly ArrayLike<number>[];
}

export const DUPLICATE_CORRELATION = 0.999;
/** Limit of products for the estimate of all pairs, about 50 ms. Pairs that pass are checked in full. */
const PAIR_BUDGET = 5e7;

/** Returns one entry per channel. */
export function channelHealth(input: HealthInput): ChannelHealth[] {
  const { statistics, channels, role, activation } = input;
  const relu = activation === 'relu' && (role === 'preactivation' || role === 'output');
  const duplicates =
    input.maps === undefined ? new Map<number, Duplicate>() : findDuplicates(input.maps, channels);
  return Array.from({ length: channels }, (_, channel) => {
    const conditions: ChannelCondition[] = [];
    const constant = statistics.min[channel] === statistics.max[channel];
    if (statistics.nonFinite[channel]! > 0) conditions.push('non-finite');
    if (relu && statistics.max[channel]! <= 0) conditions.push('dead');
    if (constant && !conditions.includes('dead')) conditions.push('constant');
    if (relu && !constant && statistics.min[channel]! > 0) conditions.push('always-on');
    const duplicate = duplicates.get(channel);
    if (duplicate === undefined || constant) return { conditions };
    conditions.push('duplicate');
    return { conditions, duplicateOf: duplicate };
  });
}

interface Duplicate {
  readonly channel: number;
  readonly correlation: number;
}

/** For each channel that duplicates earlier ones, the first of them. */
function findDuplicates(maps: readonly ArrayLike<number>[], channels: number): Map<number, Duplicate> {
  const duplicates = new Map<number, Duplicate>();
  const places = (maps[0]?.length ?? 0) / channels;
  const total = places * maps.length;
  if (!(total > 1)) return duplicates;
  const pairs = (channels * (channels - 1)) / 2;
  const stride = Math.max(1, Math.floor((pairs * total) / PAIR_BUDGET));
  const samples = normalised(maps, channels, places, stride);
  const full = stride === 1 ? samples : undefined;
  // An estimate from fewer places is less accurate, so let more pairs pass.
  const threshold = stride === 1 ? DUPLICATE_CORRELATION : DUPLICATE_CORRELATION - 0.01;
  for (let channel = 1; channel < channels; channel++) {
    for (let earlier = 0; earlier < channel; earlier++) {
      if (duplicates.has(earlier)) continue;
      let correlation = correlationAbove(threshold, samples[channel]!, samples[earlier]!);
      if (correlation !== undefined && full === undefined) {
        const [a, b] = [channel, earlier].map((one) => normalisedChannel(maps, one, places, 1));
        correlation = correlationAbove(DUPLICATE_CORRELATION, a!, b!);
      }
      if (correlation === undefined) continue;
      duplicates.set(channel, { channel: earlier, correlation: Math.max(-1, Math.min(1, correlation)) });
      break;
    }
  }
  return duplicates;
}

interface Normalised {
  /** Shifted to mean 0 and scaled to length 1; all 0 when the channel is constant. */
  readonly values: Float32Array;
  /** Length of the rest after each block of values. */
  readonly rest: Float32Array;
}

const BLOCK = 32;

function normalised(
  maps: readonly ArrayLike<number>[],
  channels: number,
  places: number,
  stride: number,
): Normalised[] {
  return Array.from({ length: channels }, (_, channel) => normalisedChannel(maps, channel, places, stride));
}

/** Every `stride`-th value of a channel over all pictures. */
function normalisedChannel(
  maps: readonly ArrayLike<number>[],
  channel: number,
  places: number,
  stride: number,
): Normalised {
  const values = new Float32Array(Math.ceil((places * maps.length) / stride));
  let sum = 0;
  let index = 0;
  let place = 0;
  for (const map of maps) {
    for (; place < places; place += stride) {
      const value = map[channel * places + place]!;
      const finite = Number.isFinite(value) ? value : 0;
      values[index++] = finite;
      sum += finite;
    }
    place -= places;
  }
  const mean = sum / values.length;
  let squares = 0;
  for (let index = 0; index < values.length; index++) squares += (values[index]! - mean) ** 2;
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  const rest = new Float32Array(Math.ceil(values.length / BLOCK));
  let behind = 0;
  for (let index = values.length - 1; index >= 0; index--) {
    if (index % BLOCK === BLOCK - 1) rest[(index - BLOCK + 1) / BLOCK] = Math.sqrt(behind);
    const value = (values[index]! - mean) * scale;
    values[index] = value;
    behind += value * value;
  }
  return { values, rest };
}

/** Tolerance for the rounding of sums. */
const ROUNDING = 1e-5;

/**
 * The correlation of two channels, if its size is at least `threshold`. The remaining places can add at most the product of
 * the rests' lengths, so a pair is rejected as soon as that is not enough, which is early for almost all pairs.
 */
function correlationAbove(threshold: number, a: Normalised, b: Normalised): number | undefined {
  let sum = 0;
  for (let block = 0, at = 0; at < a.values.length; block++) {
    for (const end = Math.min(at + BLOCK, a.values.length); at < end; at++)
      sum += a.values[at]! * b.values[at]!;
    if (Math.abs(sum) + a.rest[block]! * b.rest[block]! < threshold - ROUNDING) return undefined;
  }
  return Math.abs(sum) < threshold ? undefined : sum;
}
