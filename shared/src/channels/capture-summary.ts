/** What a capture says about its channels in numbers: enough for their health and for colour limits, without maps. */
import { type RecordOf, stepToNumber } from '../run-record.js';
import { checkMaps, decodeChannels } from './channels-record.js';
import { type Duplicate, findDuplicates } from './duplicates.js';
import type { Inflate } from './png.js';
import { dequantise } from './quantise.js';
import { type ValueRange, valueRange } from './value-range.js';

export interface CaptureSummary {
  readonly step: number;
  /** 0 when the record has no channels: a tensor that is neither [C, H, W] nor [N, C, H, W]. */
  readonly channels: number;
  /** How many pictures `min`, `max` and `nonFinite` cover. */
  readonly pictures: number;
  /** Whether each channel has a single value, which says nothing of its others: a vector of one picture. */
  readonly isSingle: boolean;
  /** Of the logged maps. */
  readonly range: ValueRange;
  /** Limits of the finite values per channel; NaN where there are none. */
  readonly min: Float32Array | Float64Array;
  readonly max: Float32Array | Float64Array;
  /** Number of NaN and infinite values per channel. */
  readonly nonFinite: Uint32Array;
  /** In the order of `channel`. Empty if they were not searched for. */
  readonly duplicates: readonly Duplicate[];
}

export interface SummaryOptions {
  readonly inflate: Inflate;
  readonly findDuplicates: boolean;
}

/** @throws Error when the maps are damaged or the tensor cannot be read as numbers. */
export function summariseCapture(
  record: RecordOf<'channels'> | RecordOf<'tensor'>,
  options: SummaryOptions,
): CaptureSummary {
  return record.kind === 'channels' ? summariseMaps(record, options) : summariseTensor(record, options);
}

function summariseMaps(record: RecordOf<'channels'>, options: SummaryOptions): CaptureSummary {
  const { channels, lo, hi, statistics } = record;
  const places = record.height * record.width;
  checkMaps(
    record,
    record.atlases.map((_, picture) => picture),
  );
  const pictures = record.atlases.map((_, picture) => decodeChannels(record, picture, options.inflate));
  const counts = new Uint32Array(channels * 256);
  const nonFinite = new Uint32Array(channels);
  for (const { codes, nonFinite: runs } of pictures) {
    for (let at = 0, channel = 0; channel < channels; channel++) {
      for (const end = at + places; at < end; at++) counts[channel * 256 + codes[at]!]!++;
    }
    for (const { start, length } of runs) {
      for (let at = start; at < start + length; at++) {
        const channel = Math.floor(at / places);
        nonFinite[channel]!++;
        counts[channel * 256 + codes[at]!]!--;
      }
    }
  }
  const hasFinite = (channel: number) => nonFinite[channel]! < places * pictures.length;
  return {
    step: stepToNumber(record.step),
    channels,
    pictures: statistics?.pictures ?? pictures.length,
    isSingle: places * (statistics?.pictures ?? pictures.length) === 1,
    range: rangeOfCodes(counts, lo, hi),
    min: statistics?.min ?? lo.map((value, channel) => (hasFinite(channel) ? value : Number.NaN)),
    max: statistics?.max ?? hi.map((value, channel) => (hasFinite(channel) ? value : Number.NaN)),
    nonFinite: statistics?.nonFinite ?? nonFinite,
    duplicates: options.findDuplicates
      ? findDuplicates(
          pictures.map(({ codes }) => codes),
          channels,
        )
      : [],
  };
}

/** @param counts number of finite places per [channel, code] */
export function rangeOfCodes(counts: Uint32Array, lo: Float32Array, hi: Float32Array): ValueRange {
  return valueRange((visit) => {
    for (let bin = 0; bin < counts.length; bin++) {
      const count = counts[bin]!;
      if (count > 0) visit(dequantise(bin & 255, lo[bin >> 8]!, hi[bin >> 8]!), count);
    }
  });
}

function summariseTensor(record: RecordOf<'tensor'>, options: SummaryOptions): CaptureSummary {
  const { values, shape } = record;
  if (values === undefined)
    throw new Error(`The tensor ${record.tag} is of type ${record.dtype}, which cannot be read as numbers.`);
  const range = rangeOfValues(values);
  const step = stepToNumber(record.step);
  const [width = 0, height = 0, channels = 0, pictures = 1] = shape.toReversed();
  if (shape.length < 3 || shape.length > 4 || values.length === 0) {
    const none = new Float32Array(0);
    const nonFinite = new Uint32Array(0);
    return {
      step,
      channels: 0,
      pictures: 0,
      isSingle: false,
      range,
      min: none,
      max: none,
      nonFinite,
      duplicates: [],
    };
  }
  const size = channels * height * width;
  const maps = Array.from({ length: pictures }, (_, at) => values.subarray(at * size, (at + 1) * size));
  const duplicates = options.findDuplicates ? findDuplicates(maps, channels) : [];
  const isSingle = pictures * height * width === 1;
  return {
    step,
    channels,
    pictures,
    isSingle,
    range,
    ...channelLimits(values, channels, height * width),
    duplicates,
  };
}

/** @param values [picture, channel, place] */
function channelLimits(
  values: Float32Array | Float64Array,
  channels: number,
  places: number,
): Pick<CaptureSummary, 'min' | 'max' | 'nonFinite'> {
  const like = values instanceof Float64Array ? Float64Array : Float32Array;
  const min = new like(channels).fill(Number.POSITIVE_INFINITY);
  const max = new like(channels).fill(Number.NEGATIVE_INFINITY);
  const nonFinite = new Uint32Array(channels);
  for (let at = 0, channel = 0; at < values.length; channel = (channel + 1) % channels) {
    for (const end = at + places; at < end; at++) {
      const value = values[at]!;
      if (!Number.isFinite(value)) nonFinite[channel]!++;
      else {
        if (value < min[channel]!) min[channel] = value;
        if (value > max[channel]!) max[channel] = value;
      }
    }
  }
  for (let channel = 0; channel < channels; channel++)
    if (min[channel]! > max[channel]!) min[channel] = max[channel] = Number.NaN;
  return { min, max, nonFinite };
}

export function rangeOfValues(values: Float32Array | Float64Array): ValueRange {
  return valueRange((visit) => {
    for (const value of values) if (Number.isFinite(value)) visit(value, 1);
  });
}
