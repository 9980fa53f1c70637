import type { ChannelHealth } from '@convscope/shared/channels/health.js';
import { expect, test } from 'vitest';
import type { DecodedChannels } from '../../../decode/decoded.js';
import { HealthBook, healthOf } from './channel-health.js';

const well: ChannelHealth = { conditions: [] };
const dead: ChannelHealth = { conditions: ['dead'] };

function maps(step: number): DecodedChannels {
  const one = Float32Array.of(0);
  return {
    kind: 'channels',
    layer: 'conv1',
    role: 'preactivation',
    step,
    shape: [1, 1, 1],
    probes: [0],
    codes: Uint8Array.of(0),
    lo: one,
    hi: one,
    marks: undefined,
    statistics: {
      pictures: 1,
      mean: one,
      std: one,
      min: one,
      max: one,
      zeroFraction: one,
      nonFinite: Uint32Array.of(0),
    },
    range: { min: 0, max: 0, absolute: 0, positive: 0 },
  };
}

test('maps have their own health, and until that is known the last of their layer', () => {
  const book = new HealthBook();
  const [first, second] = [maps(0), maps(8)];
  expect(healthOf(book.judged, 'conv1', first)).toEqual([]);
  expect(book.add('conv1', first, [dead])).toBe(true);
  expect(healthOf(book.judged, 'conv1', second)).toEqual([dead]);
  expect(healthOf(book.judged, 'conv2', second)).toEqual([]);
  book.add('conv1', second, [well]);
  expect(healthOf(book.judged, 'conv1', first)).toEqual([dead]);
  expect(healthOf(book.judged, 'conv1', second)).toEqual([well]);
});

test('every result is a new value, and an equal one keeps the array that is drawn', () => {
  const book = new HealthBook();
  const [first, second] = [maps(0), maps(8)];
  book.add('conv1', first, [dead]);
  const before = book.judged;
  book.add('conv1', second, [{ conditions: ['dead'] }]);
  expect(book.judged).not.toBe(before);
  expect(healthOf(book.judged, 'conv1', second)).toBe(healthOf(book.judged, 'conv1', first));
});

test('of maps without statistics, and after another run was chosen, nothing is known', () => {
  const book = new HealthBook();
  book.add('conv1', maps(0), [dead]);
  expect(healthOf(book.judged, 'conv1', { ...maps(8), statistics: undefined })).toEqual([]);
  book.forget();
  expect(healthOf(book.judged, 'conv1', maps(8))).toEqual([]);
  expect(book.findings.looked).toBe(0);
});
