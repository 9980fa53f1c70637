/** Finds channels that repeat others. */

export const DUPLICATE_CORRELATION = 0.999;
/** Places per channel that are enough for the estimate. */
const SAMPLED = 1024;
/** Limit of products for the estimate of all pairs, about 50 ms. Pairs that pass are checked in full. */
const PAIR_BUDGET = 5e7;
/** Limit of values that are compared in full, about half a second. Channels with few bright places each cost all of theirs. */
const WHOLE_BUDGET = 1e8;
/** Real layers have up to 4,096 channels. A tensor of a few megabytes may have millions, whose pairs take hours. */
const MOST_CHANNELS = 16_384;

/**
 * Of fewer values some channels are proportional by chance: two values always are, and of four those of a thousand channels
 * nearly all are proportional to another's. The values of a map are worth less, since neighbours are alike.
 */
const FEWEST_VALUES = { ofVectors: 8, ofMaps: 32 };

export interface Duplicate {
  readonly channel: number;
  /** The first of the earlier channels that it repeats. */
  readonly of: number;
  /** Negative for a channel that repeats another one negated. */
  readonly correlation: number;
}

/**
 * Finds channels with |correlation| ≥ DUPLICATE_CORRELATION to an earlier one, over all places of all pictures. The work is
 * limited: nothing is found among more than MOST_CHANNELS, and not all where very many are compared in full. Nor is anything
 * found of channels with fewer than FEWEST_VALUES.
 * @param maps one [channel, y, x] array per picture, of values or of codes whose limits are common to the pictures
 */
export function findDuplicates(maps: readonly ArrayLike<number>[], channels: number): Duplicate[] {
  const duplicates = new Map<number, Duplicate>();
  const places = (maps[0]?.length ?? 0) / channels;
  const total = places * maps.length;
  const fewest = places === 1 ? FEWEST_VALUES.ofVectors : FEWEST_VALUES.ofMaps;
  if (!(total >= fewest) || channels > MOST_CHANNELS) return [];
  const pairs = (channels * (channels - 1)) / 2;
  // An odd stride, so that the sample holds places of every column of a map.
  const stride = Math.floor(Math.max(1, total / SAMPLED, (pairs * total) / PAIR_BUDGET)) | 1;
  const samples = Array.from({ length: channels }, (_, channel) =>
    normalisedChannel(maps, channel, places, stride),
  );
  // An estimate from fewer places is less accurate, so let more pairs pass.
  const threshold = stride === 1 ? DUPLICATE_CORRELATION : DUPLICATE_CORRELATION - 0.01;
  let budget = WHOLE_BUDGET;
  const whole = (channel: number): Normalised => {
    if (stride === 1) return samples[channel]!;
    budget -= total;
    return normalisedChannel(maps, channel, places, 1);
  };
  // A channel that is the same at all sampled places may still differ at others, such as a map with a few bright pixels.
  const isFlat = samples.map(({ values }) => values.every((value) => value === 0));
  const isConstant = isFlat.map(
    (flat, channel) => flat && whole(channel).values.every((value) => value === 0),
  );
  for (let channel = 1; channel < channels; channel++) {
    if (isConstant[channel]) continue;
    for (let earlier = 0; earlier < channel; earlier++) {
      if (duplicates.has(earlier) || isConstant[earlier]) continue;
      if (budget < 0) return [...duplicates.values()];
      const mayBe =
        isFlat[channel] || correlationAbove(threshold, samples[channel]!, samples[earlier]!) !== undefined;
      const correlation = mayBe
        ? correlationAbove(DUPLICATE_CORRELATION, whole(channel), whole(earlier))
        : undefined;
      if (correlation === undefined) continue;
      duplicates.set(channel, {
        channel,
        of: earlier,
        correlation: Math.max(-1, Math.min(1, correlation)),
      });
      break;
    }
  }
  return [...duplicates.values()];
}

interface Normalised {
  /** Shifted to mean 0 and scaled to length 1; all 0 when the channel is constant. */
  readonly values: Float32Array;
  /** Length of the rest after each block of values. */
  readonly rest: Float32Array;
}

const BLOCK = 32;

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
