import type { ChannelRole, ChannelStatistics } from '../run-record.js';
import { type MapsLayout, type MapsShape, stridesOf } from './map-shape.js';

/**
 * Computes per channel: limits, mean, population standard deviation, fraction of silent values, count of non-finite ones. Silent
 * values are ≤ 0 for a pre-activation (ReLU sets them to 0), = 0 otherwise. A channel without finite values has NaN for min, max,
 * mean and std. Results have the precision of the values.
 *
 * One pass with float64 sums of the distances from the channel's first value, which is accurate also for values far from 0 (the
 * shifted form of Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983).
 * @throws Error when the values do not match the shape.
 */
export function channelStatistics<Values extends Float32Array | Float64Array>(
  values: Values,
  shape: MapsShape,
  layout: MapsLayout,
  role: ChannelRole,
): ChannelStatistics<Values> {
  const { pictures, channels } = shape;
  const strides = stridesOf(values, shape, layout);
  const places = shape.height * shape.width;
  const like = values.constructor as new (length: number) => Values;
  const min = new like(channels);
  const max = new like(channels);
  min.fill(Number.POSITIVE_INFINITY);
  max.fill(Number.NEGATIVE_INFINITY);
  const silent = new Float64Array(channels);
  const finite = new Float64Array(channels);
  const shift = new Float64Array(channels);
  const sum = new Float64Array(channels);
  const squares = new Float64Array(channels);
  const nonFinite = new Uint32Array(channels);
  const silentBelow = role === 'preactivation';
  // Go picture by picture: a picture stays in the processor's cache while its channels are summed in registers.
  for (let picture = 0; picture < pictures; picture++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = picture * strides.picture + channel * strides.channel;
      const to = from + places * strides.place;
      if (finite[channel] === 0) shift[channel] = firstFinite(values, from, to, strides.place);
      const origin = shift[channel]!;
      let low = min[channel]!;
      let high = max[channel]!;
      let count = 0;
      let silentCount = 0;
      let distances = 0;
      let squared = 0;
      for (let at = from; at < to; at += strides.place) {
        const value = values[at]!;
        // value − value is NaN for NaN and for infinities.
        if (value - value !== 0) continue;
        count++;
        if (value < low) low = value;
        if (value > high) high = value;
        if (value === 0 || (silentBelow && value < 0)) silentCount++;
        const distance = value - origin;
        distances += distance;
        squared += distance * distance;
      }
      min[channel] = low;
      max[channel] = high;
      finite[channel]! += count;
      nonFinite[channel]! += places - count;
      silent[channel]! += silentCount;
      sum[channel]! += distances;
      squares[channel]! += squared;
    }
  }
  const mean = new like(channels);
  const std = new like(channels);
  const zeroFraction = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const count = finite[channel]!;
    if (count === 0) {
      min[channel] = max[channel] = mean[channel] = std[channel] = Number.NaN;
      continue;
    }
    const offset = sum[channel]! / count;
    mean[channel] = shift[channel]! + offset;
    std[channel] = Math.sqrt(Math.max(0, squares[channel]! / count - offset * offset));
    zeroFraction[channel] = silent[channel]! / count;
  }
  return { pictures, min, max, mean, std, zeroFraction, nonFinite };
}

function firstFinite(values: Float32Array | Float64Array, from: number, to: number, stride: number): number {
  for (let at = from; at < to; at += stride) if (Number.isFinite(values[at]!)) return values[at]!;
  return 0;
}
