import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CaptureSummary } from '../channels/capture-summary.js';
import { decodeHistory, encodeHistoryRow, type HistoryRow } from './history.js';

const number = fc.double();
const single = fc.float();

const summary = fc.nat(5).chain((channels): fc.Arbitrary<CaptureSummary> => {
  const channel = fc.nat(Math.max(0, channels - 1));
  const exactly = { minLength: channels, maxLength: channels };
  const limits = fc.oneof(
    fc.array(single, exactly).map((values) => Float32Array.from(values)),
    fc.array(number, exactly).map((values) => Float64Array.from(values)),
  );
  return fc
    .record({
      step: number,
      pictures: fc.nat(),
      isSingle: fc.boolean(),
      range: fc.record({ min: number, max: number, absolute: number, positive: number }),
      limits: fc.tuple(limits, limits).filter(([a, b]) => a.constructor === b.constructor),
      nonFinite: fc.array(fc.nat(1000), exactly).map((counts) => Uint32Array.from(counts)),
      duplicates: fc.array(fc.record({ channel, of: channel, correlation: single }), { maxLength: channels }),
    })
    .map(({ limits: [min, max], ...rest }) => ({ channels, min, max, ...rest }));
});
const row: fc.Arbitrary<HistoryRow> = fc.oneof(
  summary,
  number.map((step) => ({ step, unreadable: true as const })),
);

it('gives back the rows that were encoded, one after the other', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 4 }), (rows) => {
      const bytes = Buffer.concat(rows.map(encodeHistoryRow));
      expect(decodeHistory(new Uint8Array(bytes))).toEqual(rows);
    }),
  );
});

it('refuses bytes that end in the middle of a capture, and allocates no more than they hold', () => {
  fc.assert(
    fc.property(row, fc.nat(), (one, cut) => {
      const bytes = encodeHistoryRow(one);
      const length = cut % bytes.length;
      if (length > 0) expect(() => decodeHistory(bytes.subarray(0, length))).toThrow(RangeError);
    }),
  );
  const bomb = encodeHistoryRow({ step: 0, unreadable: true });
  const view = new DataView(bomb.buffer);
  view.setUint32(40, 0, true);
  view.setUint32(44, 0xffffffff, true);
  expect(() => decodeHistory(bomb)).toThrow('The history ends in the middle of a capture.');
});
