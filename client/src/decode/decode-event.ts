/** Event bytes → what can be drawn. Runs in the worker; pure, so that tests need none. */
import { decodeChannels } from '@convscope/shared/channels/channels-record.js';
import { type ChannelHealth, channelHealth } from '@convscope/shared/channels/health.js';
import type { Inflate } from '@convscope/shared/channels/png.js';
import { dequantise } from '@convscope/shared/channels/quantise.js';
import { decodeEvent } from '@convscope/shared/event-log/codec.js';
import { type RecordKind, type RecordOf, stepToNumber } from '@convscope/shared/run-record.js';
import { unzlibSync } from 'fflate';
import { MARK } from '../drawing/map-stack.js';
import type { Decoded, DecodedChannels, DecodedTensor } from './decoded.js';
import { valueRange } from './value-range.js';

export interface DecodeRequest {
  readonly bytes: Uint8Array;
  readonly tag: string;
  /** What the index said the tag to be. */
  readonly kind: RecordKind;
  /** What follows the layer, for the health of its channels. */
  readonly activation: 'relu' | 'none';
}

export interface DecodedEvent {
  readonly decoded: Decoded;
  /**
   * Judges the channels of maps: one entry a channel, empty without statistics. It takes longer than decoding, and
   * what it needs stays when the buffers of `decoded` have been transferred: it can be done when there is time.
   */
  readonly judge?: () => readonly ChannelHealth[];
}

/** @throws with a sentence when the event does not hold the record, or holds it damaged. */
export function decodeForDrawing({ bytes, tag, kind, activation }: DecodeRequest): DecodedEvent {
  const event = decodeEvent(bytes, { kindOf: () => kind });
  const value = event.values.find((one) => one.tag === tag && one.kind === kind);
  if (value === undefined) throw new Error(`The event that the index names holds no ${kind} ${tag}.`);
  const record = value.toRecord();
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
      throw new Error(`Records of the kind ${record.kind} are not drawn.`);
  }
}

/** fflate stops writing where `out` is full: one byte more than the picture has shows that there was more. */
const inflate: Inflate = (bytes, size) => unzlibSync(bytes, { out: new Uint8Array(size + 1) });

function decodeMaps(record: RecordOf<'channels'>, activation: 'relu' | 'none'): DecodedEvent {
  const { channels, height, width, lo, hi, probes, layer, role, statistics } = record;
  const size = channels * height * width;
  const codes = new Uint8Array(size * probes.length);
  let marks: Uint8Array | undefined;
  const maps = probes.map((_, picture) => {
    const decoded = decodeChannels(record, picture, inflate);
    codes.set(decoded.codes, picture * size);
    for (const run of decoded.nonFinite) {
      marks ??= new Uint8Array(codes.length);
      const mark =
        run.value === 'NaN' ? MARK.nan : run.value === 'Infinity' ? MARK.infinity : MARK.negativeInfinity;
      marks.fill(mark, picture * size + run.start, picture * size + run.start + run.length);
    }
    return decoded.codes;
  });
  const decoded: DecodedChannels = {
    kind: 'channels',
    step: stepToNumber(record.step),
    layer,
    role,
    shape: [channels, height, width],
    probes,
    codes,
    lo,
    hi,
    marks,
    statistics,
    range: rangeOfCodes(codes, marks, lo, hi, height * width),
  };
  if (statistics === undefined) return { decoded };
  return { decoded, judge: () => channelHealth({ role, activation, channels, statistics, maps }) };
}

/** `codes` are [picture, channel, place]. */
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
