import { describe, expect, test } from 'vitest';
import type { ModelDescription } from '../run-description.js';
import { conv2dDescription } from '../testing/run-start.js';
import { modelText, readModelText } from './model-text.js';

const model: ModelDescription = {
  name: 'net',
  parameters: 10,
  inputShape: [1, 32, 32],
  layers: [
    conv2dDescription(),
    { type: 'activation', kind: 'gelu', name: 'gelu', inputs: ['conv1'], outputShape: [1, 32, 32] },
  ],
};

describe('the text that describes a net', () => {
  test('is read as it was written', () => {
    expect(readModelText(modelText(model))).toEqual(model);
  });

  test.each<[string, string, RegExp]>([
    ['no JSON', 'conv1 → relu', /not JSON/],
    ['another version', JSON.stringify({ ...model, version: 2 }), /version 1 .* at version/],
    [
      'a layer without inputs',
      JSON.stringify({
        ...model,
        version: 1,
        layers: [{ type: 'flatten', name: 'a', outputShape: [1, 1, 1] }],
      }),
      /at layers\.0\.inputs/,
    ],
    [
      'a layer that reads a later one',
      modelText(model).replace('"inputs":["input"]', '"inputs":["gelu"]'),
      /"conv1" reads "gelu", which is not a layer before it/,
    ],
    ['a megabyte and more', ' '.repeat(2 ** 20) + modelText(model), /The description of the net/],
    ['lists in lists', `${'['.repeat(1000)}${']'.repeat(1000)}`, /The description of the net/],
  ])('is refused in one sentence if it is %s', (_, text, message) => {
    expect(() => readModelText(text)).toThrow(message);
  });

  test('is not written if it could not be read', () => {
    const wrong: ModelDescription = { ...model, layers: [conv2dDescription({ inputs: ['nowhere'] })] };
    expect(() => modelText(wrong)).toThrow(/nowhere/);
  });
});
