import { conv2dDescription, runStart } from '@convscope/shared/testing/run-start.js';
import { describe, expect, it } from 'vitest';
import type { DecodedTensor } from '../../decode/decoded.js';
import type { LayerView } from '../run/frames/layers.js';
import { probesOfStart } from '../run/frames/named-probes.js';
import {
  type ComparedSide,
  type ComparisonRequest,
  compare,
  orderOf,
  partnerOf,
  valuesAt,
  withinMaps,
} from './comparison.js';
import type { CaptureProbes } from './pictures.js';
import { NO_PROBES } from './side.js';
import { mapsOfRecord } from './stage-maps.js';
import { whole } from './testing/whole.js';

function tensor(shape: readonly number[], value: (at: number) => number): DecodedTensor {
  const length = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length }, (_, at) => value(at));
  return { kind: 'tensor', step: 0, shape, values, range: { min: -1, max: 1, absolute: 1, positive: 1 } };
}

const layer: LayerView = {
  name: 'conv1',
  description: conv2dDescription(),
  output: { tag: 'conv1/preactivation', kind: 'tensor' },
  outputRole: 'preactivation',
  input: undefined,
  weight: { tag: 'conv1/weight', kind: 'tensor' },
  bias: undefined,
  gradient: undefined,
};
const side = (record: DecodedTensor, change: Partial<ComparedSide> = {}): ComparedSide => ({
  run: 'net',
  start: undefined,
  layer,
  maps: mapsOfRecord(record),
  probes: { ...NO_PROBES, named: change.start && probesOfStart(change.start) },
  ...change,
});
const request = (a: ComparedSide, b: ComparedSide, change: Partial<ComparisonRequest> = {}) =>
  whole(
    compare({
      ...{ a, b, stage: 'conv', probeA: undefined, probeB: undefined, ofOne: false, match: undefined },
      ...change,
    }),
  );

/** [2 pictures, 3 channels, 1, 2] */
const maps = (scale: number) => tensor([2, 3, 1, 2], (at) => (at - 5) * scale);

describe('a comparison', () => {
  it('subtracts A from B, and measures the channels over all pictures', () => {
    const comparison = request(side(maps(1)), side(maps(2)));
    expect(comparison).toMatchObject({
      mismatch: undefined,
      measured: 2,
      signed: true,
      shown: { a: 0, b: 0 },
    });
    expect(valuesAt(comparison, 0, 0, 1)).toEqual({
      a: { value: -4, lo: -4, hi: -4 },
      b: { value: -8, lo: -8, hi: -8 },
      difference: { value: -4, lo: -4, hi: -4 },
    });
    // Channel 0 has −5, −4 and 1, 2; channel 1 −3, −2 and 3, 4; channel 2 −1, 0 and 5, 6.
    expect(comparison.changes.map((change) => change?.meanAbsolute.value)).toEqual([3, 3, 3]);
    expect(request(side(maps(1)), side(maps(2)), { ofOne: true, probeA: 1 })).toMatchObject({
      measured: 1,
      shown: { a: 1, b: 1 },
    });
  });

  it('is made in pieces, one for each channel at least, so that the page answers between them', () => {
    const [a, b] = [side(tensor([1, 40, 1, 2], (at) => at)), side(tensor([1, 40, 1, 2], (at) => 2 * at))];
    const rest = { probeA: undefined, probeB: undefined, ofOne: false, match: undefined };
    const pieces = [...compare({ a, b, stage: 'conv', ...rest })];
    expect(pieces.length).toBeGreaterThanOrEqual(40);
  });

  it('is after ReLU if the layers have one', () => {
    const comparison = request(side(maps(1)), side(maps(2)), { stage: 'relu' });
    expect(comparison.signed).toBe(false);
    expect(valuesAt(comparison, 0, 0, 1).difference?.value).toBe(0);
    expect(orderOf(comparison, 'difference')).toEqual([2, 1, 0]);
  });

  it('says why there is no difference', () => {
    const wide = request(side(maps(1)), side(tensor([2, 3, 2, 2], () => 1)));
    expect(wide.mismatch).toContain('The maps of A are 3 × 1×2 and those of B 3 × 2×2');
    expect(wide.difference).toBeUndefined();
    expect(valuesAt(wide, 0, 0, 1).difference).toBeUndefined();
    const more = request(side(maps(1)), side(tensor([2, 4, 1, 2], () => 1)));
    expect(more.mismatch).toContain('A has 3 maps and B has 4');
    const kernels = { stage: 'kernels' } as const;
    expect(request(side(maps(1)), side(tensor([2, 3, 3, 3], () => 1)), kernels).mismatch).toContain(
      'The kernels of A are [2, 3, 1, 2] and those of B [2, 3, 3, 3]',
    );
    expect(request(side(tensor([4], () => 1)), side(maps(1)), kernels).mismatch).toContain(
      'not a tensor [out, in',
    );
  });

  it('compares kernels weight by weight', () => {
    const comparison = request(side(maps(1)), side(maps(3)), { stage: 'kernels' });
    expect(comparison).toMatchObject({ mismatch: undefined, measured: 0, signed: true });
    expect(comparison.changes).toHaveLength(2);
    expect(comparison.kernels).toMatchObject({ kernel: [1, 2] });
  });

  it('shows beside a channel the one that it is matched with, and leaves out those without', () => {
    const four = tensor([2, 4, 1, 2], (at) => at);
    const match = {
      of: Int32Array.of(3, -1, 0),
      correlations: Float64Array.of(0.9, 0, 0.8),
      isSampled: false,
    };
    const comparison = request(side(maps(1)), side(four), { match });
    expect(comparison.mismatch).toBeUndefined();
    expect(valuesAt(comparison, 0, 0, 0).b?.value).toBe(6);
    expect(partnerOf(comparison, 0)).toBe(3);
    expect(partnerOf(comparison, 1)).toBeUndefined();
    expect(comparison.changes[1]).toBeUndefined();
    expect([...orderOf(comparison, 'index')]).toEqual([0, 2]);
    expect([...orderOf(comparison, 'norm')].sort()).toEqual([0, 2]);
  });
});

describe('the pictures of two runs', () => {
  const start = (name: string, ...indices: readonly number[]) =>
    runStart({ data: { name }, probes: indices.map((index) => ({ index, label: 0 })) });
  const other = (run: RunStartOf) => side(maps(2), { run: 'other', start: run });
  type RunStartOf = ReturnType<typeof start>;

  it('are the same where data set and index are', () => {
    const a = side(maps(1), { start: start('CIFAR-10', 13, 8) });
    const swapped = request(a, other(start('CIFAR-10', 8, 13)));
    expect(swapped.pictures).toMatchObject({
      by: 'log',
      pairs: [
        { a: 0, b: 1 },
        { a: 1, b: 0 },
      ],
    });
    expect(swapped).toMatchObject({ shown: { a: 0, b: 1 }, measured: 2 });
    const one = request(a, other(start('CIFAR-10', 7, 8)));
    expect(one).toMatchObject({ shown: { a: 1, b: 1 }, measured: 1 });
    const none = request(a, other(start('MNIST', 13, 8)));
    expect(none.pictures).toMatchObject({ by: 'log', pairs: [] });
    expect(none).toMatchObject({ shown: { a: 0, b: 0 }, measured: 1 });
  });

  it('are paired by number where nobody knows', () => {
    const comparison = request(side(maps(1)), other(start('CIFAR-10', 8, 13)));
    expect(comparison.pictures).toMatchObject({
      by: undefined,
      pairs: [
        { a: 0, b: 0 },
        { a: 1, b: 1 },
      ],
    });
  });

  it('of one run are those in force at the step of each side', () => {
    const of = (
      row: number,
      input: DecodedTensor,
      ...indices: readonly (number | null)[]
    ): CaptureProbes => ({
      row,
      named: indices.map((index) => ({ index, label: null, name: String(index) })),
      input,
    });
    const begun = start('CIFAR-10', 13, 8);
    /** Two pictures of two values each: all of a picture have one value. */
    const numbers = (one: number, other: number) => tensor([2, 1, 1, 2], (at) => (at < 2 ? one : other));
    const at = (probes: CaptureProbes) => side(maps(1), { start: begun, probes });
    const first = at(of(0, numbers(1, 2), 13, 8));
    expect(request(first, at(of(0, numbers(1, 2), 13, 8))).pictures.pairs).toHaveLength(2);
    const uploaded = at(of(1, numbers(7, 6), null, null));
    const other = request(first, uploaded);
    expect(other.pictures).toMatchObject({ by: 'log', pairs: [] });
    expect(other).toMatchObject({ shown: { a: 0, b: 0 }, measured: 1 });
    // The same upload at another place, and a test picture that has been chosen again.
    expect(request(uploaded, at(of(2, numbers(9, 7), 8, null))).pictures.pairs).toEqual([{ a: 0, b: 1 }]);
    expect(request(first, at(of(2, numbers(2, 7), 8, null))).pictures.pairs).toEqual([{ a: 1, b: 0 }]);
    // Uploads have no number in the test set, and are not the same for that.
    expect(request(uploaded, at(of(3, numbers(3, 4), null, null))).pictures.pairs).toEqual([]);
  });

  it('are the first that there is, where the other side has fewer', () => {
    const one = { ...NO_PROBES, row: 1, named: [{ index: 4, label: 0, name: 'horse' }] };
    const a = side(maps(1), { start: start('CIFAR-10', 13, 8) });
    const b = side(
      tensor([1, 3, 1, 2], () => 1),
      { start: start('CIFAR-10', 13, 8), probes: one },
    );
    expect(request(a, b, { probeA: 1 })).toMatchObject({ shown: { a: 1, b: 0 }, mismatch: undefined });
  });

  it('are chosen on each side, and then measured alone', () => {
    expect(request(side(maps(1)), side(maps(2)), { probeA: 0, probeB: 1 })).toMatchObject({
      shown: { a: 0, b: 1 },
      measured: 1,
    });
  });
});

describe('the place that an address names', () => {
  it('is as it is while the maps have it', () => {
    expect(withinMaps({ channel: 2, y: 0, x: undefined }, [3, 1, 2], 'conv1')).toEqual({
      right: {},
      problems: [],
    });
  });

  it('is the last channel, row or column where there are not so many, and that is said', () => {
    expect(withinMaps({ channel: 3, y: 1, x: 9 }, [3, 1, 2], 'conv1')).toEqual({
      right: { channel: 2, y: 0, x: 1 },
      problems: [
        'There is no channel 3 in conv1 of A, only 0 to 2: channel 2 is shown.',
        'There is no y 1 in conv1 of A, only 0: y 0 is shown.',
        'There is no x 9 in conv1 of A, only 0 to 1: x 1 is shown.',
      ],
    });
  });
});
