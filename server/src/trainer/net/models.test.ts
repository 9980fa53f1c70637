import { describe, expect, it } from 'vitest';
import { MODEL_NAMES } from '../options.js';
import { describeModel, layerShapes, layersWithLoggedInput, modelNamed } from './models.js';

describe('the models', () => {
  it.each([
    // Counted by hand: convolutions out·(in·k² + 1), dense layers out·(in + 1).
    ['convnet', 448 + 4640 + 9248 + 18496 + 10250],
    ['lenet', 168 + 2416 + 48120 + 10164 + 850],
    ['resnet8', 448 + 2 * 2320 + 544 + 4640 + 9248 + 2112 + 18496 + 36928 + 650],
  ] as const)('%s has its parameters', (name, parameters) => {
    expect(describeModel(modelNamed(name)).parameters).toBe(parameters);
  });

  it('convnet, the default, has 43,082', () => {
    expect(describeModel(modelNamed('convnet')).parameters).toBe(43_082);
  });

  it('have the shapes of PyTorch, floor division included', () => {
    const lenet = layerShapes(modelNamed('lenet'));
    expect(['conv1', 'pool1', 'conv2', 'pool2'].map((name) => lenet.get(name))).toEqual([
      [6, 30, 30],
      [6, 15, 15],
      [16, 11, 11],
      [16, 5, 5],
    ]);
    const resnet = layerShapes(modelNamed('resnet8'));
    expect(
      ['block1', 'block2_shortcut', 'block2', 'block3', 'average'].map((name) => resnet.get(name)),
    ).toEqual([
      [16, 32, 32],
      [32, 16, 16],
      [32, 16, 16],
      [64, 8, 8],
      [64, 1, 1],
    ]);
  });

  it("say where each conv layer's input is found", () => {
    const inputs = (name: (typeof MODEL_NAMES)[number]) =>
      Object.fromEntries(
        describeModel(modelNamed(name)).layers.flatMap((layer) =>
          layer.type === 'conv2d' ? [[layer.name, layer.input]] : [],
        ),
      );
    const pool = { op: 'maxPool2d', kernel: [2, 2], stride: [2, 2] };
    expect(inputs('convnet')).toEqual({
      conv1: { from: 'probes' },
      conv2: { from: 'record', tag: 'conv1/preactivation', operations: [{ op: 'relu' }, pool] },
      conv3: { from: 'record', tag: 'conv2/preactivation', operations: [{ op: 'relu' }] },
      conv4: { from: 'record', tag: 'conv3/preactivation', operations: [{ op: 'relu' }, pool] },
    });
    expect(inputs('resnet8')).toMatchObject({
      block1_conv1: { from: 'record', tag: 'conv1/preactivation', operations: [{ op: 'relu' }] },
      // The sum of a block has no record of its own but as the input of the first layer that reads it.
      block2_shortcut: { from: 'record', tag: 'block2_shortcut/input', operations: [] },
      block2_conv1: { from: 'record', tag: 'block2_shortcut/input', operations: [] },
    });
    expect(layersWithLoggedInput(modelNamed('convnet'))).toEqual([]);
    expect(layersWithLoggedInput(modelNamed('resnet8')).map(({ name }) => name)).toEqual([
      'block2_shortcut',
      'block3_shortcut',
    ]);
  });

  it.each(MODEL_NAMES)('%s has names that are all different', (name) => {
    const names = modelNamed(name).layers.map((layer) => layer.name);
    expect(new Set(names).size).toBe(names.length);
  });
});
