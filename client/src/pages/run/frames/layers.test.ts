import { expect, test } from 'vitest';
import { foreignLayers } from './layers.js';

test('tensors of rank 3 and 4 of a foreign log open as grids, others do not', () => {
  const shapes: Record<string, number[]> = {
    maps: [6, 30, 30],
    batch: [64, 6, 30, 30],
    vector: [10],
    matrix: [3, 4],
  };
  const layers = foreignLayers([], Object.keys(shapes), (tag) => shapes[tag]);
  expect(layers.map(({ name }) => name)).toEqual(['maps', 'batch']);
  expect(layers[0]).toMatchObject({
    output: { tag: 'maps', kind: 'tensor' },
    input: undefined,
    weight: undefined,
  });
});

test('tags that differ only in input, weight and output are one layer', () => {
  const tags = ['conv1/input', 'conv1/output', 'conv1/weight', 'nn_conv2d_output', 'nn_conv2d_input'];
  const layers = foreignLayers([], tags, () => [4, 3, 5, 5]);
  expect(
    layers.map(({ name, output, input, weight }) => [name, output.tag, input?.tag, weight?.tag]),
  ).toEqual([
    ['conv1', 'conv1/output', 'conv1/input', 'conv1/weight'],
    ['nn_conv2d', 'nn_conv2d_output', 'nn_conv2d_input', undefined],
  ]);
});

test('a tensor whose shape is not known yet is not shown', () => {
  expect(foreignLayers([], ['maps'], () => undefined)).toEqual([]);
});
