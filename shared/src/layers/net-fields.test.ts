import { describe, expect, test } from 'vitest';
import type { LayerDescription, MapShape } from '../run-description.js';
import { conv2dDescription } from '../testing/run-start.js';
import { type ComputedLayer, computeMaps } from './compute-maps.js';
import { layerProjectiveField, layerReceptiveField } from './layer-fields.js';
import { exactMaps, sizeOf } from './maps.js';
import { netProjectiveField, netReceptiveField } from './net-fields.js';

const inputShape: MapShape = [1, 32, 32];

function conv(name: string, from: string, stride: 1 | 2 = 1): LayerDescription {
  return conv2dDescription({ name, inputs: [from], stride: [stride, stride] });
}

function pixel(y: number, x: number) {
  return { y0: y, y1: y, x0: x, x1: x };
}

// The net of the design: its pictures say 3×3 for conv1, and 8×8 at y 11…18, x 15…22 for conv2's pixel (7, 9).
const row: LayerDescription[] = [
  conv('conv1', 'input'),
  {
    type: 'maxPool2d',
    name: 'pool1',
    inputs: ['conv1'],
    kernel: [2, 2],
    stride: [2, 2],
    padding: [0, 0],
    dilation: [1, 1],
    ceilMode: false,
    outputShape: [1, 16, 16],
  },
  conv('conv2', 'pool1'),
  conv('conv3', 'conv2'),
];
const block: LayerDescription[] = [
  conv('stem', 'input'),
  conv('a', 'stem'),
  conv('b', 'a'),
  { type: 'add', name: 'join', inputs: ['b', 'stem'], activation: 'relu', outputShape: [1, 32, 32] },
  conv('next', 'join'),
];

describe('the receptive field in a net', () => {
  test('grows through convolutions and pooling', () => {
    const field = (name: string, y: number, x: number) =>
      netReceptiveField({ inputShape, layers: row }, name, pixel(y, x));
    expect(field('conv1', 10, 13)).toEqual({ y0: 9, y1: 11, x0: 12, x1: 14 });
    expect(field('conv2', 7, 9)).toEqual({ y0: 11, y1: 18, x0: 15, x1: 22 });
    // 8 + 2·2 = 12 pixels.
    expect(field('conv3', 7, 9)).toEqual({ y0: 9, y1: 20, x0: 13, x1: 24 });
  });

  test('behind a join is what either branch sees', () => {
    // 3 + 2 + 2 + 2 = 9 pixels by the long way.
    expect(netReceptiveField({ inputShape, layers: block }, 'next', pixel(16, 16))).toEqual({
      y0: 12,
      y1: 20,
      x0: 12,
      x1: 20,
    });
  });

  test('can end at a layer', () => {
    expect(netReceptiveField({ inputShape, layers: block }, 'join', pixel(16, 16), 'stem')).toEqual({
      y0: 14,
      y1: 18,
      x0: 14,
      x1: 18,
    });
  });

  test('of a cell of an adaptive pool is its share of the map, and of a vector all of it', () => {
    const layers: LayerDescription[] = [
      { type: 'adaptiveAvgPool2d', name: 'cells', inputs: ['input'], outputShape: [1, 3, 3] },
      { type: 'flatten', name: 'flat', inputs: ['input'], outputShape: [1024, 1, 1] },
    ];
    // ⌊32/3⌋ = 10 to ⌈64/3⌉ − 1 = 21.
    expect(netReceptiveField({ inputShape, layers }, 'cells', pixel(1, 1))).toEqual({
      y0: 10,
      y1: 21,
      x0: 10,
      x1: 21,
    });
    expect(netReceptiveField({ inputShape, layers }, 'flat', pixel(0, 0))).toEqual({
      y0: 0,
      y1: 31,
      x0: 0,
      x1: 31,
    });
  });

  test('is not known behind a layer of which only the name is known', () => {
    const layers: LayerDescription[] = [
      { type: 'other', name: 'attention', inputs: ['input'], outputShape: [1, 32, 32] },
      conv('conv', 'attention'),
      conv('lost', 'conv'),
    ];
    expect(netReceptiveField({ inputShape, layers }, 'lost', pixel(3, 3))).toBeUndefined();
    expect(netProjectiveField({ inputShape, layers }, 'lost', pixel(3, 3))).toBeUndefined();
  });

  test('takes time in proportion to a net of a thousand blocks', () => {
    const layers: LayerDescription[] = [conv('0', 'input')];
    for (let n = 1; n < 1000; n++) {
      layers.push({
        type: 'add',
        name: `${n}`,
        inputs: [`${n - 1}`, `${n - 1}`],
        activation: 'none',
        outputShape: inputShape,
      });
    }
    expect(netReceptiveField({ inputShape, layers }, '999', pixel(9, 9))).toEqual({
      y0: 8,
      y1: 10,
      x0: 8,
      x1: 10,
    });
  });
});

describe('the projective field in a net', () => {
  test('is the other way round: a pixel is in it if its receptive field holds the source', () => {
    for (const layers of [row, block]) {
      const net = { inputShape, layers };
      const last = layers.at(-1)!.name;
      const size = layers === row ? 16 : 32;
      const field = netProjectiveField(net, last, pixel(13, 18))!;
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          const seen = netReceptiveField(net, last, pixel(y, x))!;
          const isSeen = seen.y0 <= 13 && 13 <= seen.y1 && seen.x0 <= 18 && 18 <= seen.x1;
          const isIn = field.y0 <= y && y <= field.y1 && field.x0 <= x && x <= field.x1;
          expect(isIn, `${last} ${y} ${x}`).toBe(isSeen);
        }
      }
    }
  });
});

describe('the fields of one layer are what changes when a pixel is changed', () => {
  const base = { name: 'it', inputs: ['a', 'b'] };
  const upsample = { ...base, type: 'upsample', alignCorners: false } as const;
  const layers: [string, ComputedLayer, readonly MapShape[]][] = [
    ['nearest', { ...upsample, mode: 'nearest', outputShape: [1, 7, 9] }, [[1, 3, 4]]],
    ['nearest, smaller', { ...upsample, mode: 'nearest', outputShape: [1, 3, 4] }, [[1, 7, 9]]],
    ['bilinear', { ...upsample, mode: 'bilinear', outputShape: [1, 7, 9] }, [[1, 3, 4]]],
    [
      'bilinear, corners aligned',
      { ...upsample, mode: 'bilinear', alignCorners: true, outputShape: [1, 7, 9] },
      [[1, 3, 4]],
    ],
    [
      'a sum with a value of each channel',
      { ...base, type: 'add', activation: 'none', outputShape: [1, 3, 4] },
      [
        [1, 1, 1],
        [1, 3, 4],
      ],
    ],
    [
      'a gate',
      { ...base, type: 'multiply', outputShape: [1, 3, 4] },
      [
        [1, 1, 1],
        [1, 3, 4],
      ],
    ],
    [
      'a product',
      { ...base, type: 'multiply', outputShape: [1, 3, 4] },
      [
        [1, 3, 4],
        [1, 1, 1],
      ],
    ],
    [
      'a norm of a group',
      { ...base, type: 'groupNorm', groups: 1, eps: 0, affine: false, outputShape: [1, 3, 4] },
      [[1, 3, 4]],
    ],
    [
      'a norm of a picture',
      { ...base, type: 'layerNorm', over: 'picture', eps: 0, affine: false, outputShape: [1, 3, 4] },
      [[1, 3, 4]],
    ],
    [
      'a quotient',
      { ...base, type: 'divide', outputShape: [1, 3, 4] },
      [
        [1, 1, 4],
        [1, 3, 4],
      ],
    ],
    [
      'a maximum of maps',
      { ...base, type: 'maximum', outputShape: [1, 3, 4] },
      [
        [1, 3, 4],
        [1, 3, 1],
      ],
    ],
    [
      'a sum over pixels',
      { ...base, type: 'reduce', of: 'sum', over: 'pixels', outputShape: [1, 1, 1] },
      [[1, 3, 4]],
    ],
    [
      'a reflected padding',
      { ...base, type: 'pad', sides: [2, 3, 1, 2], mode: 'reflect', outputShape: [1, 6, 9] },
      [[1, 3, 4]],
    ],
    [
      'a circular padding',
      { ...base, type: 'pad', sides: [2, 3, 1, 2], mode: 'circular', outputShape: [1, 6, 9] },
      [[1, 3, 4]],
    ],
    [
      'a padding that cuts off',
      { ...base, type: 'pad', sides: [-1, -2, 0, -1], mode: 'zeros', outputShape: [1, 2, 1] },
      [[1, 3, 4]],
    ],
    ['a pixel shuffle', { ...base, type: 'pixelShuffle', factor: 2, outputShape: [1, 6, 8] }, [[4, 3, 4]]],
    [
      'a pixel unshuffle',
      { ...base, type: 'pixelUnshuffle', factor: 2, outputShape: [4, 2, 3] },
      [[1, 4, 6]],
    ],
  ];
  test.each(layers)('%s', (_, layer, shapes) => {
    const values = shapes.map((shape) =>
      Float64Array.from({ length: sizeOf(shape) }, (__, i) => 1 + i ** 0.5),
    );
    const compute = (changed?: number) =>
      computeMaps(
        layer,
        shapes.map((shape, operand) =>
          exactMaps(
            values[operand]!.map((value, place) => value + (operand === 0 && place === changed ? 0.1 : 0)),
            shape,
          ),
        ),
        {},
      )!;
    const before = compute();
    const [input] = shapes;
    const [, height, width] = input!;
    const [, outHeight, outWidth] = before.shape;
    const readBy = new Map<string, { y: number; x: number }[]>();
    const note = (key: string, pixel: { y: number; x: number }) =>
      readBy.set(key, [...(readBy.get(key) ?? []), pixel]);
    for (let place = 0; place < sizeOf(input!); place++) {
      const after = compute(place);
      const [y, x] = [Math.floor(place / width) % height, place % width];
      for (let other = 0; other < sizeOf(before.shape); other++) {
        if (Math.abs(after.values[other]! - before.values[other]!) < 1e-9) continue;
        const [outY, outX] = [Math.floor(other / outWidth) % outHeight, other % outWidth];
        note(`out ${outY},${outX}`, { y, x });
        note(`in ${y},${x}`, { y: outY, x: outX });
      }
    }
    const rangeOf = (pixels: readonly { y: number; x: number }[]) => ({
      y0: Math.min(...pixels.map(({ y }) => y)),
      y1: Math.max(...pixels.map(({ y }) => y)),
      x0: Math.min(...pixels.map(({ x }) => x)),
      x1: Math.max(...pixels.map(({ x }) => x)),
    });
    for (let y = 0; y < outHeight; y++)
      for (let x = 0; x < outWidth; x++)
        expect(layerReceptiveField(layer, pixel(y, x), input!)).toEqual(
          rangeOf(readBy.get(`out ${y},${x}`)!),
        );
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const reached = readBy.get(`in ${y},${x}`);
        const field = layerProjectiveField(layer, pixel(y, x), input!)!;
        if (reached === undefined) expect(field.y0 > field.y1 || field.x0 > field.x1).toBe(true);
        else expect(field).toEqual(rangeOf(reached));
      }
  });
});
