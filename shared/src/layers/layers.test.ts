import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { LayerDescription, MapShape } from '../run-description.js';
import { activated } from './activations.js';
import { computeMaps, isComputed } from './compute-maps.js';
import { type ExplainedLayer, type Explanation, explainValue } from './explain-value.js';
import { exactMaps, type LayerParameters, type Maps, readerOf } from './maps.js';

interface Listed {
  readonly shape: readonly number[];
  readonly values: readonly (number | string)[];
}
interface Case extends Record<'runningMean' | 'runningVar' | 'weight' | 'bias', Listed | undefined> {
  readonly title: string;
  readonly layer: Record<string, unknown>;
  readonly inputs: readonly Listed[];
  readonly output: Listed;
  readonly indices?: Listed;
}
const { cases } = JSON.parse(
  readFileSync(new URL('./fixtures/torch-layers.json', import.meta.url), 'utf8'),
) as { cases: Case[] };

function numbers({ values }: Listed): Float64Array {
  return Float64Array.from(values, Number);
}
function mapsOf(listed: Listed): Maps {
  return exactMaps(numbers(listed), listed.shape as unknown as MapShape);
}
function parametersOf({ weight, bias, runningMean, runningVar }: Case): LayerParameters {
  const of = (one: Listed | undefined) => one && numbers(one);
  return { weight: of(weight), bias: of(bias), runningMean: of(runningMean), runningVar: of(runningVar) };
}
function layerOf({ layer, output }: Case): Exclude<LayerDescription, { type: 'conv2d' | 'other' }> {
  return { ...layer, name: 'it', inputs: [], outputShape: output.shape } as unknown as ExplainedLayer;
}
function explainAt(one: Case, channel: number, y: number, x: number, inputs = one.inputs.map(mapsOf)) {
  return explainValue(layerOf(one), inputs.map(readerOf), parametersOf(one), { channel, y, x });
}
function places([channels, height, width]: readonly number[]): [number, number, number][] {
  const all: [number, number, number][] = [];
  for (let c = 0; c < channels!; c++)
    for (let y = 0; y < height!; y++) for (let x = 0; x < width!; x++) all.push([c, y, x]);
  return all;
}
/** The same maps, of which each value is only known to ±0.01. */
function blurred({ shape, values }: Maps): Maps {
  return { shape, values, lo: values.map((v) => v - 0.01), hi: values.map((v) => v + 0.01) };
}
function named(title: string): Case {
  return cases.find((one) => one.title === title)!;
}

/** NaN and infinities are themselves. */
function expectClose(actual: number | undefined, expected: number): void {
  if (Number.isFinite(expected)) expect(actual).toBeCloseTo(expected, 12);
  else expect(actual).toBe(expected);
}

describe('what PyTorch computes', () => {
  test.each(cases.map((one) => [one.title, one] as const))('%s', (_, one) => {
    const output = numbers(one.output);
    for (const [place, at] of places(one.output.shape).entries()) {
      const explained = explainAt(one, ...at);
      expectClose(explained?.result.value, output[place]!);
      if (one.indices !== undefined && explained?.formula === 'max') {
        const { y, x } = explained.terms[explained.winner]!;
        expect(y * one.inputs[0]!.shape[2]! + x, `index at ${at}`).toBe(numbers(one.indices)[place]);
      }
    }
    const layer = layerOf(one);
    if (!isComputed(layer)) return;
    const computed = computeMaps(layer, one.inputs.map(mapsOf), parametersOf(one))!;
    expect(computed.shape).toEqual(one.output.shape);
    for (const [place, value] of output.entries()) expectClose(computed.values[place], value);
  });
});

describe('what is known only as an interval', () => {
  test.each(cases.filter(({ title }) => !title.includes('NaN')).map((one) => [one.title, one] as const))(
    'holds the exact output: %s',
    (_, one) => {
      const inputs = one.inputs.map(mapsOf);
      const layer = layerOf(one);
      const whole = isComputed(layer)
        ? computeMaps(layer, inputs.map(blurred), parametersOf(one))
        : undefined;
      const least = Number.NEGATIVE_INFINITY;
      for (const shift of [-0.01, 0.006, 0.01]) {
        const shifted = inputs.map(({ shape, values }) =>
          exactMaps(
            values.map((v, i) => v + (i % 2 ? shift : -shift)),
            shape,
          ),
        );
        for (const [place, at] of places(one.output.shape).entries()) {
          const exact = explainAt(one, ...at, shifted)!.result.value;
          const { lo, hi } = explainAt(one, ...at, inputs.map(blurred))!.result;
          expect(exact).toBeGreaterThanOrEqual(lo - 1e-12);
          expect(exact).toBeLessThanOrEqual(hi + 1e-12);
          if (whole === undefined) continue;
          expect(whole.lo[place] ?? least).toBeCloseTo(lo, 12);
          expect(whole.hi[place] ?? least).toBeCloseTo(hi, 12);
        }
      }
    },
  );

  test('names the lowest value of an activation that falls and rises', () => {
    // The minimum of x·sigmoid(x) is −0.278464543 at −1.278464543.
    const silu = activated({ kind: 'silu' });
    expect(silu({ value: -1, lo: -2, hi: 0 }).lo).toBeCloseTo(-0.278464543, 8);
    expect(silu({ value: -1, lo: -1.1, hi: 0 }).lo).toBeCloseTo(-0.27471388, 8);
  });

  test('does not say which of two values is the larger when they may be equal', () => {
    const pool = named('max pool, 2×2');
    const maxOf = (inputs: Maps[]) => explainAt(pool, 0, 0, 0, inputs) as Explanation & { formula: 'max' };
    const near = exactMaps(Float64Array.from([1, 1.005, 0, 0]), [1, 2, 2]);
    expect(maxOf([near]).certain).toBe(true);
    expect(maxOf([blurred(near)])).toMatchObject({ certain: false, winner: 1 });
    expect(maxOf([blurred(exactMaps(Float64Array.from([1, 1.05, 0, 0]), [1, 2, 2]))]).certain).toBe(true);
  });
});

describe('what cannot be known is not said', () => {
  test('where parameters are missing', () => {
    const titles = [
      'batch norm, affine',
      'dense with bias',
      'transposed convolution, groups',
      'PReLU, one slope',
      'group norm, 2 groups',
      'layer norm of channels',
      'layer norm of a picture',
    ];
    for (const title of titles) {
      const one = named(title);
      const inputs = one.inputs.map(mapsOf);
      const layer = layerOf(one);
      expect(explainValue(layer, inputs.map(readerOf), {}, { channel: 0, y: 0, x: 0 })).toBeUndefined();
      if (isComputed(layer)) expect(computeMaps(layer, inputs, {})).toBeUndefined();
    }
  });

  test('where the inputs do not have the shapes that the layer says', () => {
    const wrong = [exactMaps(new Float64Array(7), [7, 1, 1]), exactMaps(new Float64Array(6), [6, 1, 1])];
    const titles = [
      'dense with bias',
      'add, then ReLU',
      'batch norm, affine',
      'group norm, 2 groups',
      'layer norm of channels',
      'multiply',
      'divide',
      'maximum of two',
      'upsample, bilinear, twice',
      'padding, reflected',
      'slice of channels',
      'pixel shuffle',
      'channel shuffle',
      'layer norm of a picture',
    ];
    for (const title of titles) {
      const one = named(title);
      expect(explainAt(one, 6, 0, 0, wrong)).toBeUndefined();
      const layer = layerOf(one);
      if (isComputed(layer)) expect(computeMaps(layer, wrong, parametersOf(one))).toBeUndefined();
    }
  });

  test.each<[string, object]>([
    ['upsample, bilinear, twice', { outputShape: [2, 2 ** 20, 2 ** 20] }],
    ['adaptive average pool to 3×3', { outputShape: [2, 2 ** 20, 2 ** 20] }],
    ['max pool, 2×2', { padding: [2 ** 30, 2 ** 30] }],
    ['max pool, 2×2', { kernel: [2 ** 30, 2 ** 30] }],
  ])('where the output cannot be held or does not exist: %s', (title, change) => {
    const one = named(title);
    const layer = { ...layerOf(one), ...change } as LayerDescription;
    expect(isComputed(layer)).toBe(true);
    if (isComputed(layer))
      expect(computeMaps(layer, one.inputs.map(mapsOf), parametersOf(one))).toBeUndefined();
  });
});
