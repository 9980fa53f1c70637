import { unzlibSync, zlibSync } from 'fflate';
import { expect, it } from 'vitest';
import type { RecordOf } from '../run-record.js';
import { summariseCapture } from './capture-summary.js';
import { encodeChannels } from './channels-record.js';

const options = {
  inflate: (bytes: Uint8Array, size: number) => unzlibSync(bytes, { out: new Uint8Array(size + 1) }),
  findDuplicates: true,
};
const shape = { pictures: 2, channels: 4, height: 4, width: 5 };
const size = shape.channels * shape.height * shape.width;

/** [picture, channel, y, x]: 0 is a sine, 1 its negative, 2 all 7, 3 another sine with holes. */
function planted(holes: Readonly<Record<number, number>> = {}): Float32Array {
  const places = shape.height * shape.width;
  return Float32Array.from({ length: 2 * size }, (_, at) => {
    const channel = Math.floor(at / places) % shape.channels;
    const place = (at % places) + 100 * Math.floor(at / size);
    const values = [Math.sin(place), -2 * Math.sin(place), 7, Math.cos(place * place)];
    return holes[at] ?? values[channel]!;
  });
}

function mapsRecord(values: Float32Array): RecordOf<'channels'> {
  return encodeChannels(
    {
      ...{ tag: 'conv1/preactivation', step: 40, wallTime: 1, layer: 'conv1', role: 'preactivation' },
      ...{ values, shape, layout: 'NCHW', probes: [0, 3] },
    },
    (bytes) => zlibSync(bytes),
  );
}

function tensorRecord(values: Float32Array | Float64Array, dims: readonly number[]): RecordOf<'tensor'> {
  const dtype = values instanceof Float64Array ? 'float64' : 'float32';
  const common = { tag: 'conv1/output', step: 40, wallTime: 1, plugin: 'tensor', content: new Uint8Array() };
  return { kind: 'tensor', dtype, shape: dims, values, ...common };
}

it('says the same of maps and of the tensor they were made from', () => {
  const holes = { [3 * 20 + 2]: Number.NaN, [size + 3 * 20]: Number.POSITIVE_INFINITY };
  const ofMaps = summariseCapture(mapsRecord(planted(holes)), options);
  const ofTensor = summariseCapture(tensorRecord(planted(holes), [2, 4, 4, 5]), options);
  for (const one of [ofMaps, ofTensor]) {
    expect(one).toMatchObject({ step: 40, channels: 4, pictures: 2 });
    expect([...one.nonFinite]).toEqual([0, 0, 0, 2]);
    expect(one.duplicates.map(({ channel, of }) => [channel, of])).toEqual([[1, 0]]);
    expect(one.duplicates[0]!.correlation).toBeCloseTo(-1, 4);
  }
  expect([...ofMaps.min]).toEqual([...ofTensor.min]);
  expect([...ofMaps.max]).toEqual([...ofTensor.max]);
  expect(ofMaps.range.max).toBe(7);
  expect(ofMaps.range.min).toBeCloseTo(ofTensor.range.min, 6);
});

it('takes limits from the logged statistics, which cover more pictures than the maps', () => {
  const record = mapsRecord(planted());
  const wider = { min: Float32Array.of(-9, -9, -9, -9), max: Float32Array.of(9, 9, 9, 9) };
  const zeros = new Float32Array(4);
  const statistics = {
    ...wider,
    ...{ pictures: 64, mean: zeros, std: zeros, zeroFraction: zeros, nonFinite: new Uint32Array(4) },
  };
  const summary = summariseCapture({ ...record, statistics }, options);
  expect(summary).toMatchObject({ pictures: 64, ...wider });
});

it('keeps float64 values that float32 would confuse or make infinite', () => {
  const values = Float64Array.of(1, 1 + 1e-12, 1e60, -1e60);
  const summary = summariseCapture(tensorRecord(values, [2, 1, 2]), options);
  expect([...summary.min]).toEqual([1, -1e60]);
  expect([...summary.max]).toEqual([1 + 1e-12, 1e60]);
  expect([...summary.nonFinite]).toEqual([0, 0]);
});

it('finds no channels in a tensor that is not a stack of maps, but its range', () => {
  const summary = summariseCapture(tensorRecord(Float32Array.of(-2, 5), [2]), options);
  expect(summary.channels).toBe(0);
  expect(summary.range).toMatchObject({ min: -2, max: 5 });
});

it('has no limits for a channel without finite values', () => {
  const values = Float32Array.of(Number.NaN, Number.NaN, 1, 2);
  for (const summary of [
    summariseCapture(tensorRecord(values, [2, 1, 2]), options),
    summariseCapture(
      encodeChannels(
        {
          ...{
            tag: 'a',
            step: 0,
            wallTime: 0,
            layer: 'a',
            role: 'output',
            values,
            layout: 'NCHW',
            probes: [0],
          },
          shape: { pictures: 1, channels: 2, height: 1, width: 2 },
        },
        (bytes) => zlibSync(bytes),
      ),
      options,
    ),
  ]) {
    expect([...summary.min]).toEqual([Number.NaN, 1]);
    expect([...summary.max]).toEqual([Number.NaN, 2]);
    expect([...summary.nonFinite]).toEqual([2, 0]);
  }
});
