import { encodeChannels } from '@convscope/shared/channels/channels-record.js';
import { encodeEvent } from '@convscope/shared/event-log/decode-event.js';
import { zlibSync } from 'fflate';
import { expect, test } from 'vitest';
import { boundOf, valueAt } from '../drawing/map-stack.js';
import { stackOf } from '../pages/run/frames/stacks.js';
import { decodeForDrawing, decodePicture } from './decode-event.js';

const shape = { pictures: 2, channels: 3, height: 4, width: 5 };
const size = shape.channels * shape.height * shape.width;

/** Values computed from their position, [picture, channel, y, x]. */
function valuesWith(holes: Readonly<Record<number, number>>): Float32Array {
  return Float32Array.from({ length: 2 * size }, (_, at) => holes[at] ?? Math.sin(at * 0.7) * (1 + (at % 7)));
}

function eventOf(values: Float32Array): Uint8Array {
  const record = encodeChannels(
    {
      tag: 'conv1/preactivation',
      step: 680,
      wallTime: 1,
      layer: 'conv1',
      role: 'preactivation',
      values,
      shape,
      layout: 'NCHW',
      probes: [4, 2],
      statistics: {
        pictures: 64,
        min: Float32Array.of(-1, 0.5, -3),
        max: Float32Array.of(1, 2, -1),
        mean: new Float32Array(3),
        std: new Float32Array(3),
        zeroFraction: new Float32Array(3),
        nonFinite: new Uint32Array(3),
      },
    },
    (bytes) => zlibSync(bytes),
  );
  return encodeEvent(record);
}

test('an atlas that inflates to more than its stated size is refused, and not kept in memory', () => {
  const record = encodeChannels(
    {
      ...{ tag: 'conv1/preactivation', step: 1, wallTime: 1, layer: 'conv1', role: 'preactivation' as const },
      ...{ values: valuesWith({}), shape, layout: 'NCHW' as const, probes: [4, 2] },
    },
    (bytes) => {
      const more = new Uint8Array(bytes.length + 1e6);
      more.set(bytes);
      return zlibSync(more);
    },
  );
  const decode = () => decodeForDrawing({ ...request, bytes: encodeEvent(record) });
  expect(decode).toThrow(/holds \d+ bytes instead of \d+/);
  const [, held, claimed] = /holds (\d+) bytes instead of (\d+)/.exec(String(thrown(decode)))!;
  expect(Number(held)).toBe(Number(claimed) + 1);
});

test('maps that claim more than their atlases hold are refused before memory is allocated for them', () => {
  const record = encodeChannels(
    {
      ...{ tag: 'conv1/preactivation', step: 1, wallTime: 1, layer: 'conv1', role: 'preactivation' as const },
      ...{ values: valuesWith({}), shape, layout: 'NCHW' as const, probes: [4, 2] },
    },
    (bytes) => zlibSync(bytes),
  );
  const decode = (change: object) => () =>
    decodeForDrawing({ ...request, bytes: encodeEvent({ ...record, ...change }) });
  expect(decode({ height: 65_535, width: 65_000 })).toThrow(/claim 2 pictures of 3 channels of 65535×65000/);
  expect(decode({ height: 2000, width: 2000 })).toThrow(/pixels large instead of/);
});

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

const request = { tag: 'conv1/preactivation', kind: 'channels' } as const;

test('maps are decoded within their error bound, for each probe', () => {
  const values = valuesWith({});
  const decoded = decodeForDrawing({ ...request, bytes: eventOf(values) });
  if (decoded.kind !== 'channels') throw new Error(`decoded a ${decoded.kind}`);
  expect(decoded.step).toBe(680);
  expect(decoded.range.max).toBeCloseTo(Math.max(...values), 1);
  [4, 2].forEach((probe, picture) => {
    const stack = stackOf(decoded, probe)!;
    for (let at = 0; at < size; at++) {
      const channel = Math.floor(at / 20);
      const value = valueAt(stack, channel, Math.floor((at % 20) / 5), at % 5);
      expect(Math.abs(value - values[picture * size + at]!)).toBeLessThanOrEqual(
        boundOf(stack, channel) * 1.0001,
      );
    }
  });
});

test('NaN and infinities are restored in place', () => {
  const holes = { 3: Number.NaN, [size + 7]: Number.POSITIVE_INFINITY, [size + 8]: Number.NEGATIVE_INFINITY };
  const decoded = decodeForDrawing({ ...request, bytes: eventOf(valuesWith(holes)) });
  if (decoded.kind !== 'channels') throw new Error(`decoded a ${decoded.kind}`);
  expect(valueAt(stackOf(decoded, 4)!, 0, 0, 3)).toBeNaN();
  expect(valueAt(stackOf(decoded, 2)!, 0, 1, 2)).toBe(Number.POSITIVE_INFINITY);
  expect(valueAt(stackOf(decoded, 2)!, 0, 1, 3)).toBe(Number.NEGATIVE_INFINITY);
  expect(Number.isFinite(decoded.range.absolute)).toBe(true);
});

test('a picture decoded alone equals the one decoded with all others, including NaN and infinities', () => {
  const holes = { 3: Number.NaN, [size + 7]: Number.POSITIVE_INFINITY };
  const bytes = eventOf(valuesWith(holes));
  const decoded = decodeForDrawing({ ...request, bytes });
  if (decoded.kind !== 'channels') throw new Error(`decoded a ${decoded.kind}`);
  for (const probe of [4, 2]) {
    const picture = decodePicture({ ...request, bytes }, probe)!;
    expect(picture.probes).toEqual([probe]);
    const [alone, among] = [stackOf(picture, probe)!, stackOf(decoded, probe)!];
    for (let at = 0; at < size; at++) {
      const place = [Math.floor(at / 20), Math.floor((at % 20) / 5), at % 5] as const;
      expect(valueAt(alone, ...place)).toBe(valueAt(among, ...place));
    }
    expect(picture.range.max).toBeGreaterThanOrEqual(decoded.range.max);
    expect(picture.range.absolute).toBeGreaterThanOrEqual(decoded.range.absolute);
  }
});

test('of maps that need one probe only its picture is decoded, if the record shows it', () => {
  const bytes = eventOf(valuesWith({ 3: Number.NaN }));
  const probesOf = (probe: number | undefined) => {
    const decoded = decodeForDrawing({ ...request, bytes, probe });
    return decoded.kind === 'channels' ? { pictures: decoded.pictures, probes: decoded.probes } : undefined;
  };
  expect(probesOf(2)).toEqual({ pictures: 2, probes: [2] });
  expect(probesOf(7)).toEqual({ pictures: 2, probes: [4, 2] });
  expect(probesOf(undefined)).toEqual({ pictures: 2, probes: [4, 2] });
  expect(decodeForDrawing({ ...request, bytes, probe: 4 })).toEqual(decodePicture({ ...request, bytes }, 4));
});

test('a picture is not decoded alone if the record lacks it, is large or is damaged', () => {
  const bytes = eventOf(valuesWith({}));
  expect(decodePicture({ ...request, bytes }, 7)).toBeUndefined();
  expect(decodePicture({ ...request, kind: 'tensor', bytes }, 4)).toBeUndefined();
  expect(decodePicture({ ...request, bytes: bytes.subarray(0, 60) }, 4)).toBeUndefined();
  const large = { pictures: 2, channels: 64, height: 64, width: 64 };
  const record = encodeChannels(
    {
      ...{ tag: 'conv1/preactivation', step: 1, wallTime: 1, layer: 'conv1', role: 'preactivation' as const },
      ...{ values: new Float32Array(2 * 64 ** 3), shape: large, layout: 'NCHW' as const, probes: [4, 2] },
    },
    (pixels) => zlibSync(pixels),
  );
  expect(decodePicture({ ...request, bytes: encodeEvent(record) }, 4)).toBeUndefined();
});

test('an event with other records is refused with a message', () => {
  expect(() => decodeForDrawing({ ...request, tag: 'conv9/weight', bytes: eventOf(valuesWith({})) })).toThrow(
    'contains no channels record of conv9/weight',
  );
});
