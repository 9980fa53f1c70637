/** Which channels are sick: over all probe pictures and the statistics pictures, never over one picture. */
import type { ChannelRole, ChannelStatistics } from '../run-record.js';

export type ChannelCondition =
  /** Never positive over the statistics pictures: after ReLU nothing is left. */
  | 'dead'
  /** Never silenced: its ReLU is the identity. */
  | 'always-on'
  /** One value everywhere. */
  | 'constant'
  /** Holds NaN or infinities. */
  | 'non-finite'
  /** Goes with an earlier channel: |correlation| ≥ 0.999 over the probe maps. */
  | 'duplicate';

export interface ChannelHealth {
  /** Worst first; empty for a healthy channel. */
  readonly conditions: readonly ChannelCondition[];
  /** The earlier channel that it repeats, and how: below 0 it is its negative. */
  readonly duplicateOf?: { readonly channel: number; readonly correlation: number };
}

export interface HealthInput {
  readonly role: ChannelRole;
  /** What follows the convolution. Dead and always-on are ReLU's. */
  readonly activation: 'relu' | 'none';
  readonly channels: number;
  readonly statistics: ChannelStatistics;
  /** The probe maps, one [channel, y, x] array of codes or values a picture. Without them duplicates are not sought. */
  readonly maps?: readonly ArrayLike<number>[];
}

export const DUPLICATE_CORRELATION = 0.999;
/** Products that the first look at all pairs may take: some 50 ms. What it finds is then checked in full. */
const PAIR_BUDGET = 5e7;

/** One entry a channel. */
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

/** For each channel that repeats an earlier one: the first such. */
function findDuplicates(maps: readonly ArrayLike<number>[], channels: number): Map<number, Duplicate> {
  const duplicates = new Map<number, Duplicate>();
  const places = (maps[0]?.length ?? 0) / channels;
  const total = places * maps.length;
  if (!(total > 1)) return duplicates;
  const pairs = (channels * (channels - 1)) / 2;
  const stride = Math.max(1, Math.floor((pairs * total) / PAIR_BUDGET));
  const samples = normalised(maps, channels, places, stride);
  const full = stride === 1 ? samples : undefined;
  // With fewer places the estimate scatters: let more through to the check in full.
  const threshold = stride === 1 ? DUPLICATE_CORRELATION : DUPLICATE_CORRELATION - 0.01;
  for (let channel = 1; channel < channels; channel++) {
    for (let earlier = 0; earlier < channel; earlier++) {
      if (duplicates.has(earlier)) continue;
      let correlation = dot(samples[channel]!, samples[earlier]!);
      if (Math.abs(correlation) < threshold) continue;
      if (full === undefined) {
        const [a, b] = [channel, earlier].map((one) => normalisedChannel(maps, one, places, 1));
        correlation = dot(a!, b!);
      }
      if (Math.abs(correlation) < DUPLICATE_CORRELATION) continue;
      duplicates.set(channel, { channel: earlier, correlation: Math.max(-1, Math.min(1, correlation)) });
      break;
    }
  }
  return duplicates;
}

function normalised(
  maps: readonly ArrayLike<number>[],
  channels: number,
  places: number,
  stride: number,
): Float32Array[] {
  return Array.from({ length: channels }, (_, channel) => normalisedChannel(maps, channel, places, stride));
}

/** Every stride-th value of a channel over all pictures, with mean 0 and length 1; all 0 where it is constant. */
function normalisedChannel(
  maps: readonly ArrayLike<number>[],
  channel: number,
  places: number,
  stride: number,
): Float32Array {
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
  for (const value of values) squares += (value - mean) ** 2;
  const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
  for (let index = 0; index < values.length; index++) values[index] = (values[index]! - mean) * scale;
  return values;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}
