/** The old form of histograms (HistogramProto: torch, TF1), converted to buckets the way TensorBoard does. */
import { HISTO } from './event-fields.js';
import { HISTOGRAM_BUCKETS } from './limits.js';
import { BYTES, FIXED64, MalformedEventError, type WireReader } from './wire-reader.js';

/**
 * Returns [left, right, count] per bucket, flattened. As in tensorboard/data_compat.py, empty buckets at both ends are
 * dropped, the first bucket begins at the minimum, and the last ends at the maximum. TensorBoard rounds the numbers to float32,
 * where limits beyond 3.4e38 are infinite; here they stay as logged.
 */
export function readHistogramProto(reader: WireReader): Float64Array {
  let min = 0;
  let max = 0;
  let limits: number[] = [];
  let counts: number[] = [];
  while (reader.next()) {
    if (reader.field === HISTO.min && reader.wire === FIXED64) min = reader.double();
    else if (reader.field === HISTO.max && reader.wire === FIXED64) max = reader.double();
    else if (reader.field === HISTO.bucketLimit) limits = readDoubles(reader, limits);
    else if (reader.field === HISTO.bucket) counts = readDoubles(reader, counts);
    else reader.skip();
  }
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  if (first < 0) return new Float64Array(0);
  const buckets = new Float64Array((last - first + 1) * 3);
  for (let bucket = first; bucket <= last; bucket++) {
    const at = (bucket - first) * 3;
    buckets[at] = bucket === first ? min : (limits[bucket - 1] ?? max);
    buckets[at + 1] = bucket === last ? max : (limits[bucket] ?? max);
    buckets[at + 2] = counts[bucket]!;
  }
  return buckets;
}

function readDoubles(reader: WireReader, values: number[]): number[] {
  if (reader.wire === FIXED64) addBucket(values, reader);
  else if (reader.wire === BYTES)
    for (const packed = reader.message(); packed.at < packed.end; ) addBucket(values, packed);
  else reader.skip();
  return values;
}

function addBucket(values: number[], reader: WireReader): void {
  if (values.length === HISTOGRAM_BUCKETS) {
    throw new MalformedEventError(`The histogram has more than ${HISTOGRAM_BUCKETS} buckets.`);
  }
  values.push(reader.double());
}
