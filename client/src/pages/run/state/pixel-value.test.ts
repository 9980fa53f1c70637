import { quantiseMaps } from '@convscope/shared/channels/quantise.js';
import { plainConv2d } from '@convscope/shared/convolution/plain-conv2d.js';
import { marginOf } from '@convscope/shared/convolution/reading.js';
import type { Conv2dDescription } from '@convscope/shared/run-description.js';
import { conv2dDescription } from '@convscope/shared/testing/run-start.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DecodedChannels, DecodedTensor } from '../../../decode/decoded.js';
import { formatReading } from '../../../ui/format.js';
import type { Frame, Piece } from '../frames/frame.js';
import type { LayerView } from '../frames/layers.js';
import { arithmeticOf, contributionAt } from './arithmetic.js';
import { type PixelValue, pixelValueOf } from './pixel-value.js';
import { type Selection, select } from './selection.js';
import { DEFAULT_VIEW, type Stage } from './view-state.js';

const RANGE = { min: -1, max: 1, absolute: 1, positive: 1 };

function tensor(shape: readonly number[], values: ArrayLike<number>): Piece<DecodedTensor> {
  const decoded = {
    kind: 'tensor',
    step: 8,
    shape,
    values: Float32Array.from(values),
    range: RANGE,
  } as const;
  return { step: 8, row: 0, decoded };
}

/** Maps as they are logged: with 8 bits. */
function channels(
  shape: readonly [number, number, number],
  values: ArrayLike<number>,
  role: 'preactivation' | 'output' = 'preactivation',
): Piece<DecodedChannels> {
  const [count, height, width] = shape;
  const maps = Float32Array.from(values);
  const { codes, lo, hi, nonFinite } = quantiseMaps(
    maps,
    { pictures: 1, channels: count, height, width },
    'NCHW',
  );
  let marks: Uint8Array | undefined;
  for (const { start, length, value } of nonFinite) {
    marks ??= new Uint8Array(codes.length);
    marks.fill(value === 'NaN' ? 1 : value === 'Infinity' ? 2 : 3, start, start + length);
  }
  const rest = { layer: 'conv2', role, marks, statistics: undefined, range: RANGE } as const;
  return {
    step: 8,
    row: 0,
    decoded: { kind: 'channels', step: 8, shape, pictures: 1, probes: [0], codes, lo, hi, ...rest },
  };
}

interface Net {
  /** Values before ReLU of the layer before. */
  readonly before: ArrayLike<number>;
  readonly weight: ArrayLike<number>;
  readonly bias: number;
  /** What is logged instead of the exact convolution. */
  readonly logged?: ArrayLike<number>;
  readonly stage?: Stage;
  readonly role?: 'preactivation' | 'output';
}

/** conv2: [2, 4, 4] through ReLU and a 3×3 kernel with padding 1 to [1, 4, 4]. Its input was logged with 8 bits. */
const description: Conv2dDescription = conv2dDescription({
  name: 'conv2',
  inChannels: 2,
  inputShape: [2, 4, 4],
  outputShape: [1, 4, 4],
  input: { from: 'record', tag: 'conv1/preactivation', operations: [{ op: 'relu' }] },
});

function truthOf({ before, weight, bias }: Net): Float64Array {
  return plainConv2d(
    { data: Float64Array.from(before, (value) => Math.max(0, Math.fround(value))), shape: [1, 2, 4, 4] },
    { data: Float64Array.from(weight, Math.fround), shape: [1, 2, 3, 3] },
    { data: [Math.fround(bias)], shape: [1] },
    { padding: 1 },
  ).data;
}

function selectionOf(net: Net, y: number, x: number): Selection {
  const { role = 'preactivation' } = net;
  const layer: LayerView = {
    name: 'conv2',
    description,
    output: { tag: `conv2/${role}`, kind: 'channels' },
    outputRole: role,
    input: { tag: 'conv1/preactivation', kind: 'channels', operations: [{ op: 'relu' }] },
    weight: { tag: 'conv2/weight', kind: 'tensor' },
    bias: { tag: 'conv2/bias', kind: 'tensor' },
    gradient: undefined,
  };
  const frame: Frame = {
    ...{ run: 'a', generation: 1, layer, step: 8, settled: true, isWhole: true, errors: [], gap: undefined },
    output: channels([1, 4, 4], net.logged ?? truthOf(net), role),
    input: channels([2, 4, 4], net.before),
    weight: tensor([1, 2, 3, 3], net.weight),
    bias: tensor([1], [net.bias]),
    gradient: undefined,
  };
  return select(layer, frame, { ...DEFAULT_VIEW, stage: net.stage ?? 'conv', y, x }, []);
}

function pixelOf(selection: Selection): PixelValue {
  return pixelValueOf(selection, arithmeticOf(selection))!;
}

const WEIGHT = Array.from({ length: 18 }, (_, i) => ((i * 7) % 11) / 5 - 1);
const BEFORE = Array.from({ length: 32 }, (_, i) => ((i * 13) % 17) / 4 - 2);

test('the value is the one with the smaller margin, and the other one is known too', () => {
  // Inputs from −2 to 2 with kernels up to 1: the log is tighter than the sum of 18 inexact products.
  const net: Net = { before: BEFORE, weight: WEIGHT, bias: 0.5 };
  const logged = pixelOf(selectionOf(net, 1, 1));
  expect(logged.source).toBe('log');
  expect(marginOf(logged.shown)).toBeLessThan(marginOf(logged.other!));
  expect(logged.contradiction).toBeUndefined();
  // A constant input has no margin, so the arithmetic is exact.
  const exact = pixelOf(selectionOf({ ...net, before: new Float32Array(32).fill(1) }, 1, 1));
  expect(exact.source).toBe('arithmetic');
  expect(marginOf(exact.shown)).toBe(0);
  expect(marginOf(exact.other!)).toBeGreaterThan(0);
});

test('after ReLU the interval is clipped, and the value before it is known', () => {
  const net: Net = { before: BEFORE, weight: WEIGHT, bias: 0.5, stage: 'relu' };
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 4; x++) {
      const { shown, before } = pixelOf(selectionOf(net, y, x));
      expect(shown.value).toBe(Math.max(0, before!.value));
      expect([shown.lo, shown.hi]).toEqual([Math.max(0, before!.lo), Math.max(0, before!.hi)]);
    }
  }
});

test('of two exact zeros after ReLU the one is shown that was known better before it', () => {
  const net: Net = { before: new Float32Array(32).fill(1), weight: WEIGHT, bias: -90, stage: 'relu' };
  const { shown, before, source } = pixelOf(selectionOf(net, 1, 1));
  expect(shown).toEqual({ value: 0, lo: 0, hi: 0 });
  expect(source).toBe('arithmetic');
  expect(marginOf(before!)).toBe(0);
});

test('a code that decodes to zero is not an exact zero', () => {
  // Codes from −51 to 204 are whole numbers, each for values within a half.
  const logged = Array.from({ length: 16 }, (_, i) => [-51, 204][i] ?? 0.2);
  const net: Net = { before: BEFORE, weight: new Float32Array(18), bias: 0, logged, stage: 'relu' };
  const { shown } = pixelValueOf(selectionOf(net, 2, 2), undefined)!;
  expect(shown).toEqual({ value: 0, lo: 0, hi: 0.5 });
  expect(formatReading(shown)).toBe('≈ 0 ± 0.50');
});

test('a log that contradicts its own kernels is said to, and keeps the word', () => {
  const net: Net = { before: BEFORE, weight: WEIGHT, bias: 0.5 };
  const truth = truthOf(net);
  const logged = Array.from(truth, (value) => value + 7);
  const { contradiction, source } = pixelOf(selectionOf({ ...net, logged }, 1, 2));
  expect(contradiction!.apart).toBeCloseTo(7, 0);
  expect(contradiction!.allowed).toBeLessThan(1);
  expect(source).toBe('log');
  // ReLU must not hide it: both are zero after it.
  const low = Array.from(truth, (value) => value - 40);
  const net2 = { ...net, bias: -30, logged: low, stage: 'relu' } as const;
  expect(pixelOf(selectionOf(net2, 1, 2)).shown.value).toBe(0);
  expect(pixelOf(selectionOf(net2, 1, 2)).contradiction).toBeDefined();
});

test('what a GPU rounds away is not a contradiction', () => {
  // A constant input is exact, and so is a constant log: all that is left is rounding.
  const net: Net = { before: new Float32Array(32).fill(1), weight: WEIGHT, bias: 0.5 };
  const exact = truthOf(net)[5]!;
  const logged = new Float32Array(16).fill(exact + 1e-3);
  const selection = selectionOf({ ...net, logged }, 1, 1);
  expect(pixelValueOf(selection, arithmeticOf(selection))?.contradiction).toBeDefined();
  expect(pixelValueOf(selection, arithmeticOf(selection), 'tf32')?.contradiction).toBeUndefined();
});

test('what a net in half precision rounds away is not a contradiction, and more is one', () => {
  const net: Net = { before: new Float32Array(32).fill(1), weight: WEIGHT, bias: 0.5 };
  const exact = truthOf(net)[5]!;
  const contradictionAt = (apart: number, precision: 'tf32' | 'float16' | 'bfloat16') => {
    const selection = selectionOf({ ...net, logged: new Float32Array(16).fill(exact + apart) }, 1, 1);
    return pixelValueOf(selection, arithmeticOf(selection), precision)?.contradiction;
  };
  const most = WEIGHT.reduce((sum, one) => sum + Math.abs(one), 0.5);
  expect(contradictionAt(most * 2 ** -8, 'tf32')).toBeDefined();
  expect(contradictionAt(most * 2 ** -8, 'float16')).toBeUndefined();
  expect(contradictionAt(most * 2 ** -5, 'float16')).toBeDefined();
  expect(contradictionAt(most * 2 ** -5, 'bfloat16')).toBeUndefined();
  expect(contradictionAt(most * 2, 'bfloat16')).toBeDefined();
});

test('NaN in the log is the value, and contradicts arithmetic that is finite', () => {
  const net: Net = { before: BEFORE, weight: WEIGHT, bias: 0.5 };
  const logged = Array.from(truthOf(net), (value, at) => (at === 6 ? Number.NaN : value));
  const { shown, contradiction } = pixelOf(selectionOf({ ...net, logged }, 1, 2));
  expect(shown.value).toBeNaN();
  expect(contradiction).toBeDefined();
  const nan = [...BEFORE];
  nan[6] = Number.NaN;
  const both = pixelOf(selectionOf({ ...net, before: nan, logged }, 1, 2));
  expect(both.shown.value).toBeNaN();
  expect(both.contradiction).toBeUndefined();
});

test('maps that were logged after ReLU are compared with the sum after ReLU', () => {
  const net: Net = { before: BEFORE, weight: WEIGHT, bias: -3, role: 'output' };
  const logged = Array.from(truthOf(net), (value) => Math.max(0, value));
  for (let x = 0; x < 4; x++) {
    const { contradiction, shown, other } = pixelOf(selectionOf({ ...net, logged }, 1, x));
    expect(contradiction).toBeUndefined();
    expect(Math.min(shown.value, other!.value)).toBeGreaterThanOrEqual(0);
  }
});

const float = fc.float({ min: -8, max: 8, noNaN: true });
const nets = fc.record({
  before: fc.array(float, { minLength: 32, maxLength: 32 }),
  weight: fc.array(float, { minLength: 18, maxLength: 18 }),
  bias: float,
  stage: fc.constantFrom<Stage>('conv', 'relu'),
});

test('every number that is claimed of a pixel holds the exact one, and nothing is called a contradiction', () => {
  fc.assert(
    fc.property(nets, fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 }), (net, y, x) => {
      const selection = selectionOf(net, y, x);
      const { shown, other, before, contradiction } = pixelOf(selection);
      const exact = truthOf(net)[y * 4 + x]!;
      const after = net.stage === 'relu' ? Math.max(0, exact) : exact;
      // The log rounds the exact value to float32 before it is quantised.
      const rounding = 1e-4;
      for (const [claimed, truth] of [
        [shown, after],
        [other!, after],
        [before ?? shown, net.stage === 'relu' ? exact : after],
      ] as const) {
        expect(truth).toBeGreaterThanOrEqual(claimed.lo - rounding);
        expect(truth).toBeLessThanOrEqual(claimed.hi + rounding);
      }
      expect(contradiction).toBeUndefined();
    }),
  );
});

test('what an input channel adds to a pixel holds the exact sum of its products', () => {
  fc.assert(
    fc.property(nets, fc.integer({ min: 0, max: 15 }), (net, at) => {
      const selection = selectionOf(net, 0, 0);
      for (const inChannel of [0, 1]) {
        const only = (values: readonly number[], size: number) =>
          values.map((value, i) => (Math.floor(i / size) === inChannel ? value : 0));
        const truth = truthOf({ ...net, weight: only(net.weight, 9), bias: 0 })[at]!;
        const claimed = contributionAt(selection, inChannel, { y: Math.floor(at / 4), x: at % 4 })!;
        expect(truth).toBeGreaterThanOrEqual(claimed.lo - 1e-9);
        expect(truth).toBeLessThanOrEqual(claimed.hi + 1e-9);
      }
    }),
  );
});
