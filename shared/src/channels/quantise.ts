/** Converts float maps to 8-bit codes and back: code = round(255 · (v − lo) / (hi − lo)), with limits per channel over all pictures. */
import type { NonFiniteRun } from '../run-record.js';
import { type MapsLayout, type MapsShape, stridesOf } from './map-shape.js';

export interface QuantisedMaps {
  /** Per channel, over the finite values of all pictures; 0 and 0 where there are none. */
  readonly lo: Float32Array;
  readonly hi: Float32Array;
  /** [picture, channel, y, x] */
  readonly codes: Uint8Array;
  /** Runs of places in `codes`. */
  readonly nonFinite: readonly NonFiniteRun[];
}

/**
 * Quantises float32 maps. The dequantised value differs by at most `errorBound(lo, hi)`; where lo = hi the code is 0 and the
 * value exact. Non-finite values have code 0 and are listed.
 * @throws Error when the values do not match the shape.
 */
export function quantiseMaps(values: Float32Array, shape: MapsShape, layout: MapsLayout): QuantisedMaps {
  const { pictures, channels, height, width } = shape;
  const strides = stridesOf(values, shape, layout);
  const places = height * width;
  const { lo, hi, allFinite } = limits(values, shape, layout);
  const codes = new Uint8Array(values.length);
  let at = 0;
  for (let picture = 0; picture < pictures; picture++) {
    for (let channel = 0; channel < channels; channel++) {
      const low = lo[channel]!;
      const range = hi[channel]! - low;
      let from = picture * strides.picture + channel * strides.channel;
      if (range === 0) {
        at += places;
        continue;
      }
      for (let place = 0; place < places; place++, from += strides.place) {
        // Codes of NaN and infinities are meaningless here. They are set to 0 and listed below.
        codes[at++] = (255 * (values[from]! - low)) / range + 0.5;
      }
    }
  }
  return { lo, hi, codes, nonFinite: allFinite ? [] : findNonFinite(values, shape, layout, codes) };
}

function limits(
  values: Float32Array,
  shape: MapsShape,
  layout: MapsLayout,
): { lo: Float32Array; hi: Float32Array; allFinite: boolean } {
  const { pictures, channels, height, width } = shape;
  const strides = stridesOf(values, shape, layout);
  const lo = new Float32Array(channels).fill(Number.POSITIVE_INFINITY);
  const hi = new Float32Array(channels).fill(Number.NEGATIVE_INFINITY);
  let allFinite = true;
  for (let picture = 0; picture < pictures; picture++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = picture * strides.picture + channel * strides.channel;
      const to = from + height * width * strides.place;
      let low = lo[channel]!;
      let high = hi[channel]!;
      for (let at = from; at < to; at += strides.place) {
        const value = values[at]!;
        // value − value is NaN for NaN and for infinities.
        if (value - value !== 0) {
          allFinite = false;
          continue;
        }
        if (value < low) low = value;
        if (value > high) high = value;
      }
      lo[channel] = low;
      hi[channel] = high;
    }
  }
  for (let channel = 0; channel < channels; channel++) {
    if (lo[channel]! > hi[channel]!) lo[channel] = hi[channel] = 0;
  }
  return { lo, hi, allFinite };
}

function findNonFinite(
  values: Float32Array,
  shape: MapsShape,
  layout: MapsLayout,
  codes: Uint8Array,
): readonly NonFiniteRun[] {
  const runs: { start: number; length: number; value: NonFiniteRun['value'] }[] = [];
  const strides = stridesOf(values, shape, layout);
  const places = shape.height * shape.width;
  for (let at = 0; at < codes.length; at++) {
    const picture = Math.floor(at / strides.picture);
    const channel = Math.floor(at / places) % shape.channels;
    const value =
      values[picture * strides.picture + channel * strides.channel + (at % places) * strides.place]!;
    if (Number.isFinite(value)) continue;
    codes[at] = 0;
    const name = nonFiniteName(value);
    const last = runs.at(-1);
    if (last !== undefined && last.start + last.length === at && last.value === name) last.length++;
    else runs.push({ start: at, length: 1, value: name });
  }
  return runs;
}

function nonFiniteName(value: number): NonFiniteRun['value'] {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}

/** The value that a code represents. */
export function dequantise(code: number, lo: number, hi: number): number {
  return lo + (code / 255) * (hi - lo);
}

/** The largest difference between a dequantised value and the float32 that was logged. */
export function errorBound(lo: number, hi: number): number {
  return (hi - lo) / 510;
}
