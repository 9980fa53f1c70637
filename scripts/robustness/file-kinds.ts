/** Files that a hub must survive. Each is written beside a healthy run. */
import { deflateSync } from 'node:zlib';
import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { RECORD_BYTES } from '@convscope/shared/event-log/limits.js';
import { type AmidGoodPoints, amidGoodPoints, type FileKind } from './file-kind.js';
import {
  bytes,
  event,
  fileVersion,
  frame,
  header,
  runRecord,
  scalar,
  scalars,
  scalarValue,
  summary,
  tensor,
  value,
} from './hostile-events.js';

const MB = 1024 * 1024;

/** `count` bytes of a repeated pattern. */
function repeated(pattern: Uint8Array | string, count: number): Buffer {
  const one = Buffer.from(pattern as string);
  return Buffer.alloc(Math.floor(count / one.length) * one.length, one);
}

/** Events of some MB each, full of values with tags of their own. */
function* tagEvents(megabytes: number, valueFor: (tag: string) => Buffer): Iterable<Uint8Array> {
  yield fileVersion();
  let tag = 0;
  for (let left = megabytes * MB, step = 0; left > 0; step++) {
    const values: Buffer[] = [];
    let size = 0;
    while (size < Math.min(left, MB)) {
      const one = valueFor((tag++).toString(36));
      values.push(one);
      size += one.length;
    }
    left -= size;
    yield frame(event(step, bytes(5, Buffer.concat(values))));
  }
}

/** A channels record whose picture claims to be 65,535 × 65,000, with checksums that fit. */
function hugePictureClaim(): Buffer {
  const record = encodeChannels(
    {
      ...{ tag: 'conv1/preactivation', step: 1, wallTime: 1_700_000_000, layer: 'conv1' },
      ...{ role: 'preactivation', layout: 'NHWC', probes: [0] },
      values: new Float32Array(16),
      shape: { pictures: 1, channels: 1, height: 4, width: 4 },
    },
    (pixels) => deflateSync(pixels),
  );
  const data = Buffer.from(encodeEvent({ ...record, width: 65_535, height: 65_000 }));
  const at = data.indexOf('IHDR');
  data.writeUInt32BE(65_535, at + 4);
  data.writeUInt32BE(65_000, at + 8);
  data.writeUInt32BE(crc32(data.subarray(at, at + 17)), at + 17);
  return frame(data);
}

/** PNG's checksum. zlib.crc32 is not in Node 20. */
export function crc32(content: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of content) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

const AMID_GOOD_POINTS: readonly AmidGoodPoints[] = [
  {
    // Values of two bytes that say nothing.
    name: 'empty-values-bomb',
    small: 1,
    full: 20,
    records: (size) => [frame(event(1, bytes(5, repeated(Uint8Array.of(0x0a, 0), size * MB))))],
    expect: { gap: true },
  },
  {
    name: 'values-bomb',
    small: 1,
    full: 20,
    records: (size) => [frame(event(1, bytes(5, repeated(scalarValue('a', 1), size * MB))))],
    expect: { gap: true },
  },
  {
    name: 'graphs-bomb',
    small: 1,
    full: 20,
    records: (size) => [frame(event(1, repeated(Uint8Array.of(0x22, 0), size * MB)))],
  },
  {
    name: 'groups-bomb',
    small: 1,
    full: 60,
    records: (size) => [frame(event(1, Buffer.alloc(size * MB, 0x0b)))],
    expect: { gap: true },
  },
  {
    name: 'big-tag',
    small: 1,
    full: 95,
    records: (size) => [frame(event(1, summary(scalarValue(Buffer.alloc(size * MB, 1), 1))))],
  },
  {
    name: 'run-start-items',
    small: 0.6,
    full: 20,
    records: (size) => [runRecord('start', `{"version":1,"probes":[${repeated('0,', size * MB)}0]}`)],
    expect: { gap: true },
  },
  {
    name: 'run-start-objects',
    small: 0.6,
    full: 60,
    records: (size) => [runRecord('start', `{"a":[${repeated('{},', size * MB)}0]}`)],
    expect: { gap: true },
  },
  {
    name: 'run-start-nesting',
    small: 0.1,
    full: 20,
    records: (size) => [
      runRecord('start', `{"version":1,"config":${'['.repeat(size * MB)}${']'.repeat(size * MB)}}`),
    ],
    expect: { gap: true },
  },
  {
    name: 'tensor-claim',
    small: 1,
    full: 1_000,
    records: (count) =>
      Array.from({ length: count }, (_, i) =>
        frame(event(i, summary(value(bytes(1, 't'), tensor(1, [2 ** 24], bytes(4, Buffer.alloc(4))))))),
      ),
    expect: { history: { tag: 't', kind: 'tensor' } },
  },
  {
    name: 'picture-claim',
    small: 1,
    full: 1_000,
    records: (count) => Array<Buffer>(count).fill(hugePictureClaim()),
    expect: { history: { tag: 'conv1/preactivation', kind: 'channels' } },
  },
  {
    name: 'empty-tensors',
    small: 1,
    full: 1_000,
    records: (count) =>
      Array.from({ length: count }, (_, i) =>
        frame(
          event(
            i,
            summary(
              value(bytes(1, 'flat'), tensor(1, [0, 8, 8])),
              value(bytes(1, 'thin'), tensor(1, [4, 0, 8])),
            ),
          ),
        ),
      ),
    expect: { history: { tag: 'flat', kind: 'tensor' } },
  },
  {
    name: 'long-tags',
    small: 10,
    full: 1_000,
    records: (count) => Array.from({ length: count }, (_, i) => scalar(`${'x'.repeat(2_000)}${i}`, 1, 1)),
  },
];

export const FILE_KINDS: readonly FileKind[] = [
  ...AMID_GOOD_POINTS.map(amidGoodPoints),
  { name: 'tags-bomb', small: 0.5, full: 50, parts: (size) => tagEvents(size, (tag) => scalarValue(tag, 1)) },
  {
    name: 'empty-tags-bomb',
    small: 0.5,
    full: 20,
    parts: (size) => tagEvents(size, (tag) => value(bytes(1, tag))),
  },
  {
    name: 'run-end-error',
    small: 2,
    full: 140,
    parts: (size) => [
      fileVersion(),
      scalars('before', 0, 10),
      runRecord(
        'end',
        `{"version":1,"reason":"failed","seconds":1,"error":"${repeated('\\u0001', size * MB)}"}`,
      ),
    ],
    runs: (size) => (size > 100 ? 3 : 1),
    expect: { points: { tag: 'before', rows: 10 } },
  },
  {
    name: 'header-chain',
    small: 0.1,
    full: 4,
    parts: (size) => [repeated(header(65_001), size * MB), scalars('after', 0, 10)],
    expect: { gap: true },
  },
  {
    name: 'gap-flood',
    small: 0.5,
    full: 100,
    parts: function* (size) {
      const megabyte = repeated(frame(Uint8Array.of(0x0f)), Math.min(size, 1) * MB);
      for (let written = 0; written < size; written++) yield megabyte;
      yield scalars('after', 0, 10);
    },
    expect: { gap: true, points: { tag: 'after', rows: 10 } },
  },
  {
    name: 'torn-record',
    small: 1_000,
    full: 100_000,
    parts: (points) => [
      fileVersion(),
      scalars('loss', 0, 5),
      // Not by chance the distance to a later header: then the torn record would count as damaged data.
      header(200_011),
      Buffer.alloc(20_000, 7),
      scalars('loss', 5, 5 + points),
    ],
    expect: { gap: true, points: { tag: 'loss', rows: (points) => points + 5 } },
  },
  {
    name: 'pending-records',
    small: 3,
    full: 15,
    parts: () => [fileVersion(), header(RECORD_BYTES)],
    sparseBytes: RECORD_BYTES - MB,
    runs: (size) => size,
  },
];
