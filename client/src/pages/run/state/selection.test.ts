import { exactly } from '@convscope/shared/convolution/reading.js';
import { conv2dDescription } from '@convscope/shared/testing/run-start.js';
import { expect, test } from 'vitest';
import type { DecodedTensor } from '../../../decode/decoded.js';
import { valueAt } from '../../../drawing/map-stack.js';
import type { Frame, Piece } from '../frames/frame.js';
import type { LayerView } from '../frames/layers.js';
import { arithmeticOf } from './arithmetic.js';
import { contributionsOf } from './contributions.js';
import { channelOrder, inputMarkOf, outputAt, select, windowOf } from './selection.js';
import { DEFAULT_VIEW } from './view-state.js';

// The worked example of F.conv2d: a 5×5 input, a 3×3 kernel, padding 1; PyTorch gives 18 at (2, 1) and 1 at (0, 0).
const INPUT = [1, 2, 0, 3, 1, 0, 1, 2, 3, 1, 1, 2, 1, 0, 0, 5, 2, 3, 1, 1, 2, 1, 0, 1, 1];
const KERNEL = [1, 2, 1, 0, 1, 0, 2, 1, 0];
const BIAS = -20;

const description = conv2dDescription({ inputShape: [1, 5, 5], outputShape: [1, 5, 5] });
const layer: LayerView = {
  name: 'conv1',
  description,
  output: { tag: 'conv1/preactivation', kind: 'channels' },
  outputRole: 'preactivation',
  input: { tag: 'probes/input', kind: 'tensor', operations: [] },
  weight: { tag: 'conv1/weight', kind: 'tensor' },
  bias: { tag: 'conv1/bias', kind: 'tensor' },
  gradient: undefined,
};

function piece(shape: readonly number[], values: readonly number[], step = 8): Piece<DecodedTensor> {
  const range = { min: Math.min(...values), max: Math.max(...values), absolute: 0, positive: 0 };
  return { step, row: 0, decoded: { kind: 'tensor', step, shape, values: Float32Array.from(values), range } };
}

function frameWith(change: Partial<Frame> = {}): Frame {
  // What the net would log at (2, 1): 18 − 20 = −2; the rest does not matter here.
  const logged = Array.from({ length: 25 }, (_, at) => (at === 11 ? -2 : 0));
  return {
    run: 'a',
    generation: 1,
    layer,
    step: 8,
    output: piece([1, 5, 5], logged),
    input: piece([1, 1, 5, 5], INPUT, 0),
    weight: piece([1, 1, 3, 3], KERNEL),
    bias: piece([1], [BIAS]),
    gradient: undefined,
    settled: true,
    isWhole: true,
    errors: [],
    gap: undefined,
    ...change,
  };
}

const view = { ...DEFAULT_VIEW, y: 2, x: 1 };

test('the arithmetic of a pixel is that of the net, and exact if its parts are', () => {
  const arithmetic = arithmeticOf(select(layer, frameWith(), view, []));
  if (arithmetic === undefined || 'error' in arithmetic) throw new Error('no arithmetic');
  expect(arithmetic.products).toEqual(exactly(18));
  expect(arithmetic.sum).toEqual(exactly(-2));
  expect(arithmetic.pixel.sum).toBe(-2);
  expect(arithmetic.result).toEqual(exactly(0));
});

test('contributions and bias add up to the pixel', () => {
  const contributions = contributionsOf(select(layer, frameWith(), view, []))!;
  expect(valueAt(contributions.stack, 0, 2, 1) + BIAS).toBe(-2);
  expect(valueAt(contributions.stack, 0, 0, 0)).toBe(1);
});

test('kernels of another step are not multiplied with these maps', () => {
  const arithmetic = arithmeticOf(
    select(layer, frameWith({ weight: piece([1, 1, 3, 3], KERNEL, 0) }), view, []),
  );
  expect(arithmetic).toEqual({
    error: 'The map of conv1 is of step 8, and what made it was last logged at step 0.',
  });
});

test('ReLU is shown when it is asked for', () => {
  const selections = (['conv', 'relu'] as const).map((stage) =>
    select(layer, frameWith(), { ...view, stage }, []),
  );
  expect(selections.map(({ output }) => valueAt(output!, 0, 2, 1))).toEqual([-2, 0]);
  expect(selections.map(({ signed }) => signed)).toEqual([true, false]);
});

test('what lies outside of the layer is brought inside', () => {
  const selection = select(layer, frameWith(), { ...view, channel: 99, y: 99, x: 0 }, []);
  expect([selection.channel, selection.y, selection.x]).toEqual([0, 4, 0]);
});

test('a frame of another layer gives no maps, but the shapes that the description knows', () => {
  const other = { ...layer, name: 'conv2' };
  const selection = select(other, frameWith(), view, []);
  expect(selection.output).toBeUndefined();
  expect(selection.shape).toEqual([1, 5, 5]);
});

test('the window of a pixel and the pixel of a place are each other’s way back', () => {
  const selection = select(layer, frameWith(), view, []);
  expect(windowOf(selection, 2, 1)).toEqual({ y0: 1, y1: 3, x0: 0, x1: 2 });
  expect(outputAt(selection, 2, 1)).toEqual({ y: 2, x: 1 });
  const strided = {
    ...description,
    stride: [2, 2] as const,
    kernel: [5, 5] as const,
    padding: [0, 0] as const,
    dilation: [2, 2] as const,
  };
  expect(windowOf({ described: strided, inputShape: [1, 32, 32] }, 3, 1)).toEqual({
    y0: 6,
    y1: 14,
    x0: 2,
    x1: 10,
  });
});

test('nothing is outlined in the input of an unknown layer that leaves maps of another size', () => {
  const unknown = (side: number) => ({
    described: { type: 'other', name: 'mix', inputs: ['input'], outputShape: [4, side, side] } as const,
    inputShape: [3, 8, 8] as const,
  });
  expect(inputMarkOf(unknown(8), 2, 1)).toEqual({ y0: 2, y1: 2, x0: 1, x1: 1 });
  expect(inputMarkOf(unknown(4), 2, 1)).toBeUndefined();
  const selection = select(layer, frameWith(), view, []);
  expect(inputMarkOf(selection, 2, 1)).toEqual(windowOf(selection, 2, 1));
});

test('channels are ordered by their numbers, the largest first, equals by their index', () => {
  expect(channelOrder(4, Float32Array.of(1, 3, 1, 2))).toEqual([1, 3, 0, 2]);
  expect(channelOrder(3, undefined)).toEqual([0, 1, 2]);
});

test('gradients are a stage of layers that have them, and change nothing of the pixel', () => {
  const values = Array.from({ length: 25 }, (_, at) => (at === 11 ? -1e-5 : 0));
  const withGradients: LayerView = { ...layer, gradient: { tag: 'conv1/gradient', kind: 'channels' } };
  const gradient = piece([1, 5, 5], values, 4);
  const asked = { ...view, stage: 'gradient' as const };
  const selection = select(withGradients, frameWith({ layer: withGradients, gradient }), asked, []);
  expect(selection.stages).toEqual(['conv', 'relu', 'gradient']);
  expect(selection.shown).toMatchObject({ stage: 'gradient', tag: 'conv1/gradient', signed: true });
  expect(valueAt(selection.shown.stack!, 0, 2, 1)).toBeCloseTo(-1e-5, 10);
  // Of an older step than the frame, which the pane says.
  expect(selection.shown.piece?.step).toBe(4);
  expect(valueAt(selection.output!, 0, 2, 1)).toBe(0);

  const none = select(withGradients, frameWith({ layer: withGradients }), asked, []);
  expect(none.shown.stack).toBeUndefined();
  // A link to the gradients of a layer without any shows what there is.
  const without = select(layer, frameWith(), asked, []);
  expect(without.stages).toEqual(['conv', 'relu']);
  expect(without.shown).toMatchObject({ stage: 'relu', tag: 'conv1/preactivation' });
});

test('records that hold no values are named with their shape, and nothing is read from them', () => {
  for (const shape of [
    [0, 5, 5],
    [4, 0, 5],
    [0, 4, 5, 5],
  ]) {
    const selection = select(layer, frameWith({ output: piece(shape, []) }), DEFAULT_VIEW, []);
    expect(selection.empty).toEqual({ output: shape });
    expect([selection.output, selection.shape]).toEqual([undefined, undefined]);
    expect([selection.channel, selection.y, selection.x]).toEqual([0, 0, 0]);
  }
  const weightless = select(layer, frameWith({ weight: piece([1, 0, 3, 3], []) }), DEFAULT_VIEW, []);
  expect([weightless.empty, weightless.kernels]).toEqual([{ kernels: [1, 0, 3, 3] }, undefined]);
  expect(arithmeticOf(weightless)).toBeUndefined();
  const blind = select(layer, frameWith({ input: piece([1, 1, 5, 0], []) }), DEFAULT_VIEW, []);
  expect([blind.empty, blind.input, blind.inputShape]).toEqual([
    { input: [1, 1, 5, 0] },
    undefined,
    undefined,
  ]);
});

test('a size that a description states and no map can have is not taken at its word', () => {
  for (const outputShape of [
    [1e9, 5, 5],
    [0, 5, 5],
    [1, 5, 0],
  ] as const) {
    const stated = { ...layer, description: { ...description, outputShape } };
    expect(select(stated, undefined, DEFAULT_VIEW, []).shape).toBeUndefined();
  }
});

test('another pixel of the same capture has the same kernels and contributions, so that they are not drawn anew', () => {
  const frame = frameWith();
  const [one, other] = [select(layer, frame, view, []), select(layer, frame, { ...view, x: 4 }, [])];
  expect(other.kernels).toBe(one.kernels);
  expect(contributionsOf(one)).toBeDefined();
  expect(contributionsOf(other)).toBe(contributionsOf(one));
  const next = select(layer, { ...frame, weight: piece([1, 1, 3, 3], KERNEL.toReversed()) }, view, []);
  expect(contributionsOf(next)).not.toBe(contributionsOf(one));
});
