import type { LayerDescription } from '@convscope/shared/run-description.js';
import { conv2dDescription } from '@convscope/shared/testing/run-start.js';
import { describe, expect, test } from 'vitest';
import type { DecodedChannels, DecodedTensor } from '../../../decode/decoded.js';
import { readingAt } from '../../../drawing/map-stack.js';
import { describedLayers } from '../frames/described-layers.js';
import type { Frame, MapRecord, Piece } from '../frames/frame.js';
import type { LayerView } from '../frames/layers.js';
import { explainedValueOf, explanationOf } from './explanation.js';
import { lineageOf, strongestOf } from './lineage.js';
import { type Selection, select } from './selection.js';
import { DEFAULT_VIEW, type ViewState } from './view-state.js';

const range = { min: -1, max: 1, absolute: 1, positive: 1 };

function tensor(shape: readonly number[], values: readonly number[], step = 8): Piece<DecodedTensor> {
  return { step, row: 0, decoded: { kind: 'tensor', step, shape, values: Float32Array.from(values), range } };
}

/** Codes 0 to 255 from −1 to 1.55: a value is −1 + code/100. */
function codes(shape: readonly [number, number, number], values: readonly number[]): Piece<DecodedChannels> {
  const lo = new Float32Array(shape[0]).fill(-1);
  const hi = new Float32Array(shape[0]).fill(1.55);
  const decoded: DecodedChannels = {
    ...{
      kind: 'channels',
      step: 8,
      layer: 'conv',
      role: 'preactivation',
      shape,
      pictures: 1,
      probes: [0],
      lo,
      hi,
      range,
    },
    codes: Uint8Array.from(values, (value) => Math.round((value + 1) * 100)),
    marks: undefined,
    statistics: undefined,
  };
  return { step: 8, row: 0, decoded };
}

function selected(
  layers: readonly LayerDescription[],
  records: Readonly<Record<string, Piece<MapRecord>>>,
  name: string,
  change: Partial<ViewState> = {},
): Selection {
  const net = { name: 'net', parameters: 0, inputShape: [1, 2, 2] as const, layers };
  const tags = { has: (tag: string, kind: string) => records[tag]?.decoded.kind === kind };
  const views = describedLayers(net, tags).flatMap((item) =>
    item.type === 'layer' ? item.layer : (item.view ?? []),
  );
  const layer = views.find((view) => view.name === name) as LayerView;
  const frame: Frame = {
    ...{ run: 'a', generation: 1, layer, step: 8, settled: true, isWhole: true, errors: [], gap: undefined },
    output: records[layer.output.tag],
    input: layer.input && records[layer.input.tag],
    weight: layer.weight && (records[layer.weight.tag] as Piece<DecodedTensor>),
    bias: layer.bias && (records[layer.bias.tag] as Piece<DecodedTensor>),
    gradient: undefined,
    sources: new Map(Object.entries(records)),
  };
  return select(layer, frame, { ...DEFAULT_VIEW, ...change }, []);
}

const shape = [2, 2, 2] as const;
const conv = conv2dDescription({ name: 'conv', inputs: ['input'], outChannels: 2, outputShape: shape });
const pool: LayerDescription = {
  type: 'maxPool2d',
  name: 'pool',
  inputs: ['conv'],
  kernel: [2, 2],
  stride: [2, 2],
  padding: [0, 0],
  dilation: [1, 1],
  ceilMode: false,
  outputShape: [2, 1, 1],
};
const dense: LayerDescription = {
  type: 'dense',
  name: 'fc',
  inputs: ['pool'],
  inFeatures: 2,
  outFeatures: 2,
  bias: true,
  activation: 'none',
  outputShape: [2, 1, 1],
};
const layers = [conv, pool, dense];
const records = {
  'conv/preactivation': codes(shape, [-0.5, 0.25, 0.75, 0.1, -0.9, -0.2, -0.3, 0.5]),
  'fc/weight': tensor([2, 2], [1, 2, -4, 0.5]),
  'fc/bias': tensor([2], [0.1, 0.2]),
};

describe('where a value comes from', () => {
  test('of a pool is the pixel that it chose', () => {
    const selection = selected(layers, records, 'pool', { channel: 1 });
    expect(readingAt(selection.output!, 1, 0, 0).value).toBeCloseTo(0.5, 6);
    expect(lineageOf(selection)?.sources).toMatchObject([
      { layer: 'conv', channel: 1, y: 1, x: 1, share: 1 },
    ]);
  });

  test('of a dense layer are its inputs by what they add, through the pool', () => {
    // 1·0.75 + 2·0.5 + 0.1, and −4·0.75 + 0.5·0.5 + 0.2.
    const one = selected(layers, records, 'fc');
    expect(explanationOf(one)?.result.value).toBeCloseTo(1.85, 6);
    expect(lineageOf(one)?.sources.map(({ layer, channel, size }) => [layer, channel, size])).toEqual([
      ['pool', 1, expect.closeTo(1, 6)],
      ['pool', 0, expect.closeTo(0.75, 6)],
    ]);
    expect(strongestOf(lineageOf(selected(layers, records, 'fc', { channel: 1 })))?.channel).toBe(0);
  });

  test('has no share for what is not a number, even where nothing else is added', () => {
    const sharesOf = (first: number) => {
      const fc = { 'fc/weight': tensor([2, 2], [Number.NaN, first, -4, 0.5]) };
      return lineageOf(selected(layers, { ...records, ...fc }, 'fc'))
        ?.sources.map(({ share }) => share)
        .sort();
    };
    expect(sharesOf(2)).toEqual([1, Number.NaN]);
    expect(sharesOf(Number.NaN)).toEqual([Number.NaN, Number.NaN]);
  });

  test('is not said where the log does not hold the weights of that step', () => {
    const older = { ...records, 'fc/weight': tensor([2, 2], [1, 2, -4, 0.5], 4) };
    const selection = selected(layers, older, 'fc');
    expect(selection.output).toBeUndefined();
    expect(lineageOf(selection)).toBeUndefined();
  });

  test('ends at the picture', () => {
    const drop: LayerDescription = {
      type: 'dropout',
      name: 'drop',
      inputs: ['input'],
      outputShape: [1, 2, 2],
    };
    const selection = selected([drop], { 'probes/input': tensor([1, 1, 2, 2], [1, 2, 3, 4], 0) }, 'drop');
    expect(lineageOf(selection)?.sources[0]).toMatchObject({ layer: 'input' });
    expect(strongestOf(lineageOf(selection))).toBeUndefined();
  });
});

describe('a value that is computed', () => {
  test('has the interval of the logged values behind it', () => {
    const { shown, source } = explainedValueOf(selected(layers, records, 'fc'), 'float32')!;
    expect(source).toBe('arithmetic');
    // Half a code is 0.005, and the weights are 1 and 2.
    expect(shown.hi - shown.value).toBeCloseTo(0.015, 6);
  });

  test('is compared with the logged one, and contradicts it only beyond both margins', () => {
    const logged = { ...records, 'fc/output': tensor([2, 1, 1], [1.86, 9]) };
    const one = explainedValueOf(selected(layers, logged, 'fc'), 'float32')!;
    expect([one.source, one.contradiction]).toEqual(['log', undefined]);
    const other = explainedValueOf(selected(layers, logged, 'fc', { channel: 1 }), 'float32')!;
    expect(other.contradiction?.apart).toBeCloseTo(9 - -2.55, 4);
  });
});
