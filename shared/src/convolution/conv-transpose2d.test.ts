import { describe, expect, test } from 'vitest';
import { transposedVectors } from '../testing/transposed-vectors.js';
import {
  type ConvTranspose2dOptions,
  plainConvTranspose2d,
  planConvTranspose2d,
} from './conv-transpose2d.js';
import { ConvolutionRefusal } from './refusal.js';

const { values, refused, accepted } = transposedVectors();

describe('F.conv_transpose2d', () => {
  test.each(values.map((one) => [JSON.stringify(one.options), one] as const))('computes %s', (_, one) => {
    const { data, shape } = plainConvTranspose2d(one.input, one.weight, one.bias, one.options);
    expect(shape).toEqual(one.output.shape);
    expect([...data]).toEqual(one.output.data);
  });

  test.each(
    refused.map((one) => [JSON.stringify([one.input, one.weight, one.bias, one.options]), one] as const),
  )('refuses %s in the words of PyTorch', (_, { input, weight, bias, options, message, type }) => {
    const plan = () => planConvTranspose2d(input, weight, bias ?? undefined, options);
    expect(plan).toThrow(message);
    try {
      plan();
    } catch (error) {
      expect(error instanceof ConvolutionRefusal && error.pytorchType).toBe(type);
    }
  });

  test.each(accepted.map((one) => [JSON.stringify([one.input, one.weight, one.options]), one] as const))(
    'accepts %s',
    (_, { input, weight, bias, options, output }) => {
      expect(planConvTranspose2d(input, weight, bias ?? undefined, options).outputShape).toEqual(output);
    },
  );

  test('refuses a padding that is not a number', () => {
    const options = { padding: 'same' } as unknown as ConvTranspose2dOptions;
    expect(() => planConvTranspose2d([1, 3, 4, 5], [3, 2, 3, 3], undefined, options)).toThrow(
      "conv_transpose2d(): argument 'padding' must be tuple of ints, not str",
    );
  });
});
