/** Converts float maps to the record that is logged, and back. */
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
import { type Deflate, decodeGreyPng, encodeGreyPng, type Inflate } from './png.js';
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
 * Decodes the maps of one picture of a record.
 * @param position index into `record.atlases`.
 * @throws Error when the picture is damaged or its size differs from the record's.
 */
export function decodeChannels(
  record: RecordOf<'channels'>,
  position: number,
  inflate: Inflate,
): DecodedMaps {
  const { channels, height, width, columns } = record;
  const atlas = record.atlases[position];
  if (atlas === undefined) {
    throw new Error(
      `The maps of ${record.tag} show ${record.atlases.length} pictures: there is no number ${position}.`,
    );
  }
  const picture = decodeGreyPng(atlas, inflate);
  if (picture.width !== columns * width) {
    throw new Error(
      `The atlas of ${record.tag} is ${picture.width} pixels wide instead of ${columns * width}.`,
    );
  }
  const codes = unpackAtlas(picture.pixels, channels, height, width, columns);
  const nonFinite = runsOfPicture(record.nonFinite, position, codes.length);
  return { codes, nonFinite, values: () => valuesOf(record, codes, nonFinite) };
}

function runsOfPicture(runs: readonly NonFiniteRun[], position: number, size: number): NonFiniteRun[] {
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
