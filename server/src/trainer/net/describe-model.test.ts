import { describe, expect, it } from 'vitest';
import { describeModel, layersWithLoggedInput } from './describe-model.js';
import { type ModelName, modelNamed } from './models.js';

describe('the description of a model', () => {
  it.each([
    // Counted by hand: convolutions out·(in·k² + 1), dense layers out·(in + 1).
    ['convnet', 448 + 4640 + 9248 + 18496 + 10250],
    ['lenet', 168 + 2416 + 48120 + 10164 + 850],
    ['resnet8', 448 + 2 * 2320 + 544 + 4640 + 9248 + 2112 + 18496 + 36928 + 650],
  ] as const)('counts the parameters of %s', (name, parameters) => {
    expect(describeModel(modelNamed(name)).parameters).toBe(parameters);
  });

  it('counts 43,082 for convnet, the default', () => {
    expect(describeModel(modelNamed('convnet')).parameters).toBe(43_082);
  });

  it("says where each conv layer's input is found", () => {
    const inputs = (name: ModelName) =>
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
      // A block's sum is logged only as the input of the first layer that reads it.
      block2_shortcut: { from: 'record', tag: 'block2_shortcut/input', operations: [] },
      block2_conv1: { from: 'record', tag: 'block2_shortcut/input', operations: [] },
    });
    expect(layersWithLoggedInput(modelNamed('convnet'))).toEqual([]);
    expect(layersWithLoggedInput(modelNamed('resnet8')).map(({ name }) => name)).toEqual([
      'block2_shortcut',
      'block3_shortcut',
    ]);
  });
});
