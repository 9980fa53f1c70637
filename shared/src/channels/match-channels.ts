/** Pairs the channels of two runs. Training gives the channels of a layer no order, so equal numbers say nothing. */
import { assign } from './assignment.js';

/** Limit of products for the correlations of all pairs, about a third of a second. */
const PAIR_BUDGET = 2.5e8;

/** The maps of one layer for the same pictures. */
export interface MatchedMaps {
  readonly channels: number;
  /** One [channel, y, x] array per picture. */
  readonly pictures: readonly ArrayLike<number>[];
}

export interface ChannelMatch {
  /** The channel of B for each channel of A, −1 for those that are left over when A has more. */
  readonly of: Int32Array;
  /** The correlation of each pair; 0 without one, or where one of the two is constant. */
  readonly correlations: Float64Array;
  /** Whether correlations are those of a sample of places. */
  readonly isSampled: boolean;
}

/**
 * Pairs channels so that the sum of the pairs' correlations is largest. A channel that is constant correlates with none. Where
 * there are very many pairs, correlations are those of a regular sample of places.
 * @throws Error when A and B have different pictures or sizes of maps
 */
export function matchChannels(a: MatchedMaps, b: MatchedMaps): ChannelMatch {
  const places = (a.pictures[0]?.length ?? 0) / a.channels;
  const isSame =
    a.pictures.length === b.pictures.length &&
    [a, b].every(({ channels, pictures }) => pictures.every(({ length }) => length === places * channels));
  if (!isSame)
    throw new Error('Channels can only be matched on the same pictures, with maps of the same size.');
  // An odd stride, so that the sample holds places of every column of a map.
  const wanted = Math.floor(PAIR_BUDGET / Math.max(1, a.channels * b.channels));
  const total = places * a.pictures.length;
  const stride = total <= wanted ? 1 : Math.ceil(total / wanted) | 1;
  const [ofA, ofB] = [normalised(a, places, stride), normalised(b, places, stride)];
  const isSwapped = a.channels > b.channels;
  const [rows, columns] = isSwapped ? [ofB, ofA] : [ofA, ofB];
  const costs = new Float64Array(rows.length * columns.length);
  for (const [at, row] of rows.entries()) {
    for (const [to, column] of columns.entries()) {
      let sum = 0;
      for (let place = 0; place < row.length; place++) sum += row[place]! * column[place]!;
      costs[at * columns.length + to] = -sum;
    }
  }
  const of = new Int32Array(a.channels).fill(-1);
  const correlations = new Float64Array(a.channels);
  for (const [row, column] of assign(costs, rows.length, columns.length).entries()) {
    const [channel, other] = isSwapped ? [column, row] : [row, column];
    of[channel] = other;
    // Subtracting from 0 makes −0 a 0.
    correlations[channel] = Math.max(-1, Math.min(1, 0 - costs[row * columns.length + column]!));
  }
  return { of, correlations, isSampled: stride > 1 };
}

/** Every `stride`-th place of each channel over all pictures, shifted to mean 0 and scaled to length 1. */
function normalised({ channels, pictures }: MatchedMaps, places: number, stride: number): Float64Array[] {
  const total = places * pictures.length;
  return Array.from({ length: channels }, (_, channel) => {
    const values = new Float64Array(Math.ceil(total / stride));
    let sum = 0;
    for (let index = 0, place = 0; place < total; index++, place += stride) {
      const value = pictures[Math.floor(place / places)]![channel * places + (place % places)]!;
      values[index] = Number.isFinite(value) ? value : 0;
      sum += values[index]!;
    }
    const mean = sum / values.length;
    let squares = 0;
    for (let index = 0; index < values.length; index++) squares += (values[index]! - mean) ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let index = 0; index < values.length; index++) values[index] = (values[index]! - mean) * scale;
    return values;
  });
}
