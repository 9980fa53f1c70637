import { expect, test } from 'vitest';
import { HISTO } from './event-fields.js';
import { readHistogramProto } from './histogram-proto.js';
import { WireReader } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

function histogram(min: number, max: number, limits: readonly number[], counts: readonly number[]) {
  const writer = new WireWriter();
  writer.double(HISTO.min, min);
  writer.double(HISTO.max, max);
  for (const limit of limits) writer.double(HISTO.bucketLimit, limit);
  for (const count of counts) writer.double(HISTO.bucket, count);
  return [...readHistogramProto(new WireReader(writer.finish()))];
}

test('limits and counts are the float64 that the log holds', () => {
  expect(histogram(0, 1e300, [1e299, 1e300], [5e17, 5e17])).toEqual([0, 1e299, 5e17, 1e299, 1e300, 5e17]);
  expect(histogram(0.1, 0.3, [0.2, 0.3], [16_777_217, 1])).toEqual([0.1, 0.2, 16_777_217, 0.2, 0.3, 1]);
});

test('empty buckets at both ends are dropped, and a histogram without values has none', () => {
  expect(histogram(1.5, 2.5, [1, 2, 3, 4], [0, 2, 3, 0])).toEqual([1.5, 2, 2, 2, 2.5, 3]);
  expect(histogram(0, 0, [0], [0])).toEqual([]);
});
