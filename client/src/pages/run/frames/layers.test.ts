import type { Conv2dDescription, LayerDescription, MapSource } from '@convscope/shared/run-description.js';
import { conv2dDescription } from '@convscope/shared/testing/run-start.js';
import { expect, test } from 'vitest';
import { fieldOnPicture, foreignLayers } from './layers.js';

function conv(name: string, input: MapSource, stride: 1 | 2 = 1): Conv2dDescription {
  return conv2dDescription({ name, stride: [stride, stride], input });
}

const relu = { op: 'relu' } as const;
const pool = { op: 'maxPool2d', kernel: [2, 2], stride: [2, 2] } as const;
const after = (tag: string, operations: (typeof relu | typeof pool)[]): MapSource => ({
  from: 'record',
  tag,
  operations,
});

// The net of the design: its pictures say 3×3 for conv1, and 8×8 at y 11…18, x 15…22 for conv2's pixel (7, 9).
const net: LayerDescription[] = [
  conv('conv1', { from: 'probes' }),
  {
    type: 'maxPool2d',
    name: 'pool1',
    kernel: [2, 2],
    stride: [2, 2],
    inputShape: [1, 32, 32],
    outputShape: [1, 16, 16],
  },
  conv('conv2', after('conv1/preactivation', [relu, pool])),
  conv('conv3', after('conv2/preactivation', [relu])),
];

test('the receptive field on the picture grows through convolutions and pooling', () => {
  expect(fieldOnPicture(net, 'conv1', { y: 10, x: 13 })).toEqual({ y0: 9, y1: 11, x0: 12, x1: 14 });
  expect(fieldOnPicture(net, 'conv2', { y: 7, x: 9 })).toEqual({ y0: 11, y1: 18, x0: 15, x1: 22 });
  // 8 + 2·2 = 12 pixels.
  expect(fieldOnPicture(net, 'conv3', { y: 7, x: 9 })).toEqual({ y0: 9, y1: 20, x0: 13, x1: 24 });
});

test('behind a join the field is what either branch sees', () => {
  const block: LayerDescription[] = [
    conv('stem', { from: 'probes' }),
    conv('a', after('stem/preactivation', [relu])),
    conv('b', after('a/preactivation', [relu])),
    { type: 'add', name: 'join', inputs: ['b', 'stem'], activation: 'relu', outputShape: [1, 32, 32] },
    conv('next', after('join/output', [])),
  ];
  // 3 + 2 + 2 + 2 = 9 pixels by the long way.
  expect(fieldOnPicture(block, 'next', { y: 16, x: 16 })).toEqual({ y0: 12, y1: 20, x0: 12, x1: 20 });
});

test('an input that two layers share is what stands before the one that it was logged for', () => {
  const block: LayerDescription[] = [
    conv('stem', { from: 'probes' }),
    conv('a', after('stem/preactivation', [relu])),
    { type: 'add', name: 'join', inputs: ['a', 'stem'], activation: 'relu', outputShape: [1, 32, 32] },
    conv('shortcut', after('shortcut/input', []), 2),
    conv('main', after('shortcut/input', []), 2),
  ];
  // Output pixel 4 of a stride of 2 stands at 8; join sees 5 pixels, and the window adds 2.
  for (const name of ['shortcut', 'main']) {
    expect(fieldOnPicture(block, name, { y: 4, x: 4 })).toEqual({ y0: 5, y1: 11, x0: 5, x1: 11 });
  }
});

test('without a way back to the picture there is no field', () => {
  expect(fieldOnPicture([conv('b', after('elsewhere/output', []))], 'b', { y: 0, x: 0 })).toBeUndefined();
});

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
