/** The statistics of a record's channels: those that were logged, or those of the logged tensor. */
import { channelStatistics } from '@convscope/shared/channels/statistics.js';
import type { ChannelStatistics } from '@convscope/shared/run-record.js';
import type { DecodedTensor } from '../../../decode/decoded.js';
import type { MapRecord } from './frame.js';
import { emptyShape } from './stacks.js';

export type Statistics = ChannelStatistics<Float32Array | Float64Array>;

const computed = new WeakMap<DecodedTensor, Statistics>();

/** Undefined for a record without channels or values, and for maps whose statistics were not logged. */
export function statisticsOf(record: MapRecord): Statistics | undefined {
  if (emptyShape(record) !== undefined) return undefined;
  if (record.kind === 'channels') return record.statistics;
  const [width = 0, height = 0, channels = 0, pictures = 1] = record.shape.toReversed();
  if (record.shape.length < 3 || record.shape.length > 4) return undefined;
  let statistics = computed.get(record);
  if (statistics === undefined) {
    const shape = { pictures, channels, height, width };
    statistics = channelStatistics<Float32Array | Float64Array>(record.values, shape, 'NCHW', 'output');
    computed.set(record, statistics);
  }
  return statistics;
}
