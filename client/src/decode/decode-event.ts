/** Decodes event bytes for drawing. Runs in the worker, but has no side effects, so that tests need no worker. */
import { decodeChannels } from '@convscope/shared/channels/channels-record.js';
import { type ChannelHealth, channelHealth } from '@convscope/shared/channels/health.js';
import type { Inflate } from '@convscope/shared/channels/png.js';
import { dequantise } from '@convscope/shared/channels/quantise.js';
import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import {
  type RecordKind,
  type RecordOf,
  type RunRecord,
  stepToNumber,
} from '@convscope/shared/run-record.js';
import { unzlibSync } from 'fflate';
import type { Decoded, DecodedChannels, DecodedTensor } from './decoded.js';
import { MARK } from './decoded.js';
import { valueRange } from './value-range.js';

export interface DecodeRequest {
  readonly bytes: Uint8Array;
  readonly tag: string;
  /** The kind of the tag according to the index. */
  readonly kind: RecordKind;
  /** The activation after the layer, for judging the health of its channels. */
  readonly activation: 'relu' | 'none';
}

export interface DecodedEvent {
  readonly decoded: Decoded;
  /**
   * Judges the health of the channels, one entry per channel. Undefined without statistics. This takes longer than
   * decoding. It works on copies, so it can run later, after the buffers of `decoded` were transferred.
   */
  readonly judge?: () => readonly ChannelHealth[];
}

/** @throws with a message if the event does not contain the record, or the record is damaged */
export function decodeForDrawing({ bytes, tag, kind, activation }: DecodeRequest): DecodedEvent {
  const record = recordOf(bytes, tag, kind);
  switch (record.kind) {
    case 'channels':
      return decodeMaps(record, activation);
    case 'tensor':
      return { decoded: decodeTensor(record) };
    case 'image': {
      const { width, height, images } = record;
      return { decoded: { kind: 'image', step: stepToNumber(record.step), width, height, images } };
    }
    case 'run-start':
      return { decoded: { kind: 'run-start', start: record.start } };
    case 'run-end':
      return { decoded: { kind: 'run-end', end: record.end } };
    default:
      throw new Error(`Records of kind ${record.kind} cannot be drawn.`);
  }
}

/** Decoding a picture with more values takes longer than the round trip to the worker. */
const MOST_AT_ONCE = 64 * 1024;

/**
 * Decodes the maps of only one probe, if that is quick. `range` comes from the limits of the channels and is wider than
 * the range of the whole record. Returns undefined if the picture is too large, the probe is missing, the record has only
 * one picture, or it cannot be read; decoding the whole record then reports the reason.
 */
export function decodePicture(
  { bytes, tag, kind }: DecodeRequest,
  probe: number,
): DecodedChannels | undefined {
  if (kind !== 'channels') return undefined;
  try {
    const record = recordOf(bytes, tag, kind);
    if (record.kind !== 'channels' || record.probes.length < 2) return undefined;
    const { channels, height, width, lo, hi } = record;
    const picture = record.probes.indexOf(probe);
    if (picture < 0 || channels * height * width > MOST_AT_ONCE) return undefined;
    const min = Math.min(...lo);
    const max = Math.max(...hi);
    const range = { min, max, absolute: Math.max(-min, max), positive: Math.max(0, max) };
    return { ...mapsOf(record, [picture]), range };
  } catch {
    return undefined;
  }
}

/** fflate stops writing when `out` is full. One extra byte reveals that there was more than the picture needs. */
const inflate: Inflate = (bytes, size) => unzlibSync(bytes, { out: new Uint8Array(size + 1) });

function recordOf(bytes: Uint8Array, tag: string, kind: RecordKind): RunRecord {
  const event = decodeEvent(bytes, { kindOf: () => kind });
  const value = event.values.find((one) => one.tag === tag && one.kind === kind);
  if (value === undefined)
    throw new Error(`The event listed in the index contains no ${kind} record of ${tag}.`);
  return value.toRecord();
}

function decodeMaps(record: RecordOf<'channels'>, activation: 'relu' | 'none'): DecodedEvent {
  const { channels, height, width, lo, hi, role, statistics } = record;
  const maps = mapsOf(
    record,
    record.probes.map((_, picture) => picture),
  );
  const decoded = { ...maps, range: rangeOfCodes(maps.codes, maps.marks, lo, hi, height * width) };
  if (statistics === undefined) return { decoded };
  // Copies, because the buffer of `codes` will be transferred.
  const size = channels * height * width;
  const pictures = record.probes.map((_, picture) => maps.codes.slice(picture * size, (picture + 1) * size));
  return { decoded, judge: () => channelHealth({ role, activation, channels, statistics, maps: pictures }) };
}

/** Decodes the given pictures of a record, by their index in it. */
function mapsOf(record: RecordOf<'channels'>, pictures: readonly number[]): Omit<DecodedChannels, 'range'> {
  const { channels, height, width, lo, hi, probes, layer, role, statistics } = record;
  const size = channels * height * width;
  const codes = new Uint8Array(size * pictures.length);
  let marks: Uint8Array | undefined;
  for (const [place, picture] of pictures.entries()) {
    const decoded = decodeChannels(record, picture, inflate);
    codes.set(decoded.codes, place * size);
    for (const run of decoded.nonFinite) {
      marks ??= new Uint8Array(codes.length);
      const mark =
        run.value === 'NaN' ? MARK.nan : run.value === 'Infinity' ? MARK.infinity : MARK.negativeInfinity;
      marks.fill(mark, place * size + run.start, place * size + run.start + run.length);
    }
  }
  return {
    kind: 'channels',
    step: stepToNumber(record.step),
    layer,
    role,
    shape: [channels, height, width],
    probes: pictures.map((picture) => probes[picture]!),
    codes,
    lo,
    hi,
    marks,
    statistics,
  };
}

/** @param codes [picture, channel, place] */
function rangeOfCodes(
  codes: Uint8Array,
  marks: Uint8Array | undefined,
  lo: Float32Array,
  hi: Float32Array,
  places: number,
) {
  const channels = lo.length;
  const counts = new Uint32Array(channels * 256);
  for (let at = 0, channel = 0; at < codes.length; channel = (channel + 1) % channels) {
    for (const end = at + places; at < end; at++) {
      if (marks === undefined || marks[at] === MARK.finite) counts[channel * 256 + codes[at]!]!++;
    }
  }
  return valueRange((visit) => {
    for (let bin = 0; bin < counts.length; bin++) {
      const count = counts[bin]!;
      if (count > 0) visit(dequantise(bin & 255, lo[bin >> 8]!, hi[bin >> 8]!), count);
    }
  });
}

function decodeTensor(record: RecordOf<'tensor'>): DecodedTensor {
  const { values } = record;
  if (values === undefined) {
    throw new Error(`The tensor ${record.tag} is of type ${record.dtype}, which cannot be drawn.`);
  }
  const range = valueRange((visit) => {
    for (const value of values) if (Number.isFinite(value)) visit(value, 1);
  });
  return { kind: 'tensor', step: stepToNumber(record.step), shape: record.shape, values, range };
}
