import { expect, test } from 'vitest';
import { foreignLayers, otherTensors } from './foreign-layers.js';

test('tensors of rank 3 and 4 of a foreign log open as grids, others do not', () => {
  const shapes: Record<string, number[]> = {
    maps: [6, 30, 30],
    batch: [64, 6, 30, 30],
    vector: [10],
    matrix: [3, 4],
  };
  const layers = foreignLayers({
    channelTags: [],
    tensorTags: Object.keys(shapes),
    shapeOf: (tag) => shapes[tag],
  });
  expect(layers.map(({ name }) => name)).toEqual(['maps', 'batch']);
  expect(layers[0]).toMatchObject({
    output: { tag: 'maps', kind: 'tensor' },
    input: undefined,
    weight: undefined,
  });
});

test('tags that differ only in input, weight and output are one layer', () => {
  const tags = ['conv1/input', 'conv1/output', 'conv1/weight', 'nn_conv2d_output', 'nn_conv2d_input'];
  const layers = foreignLayers({ channelTags: [], tensorTags: tags, shapeOf: () => [4, 3, 5, 5] });
  expect(
    layers.map(({ name, output, input, weight }) => [name, output.tag, input?.tag, weight?.tag]),
  ).toEqual([
    ['conv1', 'conv1/output', 'conv1/input', 'conv1/weight'],
    ['nn_conv2d', 'nn_conv2d_output', 'nn_conv2d_input', undefined],
  ]);
});

test('a tensor whose shape is not known yet is not shown', () => {
  expect(foreignLayers({ channelTags: [], tensorTags: ['maps'], shapeOf: () => undefined })).toEqual([]);
});

test('a layer has the bias and the gradients that its tags name, and no vector as maps', () => {
  const shapes: Record<string, number[]> = {
    'conv/output': [2, 4, 8, 8],
    'conv/weight': [4, 3, 3, 3],
    'conv/bias': [4],
    'conv/gradient': [2, 4, 8, 8],
    'conv/input': [4],
  };
  const [layer, ...others] = foreignLayers({
    channelTags: [],
    tensorTags: Object.keys(shapes),
    shapeOf: (tag) => shapes[tag],
  });
  expect(others).toEqual([]);
  expect([layer?.name, layer?.bias?.tag, layer?.gradient?.tag, layer?.input]).toEqual([
    'conv',
    'conv/bias',
    'conv/gradient',
    undefined,
  ]);
});

test('tags are read as the user says', () => {
  const [layer] = foreignLayers({
    channelTags: [],
    tensorTags: ['a.out', 'a.w'],
    shapeOf: () => [4, 3, 5, 5],
    read: (tag) => ({ layer: tag.slice(0, 1), role: tag.endsWith('w') ? 'weight' : 'output' }),
  });
  expect([layer?.name, layer?.weight?.tag]).toEqual(['a', 'a.w']);
});

test('tensors that are neither maps nor part of a layer are named with their shapes', () => {
  const shapes: Record<string, number[]> = {
    'conv/output': [4, 8, 8],
    'conv/bias': [4],
    'fc/bias': [10],
    embedding: [10, 64],
    video: [2, 3, 16, 8, 8],
    unreadable: [],
  };
  const log = {
    channelTags: [],
    tensorTags: [...Object.keys(shapes), 'coming'],
    shapeOf: (tag: string) => shapes[tag],
  };
  expect(otherTensors(foreignLayers(log), log)).toEqual([
    { tag: 'fc/bias', shape: [10] },
    { tag: 'embedding', shape: [10, 64] },
    { tag: 'video', shape: [2, 3, 16, 8, 8] },
  ]);
});
