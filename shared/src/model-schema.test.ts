import { describe, expect, test } from 'vitest';
import { modelSchema } from './model-schema.js';
import type { LayerDescription, ModelDescription } from './run-description.js';

function read(layers: readonly unknown[]): readonly LayerDescription[] {
  return modelSchema.parse({ name: 'net', parameters: 0, inputShape: [3, 32, 32], layers }).layers;
}

function refusal(layers: readonly unknown[]): string | undefined {
  return modelSchema.safeParse({ name: 'net', parameters: 0, inputShape: [3, 32, 32], layers }).error
    ?.issues[0]?.message;
}

const shape = [16, 32, 32];
const conv = {
  type: 'conv2d',
  inChannels: 16,
  outChannels: 16,
  kernel: [3, 3],
  inputShape: shape,
  outputShape: shape,
};
/** What earlier versions said of each convolution. */
const older = {
  ...conv,
  stride: [1, 1],
  padding: [1, 1],
  dilation: [1, 1],
  groups: 1,
  paddingMode: 'zeros',
  bias: true,
  activation: 'relu',
};
const after = (tag: string, ...operations: object[]) => ({ from: 'record', tag, operations });
const relu = { op: 'relu' };
const pool = { op: 'maxPool2d', kernel: [2, 2], stride: [2, 2] };
const olderPool = {
  type: 'maxPool2d',
  kernel: [2, 2],
  stride: [2, 2],
  inputShape: shape,
  outputShape: [16, 16, 16],
};

describe('the description of a net', () => {
  test('may say that it computes in half precision', () => {
    const net = { name: 'net', parameters: 0, inputShape: [3, 32, 32], layers: [] };
    expect(modelSchema.parse({ ...net, precision: 'bfloat16' }).precision).toBe('bfloat16');
    expect(modelSchema.safeParse({ ...net, precision: 'int8' }).success).toBe(false);
    expect(modelSchema.parse(net)).not.toHaveProperty('precision');
  });

  test('of every kind of layer is read with the defaults of PyTorch', () => {
    const layers = read([
      { ...conv, name: 'conv', inputs: ['input'] },
      { type: 'batchNorm2d', name: 'norm', inputs: ['conv'], outputShape: shape },
      { type: 'activation', kind: 'leakyRelu', name: 'leaky', inputs: ['norm'], outputShape: shape },
      { type: 'prelu', name: 'prelu', inputs: ['leaky'], outputShape: shape },
      { type: 'softmax', name: 'softmax', inputs: ['prelu'], outputShape: shape },
      {
        type: 'maxPool2d',
        kernel: [2, 2],
        stride: [2, 2],
        name: 'max',
        inputs: ['softmax'],
        outputShape: [16, 16, 16],
      },
      {
        type: 'avgPool2d',
        kernel: [2, 2],
        stride: [2, 2],
        name: 'avg',
        inputs: ['leaky'],
        outputShape: [16, 16, 16],
      },
      { type: 'concat', name: 'concat', inputs: ['max', 'avg'], outputShape: [32, 16, 16] },
      {
        type: 'convTranspose2d',
        inChannels: 32,
        outChannels: 8,
        kernel: [2, 2],
        stride: [2, 2],
        name: 'up',
        inputs: ['concat'],
        outputShape: [8, 32, 32],
      },
      { type: 'add', name: 'add', inputs: ['up', 'up'], outputShape: [8, 32, 32] },
      {
        type: 'other',
        kind: 'MultiheadAttention',
        name: 'attention',
        inputs: ['add'],
        outputShape: [8, 32, 32],
      },
      { type: 'adaptiveAvgPool2d', name: 'mean', inputs: ['attention'], outputShape: [8, 1, 1] },
      { type: 'flatten', name: 'flat', inputs: ['mean'], outputShape: [8, 1, 1] },
      { type: 'dropout', name: 'drop', inputs: ['flat'], outputShape: [8, 1, 1] },
      {
        type: 'dense',
        name: 'fc',
        inputs: ['drop'],
        inFeatures: 8,
        outFeatures: 10,
        outputShape: [10, 1, 1],
      },
    ]);
    expect(layers).toHaveLength(15);
    expect(layers[0]).toMatchObject({
      stride: [1, 1],
      padding: [0, 0],
      dilation: [1, 1],
      groups: 1,
      paddingMode: 'zeros',
      bias: true,
      activation: 'none',
      input: { from: 'probes' },
    });
    expect(layers[1]).toMatchObject({ eps: 1e-5, affine: true });
    expect(layers[5]).toMatchObject({ padding: [0, 0], dilation: [1, 1], ceilMode: false });
    expect(layers[6]).toMatchObject({ ceilMode: false, countIncludePad: true });
    expect(layers[8]).toMatchObject({ outputPadding: [0, 0], groups: 1 });
    expect(read(layers)).toEqual(layers);
  });

  test('says where the log has the input of a convolution, if the writer does not', () => {
    const layers = read([
      { ...conv, name: 'layer1.0.conv1', inputs: ['input'] },
      { ...conv, name: 'layer1.0.conv2', inputs: ['layer1.0.conv1'] },
    ]);
    expect(layers.map((layer) => layer.type === 'conv2d' && layer.input)).toEqual([
      { from: 'probes' },
      { from: 'record', tag: 'layer1.0.conv2/input', operations: [] },
    ]);
  });

  test.each<[string, unknown[], string]>([
    [
      'reads a layer that is not there',
      [{ ...conv, name: 'a', inputs: ['b'] }],
      '"a" reads "b", which is not a layer before it',
    ],
    [
      'reads a later layer',
      [
        { ...conv, name: 'a', inputs: ['b'] },
        { ...conv, name: 'b', inputs: ['input'] },
      ],
      '"a" reads "b", which is not a layer before it',
    ],
    [
      'has two layers of one name',
      [
        { ...conv, name: 'a', inputs: ['input'] },
        { ...conv, name: 'a', inputs: ['input'] },
      ],
      'There are two layers "a"',
    ],
    [
      'has a layer named as its input',
      [{ ...conv, name: 'input', inputs: [] }],
      'There are two layers "input"',
    ],
  ])('is refused if it %s', (_, layers, message) => {
    expect(refusal(layers)).toBe(message);
  });

  test.each<[string, object]>([
    ['a kernel of 0', { kernel: [0, 3] }],
    ['a stride of 0', { stride: [1, 0] }],
    ['no groups', { groups: 0 }],
    ['half a pixel', { padding: [0.5, 0] }],
    ['a size beyond 2³¹', { outputShape: [2 ** 31, 1, 1] }],
    ['a map higher than 2²⁰', { outputShape: [1, 2 ** 20 + 1, 1] }],
    ['an unknown type', { type: 'conv5d' }],
    ['a name of 2,000 characters', { name: 'x'.repeat(2000) }],
    ['2,000 inputs', { inputs: Array(2000).fill('input') }],
  ])('is refused with %s', (_, change) => {
    expect(refusal([{ ...conv, name: 'a', inputs: ['input'], ...change }])).toBeDefined();
  });
});

describe('the description of an earlier version', () => {
  const inputs = (layers: readonly unknown[]) =>
    Object.fromEntries(read(layers).map((layer) => [layer.name, layer.inputs]));

  test('gets its inputs from where it says that the log has them', () => {
    expect(
      inputs([
        { ...older, name: 'conv1', input: { from: 'probes' } },
        { ...olderPool, name: 'pool1' },
        { ...older, name: 'conv2', input: after('conv1/preactivation', relu, pool) },
        { ...older, name: 'conv3', input: after('conv2/preactivation', relu) },
        { ...olderPool, name: 'pool2' },
        { type: 'dense', name: 'fc', inFeatures: 4096, outFeatures: 10, activation: 'none' },
      ]),
    ).toEqual({
      conv1: ['input'],
      pool1: ['conv1'],
      conv2: ['pool1'],
      conv3: ['conv2'],
      pool2: ['conv3'],
      fc: ['pool2'],
    });
  });

  test('gets those of residual blocks, whose sum is logged as the input of the first layer that reads it', () => {
    expect(
      inputs([
        { ...older, name: 'stem', input: { from: 'probes' } },
        { ...older, name: 'conv', input: after('stem/preactivation', relu) },
        { type: 'add', name: 'block', inputs: ['stem', 'conv'], activation: 'relu', outputShape: shape },
        { ...older, name: 'shortcut', input: after('shortcut/input') },
        { ...older, name: 'main', input: after('shortcut/input') },
        { type: 'globalAveragePool', name: 'average', inputShape: shape },
      ]),
    ).toEqual({
      stem: ['input'],
      conv: ['stem'],
      block: ['stem', 'conv'],
      shortcut: ['block'],
      main: ['block'],
      average: ['main'],
    });
  });

  test('leaves inputs open that nothing says', () => {
    expect(inputs([{ ...older, name: 'conv', input: after('elsewhere/output') }])).toEqual({ conv: [] });
  });

  test('names shapes and kinds as this version does', () => {
    const description: ModelDescription = modelSchema.parse({
      name: 'net',
      parameters: 0,
      inputShape: shape,
      layers: [
        { type: 'globalAveragePool', name: 'average', inputShape: shape },
        { type: 'dense', name: 'fc', inFeatures: 16, outFeatures: 10, activation: 'none' },
      ],
    });
    expect(description.layers).toEqual([
      { type: 'adaptiveAvgPool2d', name: 'average', inputs: ['input'], outputShape: [16, 1, 1] },
      {
        type: 'dense',
        name: 'fc',
        inputs: ['average'],
        inFeatures: 16,
        outFeatures: 10,
        bias: true,
        activation: 'none',
        outputShape: [10, 1, 1],
      },
    ]);
  });
});
