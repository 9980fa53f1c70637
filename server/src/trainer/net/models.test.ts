import { describe, expect, it } from 'vitest';
import { layerShapes, MODEL_NAMES, modelNamed } from './models.js';

describe('the models', () => {
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

  it.each(MODEL_NAMES)('%s has names that are all different', (name) => {
    const names = modelNamed(name).layers.map((layer) => layer.name);
    expect(new Set(names).size).toBe(names.length);
  });
});
