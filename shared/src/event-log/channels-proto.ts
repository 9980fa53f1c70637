/**
 * The geometry, limits and statistics of a channels record, as a compact protobuf in the plugin content of an image
 * summary. Layout (fields that are empty or 0 are omitted):
 *
 *   1 layer, 2 role, 3 height, 4 width, 5 channels, 6 columns, 7 probes (packed), 8 lo, 9 hi (packed float32),
 *   10 non-finite runs (packed: elements since the previous run's end, length, value), 11 statistics
 *   { 1 pictures, 2 min, 3 max, 4 mean, 5 std, 6 zero fraction (packed float32), 7 non-finite counts (packed) }
 */
import type { ChannelRole, ChannelStatistics, NonFiniteRun, RecordOf } from '../run-record.js';
import { CHANNELS, NON_FINITE_RUNS, PROBES, TAG_BYTES } from './limits.js';
import { shortTag } from './short-text.js';
import { BYTES, MalformedEventError, VARINT, type WireReader } from './wire-reader.js';
import type { WireWriter } from './wire-writer.js';

export type ChannelsGeometry = Omit<RecordOf<'channels'>, 'kind' | 'tag' | 'step' | 'wallTime' | 'atlases'>;

/** The index is the number in the file, so only append. */
const ROLES: readonly ChannelRole[] = ['input', 'preactivation', 'output', 'weight', 'gradient'];
const NON_FINITE: readonly NonFiniteRun['value'][] = ['NaN', 'Infinity', '-Infinity'];

export function writeChannelsGeometry(writer: WireWriter, record: ChannelsGeometry): void {
  writer.string(1, record.layer);
  writer.varint(2, ROLES.indexOf(record.role));
  writer.varint(3, record.height);
  writer.varint(4, record.width);
  writer.varint(5, record.channels);
  writer.varint(6, record.columns);
  writer.packedUints(7, record.probes);
  writer.packedFloats(8, record.lo);
  writer.packedFloats(9, record.hi);
  const places: number[] = [];
  let end = 0;
  for (const run of record.nonFinite) {
    if (run.start < end)
      throw new Error('The non-finite runs of a channels record must be in order and not overlap.');
    places.push(run.start - end, run.length, NON_FINITE.indexOf(run.value));
    end = run.start + run.length;
  }
  writer.packedUints(10, places);
  const statistics = record.statistics;
  if (statistics === undefined) return;
  writer.message(11, () => {
    writer.varint(1, statistics.pictures);
    writer.packedFloats(2, statistics.min);
    writer.packedFloats(3, statistics.max);
    writer.packedFloats(4, statistics.mean);
    writer.packedFloats(5, statistics.std);
    writer.packedFloats(6, statistics.zeroFraction);
    writer.packedUints(7, statistics.nonFinite);
  });
}

/** @throws MalformedEventError if the sizes do not agree. */
export function readChannelsGeometry(reader: WireReader): ChannelsGeometry {
  let layer = '';
  let role: ChannelRole | undefined = ROLES[0];
  const sizes = [0, 0, 0, 0]; // height, width, channels, columns
  let probes: number[] = [];
  let lo = new Float32Array(0);
  let hi = new Float32Array(0);
  let nonFinite: NonFiniteRun[] = [];
  let statistics: ChannelStatistics | undefined;
  while (reader.next()) {
    if (reader.wire === VARINT && reader.field === 2) role = ROLES[reader.uint()];
    else if (reader.wire === VARINT && reader.field >= 3 && reader.field <= 6)
      sizes[reader.field - 3] = reader.uint();
    else if (reader.wire !== BYTES) reader.skip();
    else if (reader.field === 1) layer = reader.shortString(TAG_BYTES, 'the name of a layer');
    else if (reader.field === 7) probes = readUints(reader.message(), PROBES, 'probes');
    else if (reader.field === 8) lo = readFloats(reader.message());
    else if (reader.field === 9) hi = readFloats(reader.message());
    else if (reader.field === 10)
      nonFinite = readRuns(readUints(reader.message(), 3 * NON_FINITE_RUNS, 'non-finite places'));
    else if (reader.field === 11) statistics = readStatistics(reader.message());
    else reader.skip();
  }
  const [height = 0, width = 0, channels = 0, columns = 0] = sizes;
  if (role === undefined)
    throw new MalformedEventError(`The maps of layer ${shortTag(layer)} have an unknown role.`);
  if (lo.length !== channels || hi.length !== channels) {
    throw new MalformedEventError(
      `The maps of layer ${shortTag(layer)} have ${channels} channels and limits for ${lo.length} and ${hi.length}.`,
    );
  }
  if (channels > 0 && (height < 1 || width < 1 || columns < 1)) {
    throw new MalformedEventError(
      `The maps of layer ${shortTag(layer)} are ${height}×${width} in ${columns} columns.`,
    );
  }
  if (statistics !== undefined && !statisticsFit(statistics, channels)) {
    throw new MalformedEventError(
      `The statistics of layer ${shortTag(layer)} do not fit its ${channels} channels.`,
    );
  }
  const geometry = { layer, role, height, width, channels, columns, probes, lo, hi, nonFinite };
  return statistics === undefined ? geometry : { ...geometry, statistics };
}

/** Whether the statistics have one number per channel. */
export function statisticsFit(statistics: ChannelStatistics, channels: number): boolean {
  const { min, max, mean, std, zeroFraction, nonFinite } = statistics;
  return [min, max, mean, std, zeroFraction, nonFinite].every((numbers) => numbers.length === channels);
}

function readStatistics(reader: WireReader): ChannelStatistics {
  let pictures = 0;
  const columns: Float32Array[] = [];
  let nonFinite = new Uint32Array(0);
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === VARINT) pictures = reader.uint();
    else if (reader.wire === BYTES && reader.field >= 2 && reader.field <= 6) {
      columns[reader.field - 2] = readFloats(reader.message());
    } else if (reader.wire === BYTES && reader.field === 7)
      nonFinite = Uint32Array.from(readUints(reader.message(), CHANNELS, 'counts of non-finite values'));
    else reader.skip();
  }
  const column = (at: number) => columns[at] ?? new Float32Array(0);
  return {
    pictures,
    min: column(0),
    max: column(1),
    mean: column(2),
    std: column(3),
    zeroFraction: column(4),
    nonFinite,
  };
}

function readFloats(reader: WireReader): Float32Array<ArrayBuffer> {
  const count = Math.floor((reader.end - reader.at) / 4);
  if (count > CHANNELS) throw new MalformedEventError(`The maps have more than ${CHANNELS} channels.`);
  const values = new Float32Array(count);
  for (let at = 0; at < values.length; at++) values[at] = reader.float();
  return values;
}

function readUints(reader: WireReader, most: number, what: string): number[] {
  const values: number[] = [];
  while (reader.at < reader.end) {
    if (values.length === most) throw new MalformedEventError(`The maps have more than ${most} ${what}.`);
    values.push(reader.uint());
  }
  return values;
}

function readRuns(places: readonly number[]): NonFiniteRun[] {
  const runs: NonFiniteRun[] = [];
  let end = 0;
  for (let at = 0; at + 2 < places.length; at += 3) {
    const start = end + places[at]!;
    const length = places[at + 1]!;
    const value = NON_FINITE[places[at + 2]!];
    if (value === undefined)
      throw new MalformedEventError('A non-finite value is neither NaN nor an infinity.');
    runs.push({ start, length, value });
    end = start + length;
  }
  return runs;
}
