import { inflateSync } from 'node:zlib';
import { checkMaps, decodeChannels } from '@convscope/shared/channels/channels-record.js';
import { errorBound } from '@convscope/shared/channels/quantise.js';
import type { RecordOf } from '@convscope/shared/run-record.js';

export interface ChannelValues {
  /** [picture, channel, y, x] */
  readonly values: Float32Array;
  readonly shape: readonly number[];
  /** By how much a value of each channel may be off. */
  readonly bound: Float64Array;
}

/**
 * The numbers of feature maps, which the log holds with 8 bits each.
 * @throws MalformedEventError or MalformedPictureError if they cannot be decoded
 */
export function channelValues(record: RecordOf<'channels'>): ChannelValues {
  const { channels, height, width, atlases, lo, hi } = record;
  checkMaps(record, [...atlases.keys()]);
  const size = channels * height * width;
  const values = new Float32Array(atlases.length * size);
  for (const position of atlases.keys()) {
    const maps = decodeChannels(record, position, (bytes, length) =>
      inflateSync(bytes, { maxOutputLength: length }),
    );
    values.set(maps.values(), position * size);
  }
  const shape = [atlases.length, channels, height, width];
  return { values, shape, bound: Float64Array.from(lo, (low, channel) => errorBound(low, hi[channel]!)) };
}
