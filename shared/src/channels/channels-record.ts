/** Converts float maps to the record that is logged, and back. */

import { MAP_PLACES } from '../event-log/limits.js';
import { shortTag } from '../event-log/short-text.js';
import { MalformedEventError } from '../event-log/wire-reader.js';
import type {
  ChannelRole,
  ChannelStatistics,
  NonFiniteRun,
  RecordOf,
  Step,
  WallTime,
} from '../run-record.js';
import { atlasLayout, packAtlas, unpackAtlas } from './atlas.js';
import type { MapsLayout, MapsShape } from './map-shape.js';
import { type Deflate, decodeGreyPng, encodeGreyPng, type Inflate, readPngSize } from './png.js';
import { dequantise, quantiseMaps } from './quantise.js';

/**
 * The cheapest filter that helps: on pre-activations of CIFAR-10 pictures (295 kB of codes in 32 atlases, zlib level
 * 1) none gives 283 kB, sub 245 kB, paeth 232 kB, for 8, 10 and 12 ms. Levels above 1 save less than 0.1 %.
 */
const ATLAS_FILTER = 'sub';

export interface ChannelsInput {
  readonly tag: string;
  readonly step: Step;
  readonly wallTime: WallTime;
  readonly layer: string;
  readonly role: ChannelRole;
  /** Maps of the probe pictures, `shape.pictures` = `probes.length`. */
  readonly values: Float32Array;
  readonly shape: MapsShape;
  readonly layout: MapsLayout;
  /** Indices into the run's probes. */
  readonly probes: readonly number[];
  /** Statistics over the statistics pictures, from `channelStatistics`. */
  readonly statistics?: ChannelStatistics;
}

/**
 * Quantises maps and encodes them as atlases. `deflate` is zlib's, at a level that the caller chooses.
 * @throws Error when the values do not match the shape, or the number of probes differs from that of pictures.
 */
export function encodeChannels(input: ChannelsInput, deflate: Deflate): RecordOf<'channels'> {
  const { tag, step, wallTime, layer, role, shape, probes } = input;
  const { pictures, channels, height, width } = shape;
  if (probes.length !== pictures) {
    throw new Error(`The maps of ${tag} have ${pictures} pictures but ${probes.length} probes.`);
  }
  const { lo, hi, codes, nonFinite } = quantiseMaps(input.values, shape, input.layout);
  const layout = atlasLayout(channels, height, width);
  const size = channels * height * width;
  const atlases = probes.map((_, picture) => {
    const maps = codes.subarray(picture * size, (picture + 1) * size);
    const pixels = packAtlas(maps, channels, height, width, layout.columns);
    return encodeGreyPng(pixels, layout.width, layout.height, deflate, ATLAS_FILTER);
  });
  const record = {
    kind: 'channels' as const,
    ...{ tag, step, wallTime, layer, role, height, width, channels, columns: layout.columns },
    ...{ probes, atlases, lo, hi, nonFinite },
  };
  return input.statistics === undefined ? record : { ...record, statistics: input.statistics };
}

export interface DecodedMaps {
  /** [channel, y, x] */
  readonly codes: Uint8Array<ArrayBuffer>;
  /** Non-finite runs of this picture, with places relative to its first value. */
  readonly nonFinite: readonly NonFiniteRun[];
  /** The values [channel, y, x], within the error bound of each channel, with NaN and infinities restored. */
  values(): Float32Array<ArrayBuffer>;
}

/**
 * Checks that the record's maps are not too many and that the atlases at these positions have the size that the record
 * claims, so that memory may be allocated for them.
 * @throws MalformedEventError, or MalformedPictureError when an atlas is not a PNG
 */
export function checkMaps(record: RecordOf<'channels'>, positions: readonly number[]): void {
  const { channels, height, width, columns } = record;
  const claimed = `${positions.length} pictures of ${channels} channels of ${height}×${width}`;
  if (positions.length * channels * height * width > MAP_PLACES) {
    throw new MalformedEventError(
      `The maps of ${shortTag(record.tag)} claim ${claimed}, more than the limit of ${MAP_PLACES} places.`,
    );
  }
  for (const position of positions) {
    const size = readPngSize(atlasOf(record, position));
    const rows = Math.ceil(channels / columns);
    if (size.width !== columns * width || size.height !== rows * height) {
      throw new MalformedEventError(
        `An atlas of ${shortTag(record.tag)} is ${size.width}×${size.height} pixels large instead of ` +
          `${columns * width}×${rows * height}.`,
      );
    }
  }
}

function atlasOf(record: RecordOf<'channels'>, position: number): Uint8Array {
  const atlas = record.atlases[position];
  if (atlas !== undefined) return atlas;
  throw new MalformedEventError(
    `The maps of ${shortTag(record.tag)} show ${record.atlases.length} pictures: there is no number ${position}.`,
  );
}

/**
 * Decodes the maps of one picture of a record.
 * @param position index into `record.atlases`.
 * @throws MalformedEventError when the picture's size differs from the record's, MalformedPictureError when it is damaged
 */
export function decodeChannels(
  record: RecordOf<'channels'>,
  position: number,
  inflate: Inflate,
): DecodedMaps {
  const { channels, height, width, columns } = record;
  checkMaps(record, [position]);
  const picture = decodeGreyPng(atlasOf(record, position), inflate);
  const codes = unpackAtlas(picture.pixels, channels, height, width, columns);
  const nonFinite = runsOfPicture(record.nonFinite, position, codes.length);
  return { codes, nonFinite, values: () => valuesOf(record, codes, nonFinite) };
}

export function runsOfPicture(runs: readonly NonFiniteRun[], position: number, size: number): NonFiniteRun[] {
  const from = position * size;
  const found: NonFiniteRun[] = [];
  for (const run of runs) {
    const start = Math.max(run.start, from);
    const end = Math.min(run.start + run.length, from + size);
    if (start < end) found.push({ start: start - from, length: end - start, value: run.value });
  }
  return found;
}

function valuesOf(
  record: RecordOf<'channels'>,
  codes: Uint8Array,
  nonFinite: readonly NonFiniteRun[],
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(codes.length);
  const places = record.height * record.width;
  for (let at = 0; at < codes.length; at++) {
    const channel = Math.floor(at / places);
    values[at] = dequantise(codes[at]!, record.lo[channel]!, record.hi[channel]!);
  }
  for (const run of nonFinite) values.fill(Number(run.value), run.start, run.start + run.length);
  return values;
}
