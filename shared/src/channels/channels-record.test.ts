import { deflateSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeEvent, encodeEvent } from '../event-log/decode-event.js';
import type { RecordOf } from '../run-record.js';
import { decodeChannels, encodeChannels } from './channels-record.js';
import { channelStatistics } from './statistics.js';

const deflate = (bytes: Uint8Array) => deflateSync(bytes, { level: 1 });
const inflate = (bytes: Uint8Array) => inflateSync(bytes);

const shape = { pictures: 2, height: 4, width: 3, channels: 5 };
const at = (n: number, y: number, x: number, c: number) =>
  Math.sin(n * 7 + y * 3 + x * 1.3 + c * 11) * (c + 1);
const values = new Float32Array(2 * 4 * 3 * 5);
for (let n = 0; n < 2; n++)
  for (let y = 0; y < 4; y++)
    for (let x = 0; x < 3; x++)
      for (let c = 0; c < 5; c++) values[((n * 4 + y) * 3 + x) * 5 + c] = at(n, y, x, c);
// Picture 1, channel 2: all NaN; picture 0, channel 4, y 0, x 1: −∞.
for (let place = 0; place < 12; place++) values[(12 + place) * 5 + 2] = NaN;
values[1 * 5 + 4] = -Infinity;

const record = encodeChannels(
  {
    ...{
      tag: 'conv1/preactivation',
      step: 40,
      wallTime: 12.5,
      layer: 'conv1',
      role: 'preactivation' as const,
    },
    ...{ values, shape, layout: 'NHWC' as const, probes: [3, 0] },
    statistics: channelStatistics(values, shape, 'NHWC', 'preactivation'),
  },
  deflate,
);

describe('a channels record', () => {
  it('is unchanged by the event log', () => {
    expect(decodeEvent(encodeEvent(record)).values[0]!.toRecord()).toEqual(record);
  });

  it('gives the float maps back within the bound, with NaN and infinities restored', () => {
    const read = decodeEvent(encodeEvent(record)).values[0]!.toRecord() as RecordOf<'channels'>;
    for (const n of [0, 1]) {
      const maps = decodeChannels(read, n, inflate).values();
      for (let c = 0; c < 5; c++) {
        const bound = (read.hi[c]! - read.lo[c]!) / 510 + 1e-6;
        for (let y = 0; y < 4; y++) {
          for (let x = 0; x < 3; x++) {
            const wanted = values[((n * 4 + y) * 3 + x) * 5 + c]!;
            const got = maps[(c * 4 + y) * 3 + x]!;
            if (Number.isFinite(wanted)) expect(Math.abs(got - wanted)).toBeLessThanOrEqual(bound);
            else expect(got).toBe(wanted);
          }
        }
      }
    }
  });

  it('counts non-finite places from the start of their picture', () => {
    expect(decodeChannels(record, 0, inflate).nonFinite).toEqual([
      { start: 4 * 12 + 1, length: 1, value: '-Infinity' },
    ]);
    expect(decodeChannels(record, 1, inflate).nonFinite).toEqual([
      { start: 2 * 12, length: 12, value: 'NaN' },
    ]);
  });

  it('refuses a picture that does not exist, and a number of probes that differs from that of pictures', () => {
    expect(() => decodeChannels(record, 2, inflate)).toThrow('show 2 pictures: there is no number 2');
    const wrong = { ...record, role: 'output' as const, values, shape, layout: 'NHWC' as const, probes: [1] };
    expect(() => encodeChannels(wrong, deflate)).toThrow('have 2 pictures but 1 probes');
  });

  it('refuses an atlas of another size', () => {
    const wrong = { ...record, columns: record.columns + 1 };
    expect(() => decodeChannels(wrong, 0, inflate)).toThrow(/pixels large instead of/);
  });
});
