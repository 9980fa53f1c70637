/** Decodes event bytes for drawing. Runs in the worker, but has no side effects, so that tests need no worker. */
import { rangeOfCodes, rangeOfValues } from '@convscope/shared/channels/capture-summary.js';
import { checkMaps, decodeChannels } from '@convscope/shared/channels/channels-record.js';
import { decodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { TENSOR_ELEMENTS } from '@convscope/shared/event-log/limits.js';
import { shortTag } from '@convscope/shared/event-log/short-text.js';
import {
  type RecordKind,
  type RecordOf,
  type RunRecord,
  stepToNumber,
} from '@convscope/shared/run-record.js';
import type { Decoded, DecodedChannels, DecodedTensor } from './decoded.js';
import { MARK } from './decoded.js';
import { inflate } from './inflate.js';

export interface DecodeRequest {
  readonly bytes: Uint8Array;
  readonly tag: string;
  /** The kind of the tag according to the index. */
  readonly kind: RecordKind;
  /** Of maps, those of this probe are enough, if the record shows it. */
  readonly probe?: number | undefined;
}

/** The record is intact and is not one that is drawn. */
export class UndrawableRecordError extends Error {
  override name = 'UndrawableRecordError';
}

/**
 * @throws UndrawableRecordError if the event does not contain the record or it cannot be drawn; MalformedEventError or
 * MalformedPictureError if it is damaged or claims more than an event may hold. Nothing else.
 */
export function decodeForDrawing({ bytes, tag, kind, probe }: DecodeRequest): Decoded {
  const record = recordOf(bytes, tag, kind);
  switch (record.kind) {
    case 'channels':
      return (probe === undefined ? undefined : decodeProbe(record, probe)) ?? decodeMaps(record);
    case 'tensor':
      return decodeTensor(record);
    case 'image': {
      const { width, height, images } = record;
      return { kind: 'image', step: stepToNumber(record.step), width, height, images };
    }
    case 'histogram':
      return { kind: 'histogram', step: stepToNumber(record.step), buckets: record.buckets };
    case 'text': {
      const { strings, shape } = record;
      return { kind: 'text', step: stepToNumber(record.step), strings, shape };
    }
    case 'hparams': {
      const { part, values, content } = record;
      return { kind: 'hparams', step: stepToNumber(record.step), part, values, content };
    }
    case 'other':
      return {
        kind: 'other',
        step: stepToNumber(record.step),
        plugin: record.plugin,
        content: record.content,
      };
    case 'run-start':
      return { kind: 'run-start', start: record.start };
    case 'run-end':
      return { kind: 'run-end', end: record.end };
    default:
      throw new UndrawableRecordError(`Records of kind ${record.kind} cannot be drawn.`);
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
    if (record.kind !== 'channels') return undefined;
    const { channels, height, width } = record;
    return channels * height * width > MOST_AT_ONCE ? undefined : decodeProbe(record, probe);
  } catch {
    return undefined;
  }
}

/** The maps of one probe; undefined if the record does not show it, or shows no other. For `range` see `decodePicture`. */
function decodeProbe(record: RecordOf<'channels'>, probe: number): DecodedChannels | undefined {
  const picture = record.probes.indexOf(probe);
  if (picture < 0 || record.probes.length < 2) return undefined;
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const lo of record.lo) min = Math.min(min, lo);
  for (const hi of record.hi) max = Math.max(max, hi);
  const range = { min, max, absolute: Math.max(-min, max), positive: Math.max(0, max) };
  return { ...mapsOf(record, [picture]), range };
}

function recordOf(bytes: Uint8Array, tag: string, kind: RecordKind): RunRecord {
  const event = decodeEvent(bytes, { kindOf: () => kind });
  const value = event.values.find((one) => one.tag === tag && one.kind === kind);
  if (value === undefined)
    throw new UndrawableRecordError(
      `The event listed in the index contains no ${kind} record of ${shortTag(tag)}.`,
    );
  return value.toRecord();
}

function decodeMaps(record: RecordOf<'channels'>): DecodedChannels {
  const { height, width, lo, hi } = record;
  const maps = mapsOf(
    record,
    record.probes.map((_, picture) => picture),
  );
  const counts = countCodes(maps.codes, maps.marks, lo.length, height * width);
  return { ...maps, range: rangeOfCodes(counts, lo, hi) };
}

/** Decodes the given pictures of a record, by their index in it. */
function mapsOf(record: RecordOf<'channels'>, pictures: readonly number[]): Omit<DecodedChannels, 'range'> {
  const { channels, height, width, lo, hi, probes, layer, role, statistics } = record;
  checkMaps(record, pictures);
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
    pictures: probes.length,
    probes: pictures.map((picture) => probes[picture]!),
    codes,
    lo,
    hi,
    marks,
    statistics,
  };
}

/**
 * The number of finite places per [channel, code].
 * @param codes [picture, channel, place]
 */
function countCodes(
  codes: Uint8Array,
  marks: Uint8Array | undefined,
  channels: number,
  places: number,
): Uint32Array {
  const counts = new Uint32Array(channels * 256);
  for (let at = 0, channel = 0; at < codes.length; channel = (channel + 1) % channels) {
    for (const end = at + places; at < end; at++) {
      if (marks === undefined || marks[at] === MARK.finite) counts[channel * 256 + codes[at]!]!++;
    }
  }
  return counts;
}

function decodeTensor(record: RecordOf<'tensor'>): DecodedTensor {
  const { values } = record;
  if (values === undefined) {
    throw new UndrawableRecordError(
      `The tensor ${shortTag(record.tag)} cannot be drawn: its type ${record.dtype} is not one of numbers, or its ` +
        `values do not fit its shape, or they are more than ${TENSOR_ELEMENTS}.`,
    );
  }
  const range = rangeOfValues(values);
  return { kind: 'tensor', step: stepToNumber(record.step), shape: record.shape, values, range };
}
