import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PADDING_MODES } from './parameters.js';
import { plainConv2d, plainConv2dGradients, planConv2d } from './plain-conv2d.js';
import { contribution, convolutionTerms } from './terms.js';

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

/** One small picture and parameters that PyTorch accepts. */
const anyCase = fc
  .record({
    groups: fc.integer({ min: 1, max: 2 }),
    perGroup: fc.integer({ min: 1, max: 2 }),
    outPerGroup: fc.integer({ min: 1, max: 2 }),
    kernel: pair(1, 3),
    stride: pair(1, 3),
    padding: pair(0, 2),
    dilation: pair(1, 2),
    extra: pair(0, 3),
    paddingMode: fc.constantFrom(...PADDING_MODES),
    values: fc.infiniteStream(fc.integer({ min: -8, max: 8 })),
  })
  .map(({ groups, perGroup, outPerGroup, kernel, stride, padding, dilation, extra, paddingMode, values }) => {
    const size = (axis: 0 | 1) =>
      Math.max(dilation[axis] * (kernel[axis] - 1) + 1 - 2 * padding[axis], padding[axis] + 1) + extra[axis];
    const tensor = (shape: number[]) => ({
      shape,
      data: Float64Array.from(
        { length: shape.reduce((a, b) => a * b, 1) },
        () => values.next().value as number,
      ),
    });
    return {
      options: { stride, padding, dilation, groups, paddingMode },
      input: tensor([groups * perGroup, size(0), size(1)]),
      weight: tensor([groups * outPerGroup, perGroup, ...kernel]),
      bias: tensor([groups * outPerGroup]),
    };
  });

function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
}

describe('the plain convolution', () => {
  it('has gradients that agree with finite differences', () => {
    fc.assert(
      fc.property(anyCase, fc.nat(), ({ options, input, weight, bias }, pick) => {
        const output = plainConv2d(input, weight, bias, options);
        const gradOutput = { shape: output.shape, data: output.data.map((_, i) => ((i * 7 + pick) % 5) - 2) };
        const gradients = plainConv2dGradients(input, weight, gradOutput, options);
        for (const [tensor, gradient] of [
          [input, gradients.input],
          [weight, gradients.weight],
          [bias, gradients.bias],
        ] as const) {
          const at = pick % tensor.data.length;
          const lossAt = (step: number) => {
            const original = tensor.data[at]!;
            tensor.data[at] = original + step;
            const loss = inner(plainConv2d(input, weight, bias, options).data, gradOutput.data);
            tensor.data[at] = original;
            return loss;
          };
          // The output is linear in each number, so the central difference is exact for any step.
          expect((lossAt(1) - lossAt(-1)) / 2 + 0).toBe(gradient[at]! + 0);
        }
      }),
    );
  });

  it('equals the sum of its terms, and of the contributions of its input channels, at any output pixel', () => {
    fc.assert(
      fc.property(anyCase, fc.nat(), ({ options, input, weight, bias }, pick) => {
        const output = plainConv2d(input, weight, bias, options);
        const plan = planConv2d(input.shape, weight.shape, bias.shape, options);
        const [outChannels, height, width] = output.shape as [number, number, number];
        const at = pick % output.data.length;
        const outChannel = Math.floor(at / (height * width));
        const [y, x] = [Math.floor(at / width) % height, at % width];
        const maps = { data: input.data, shape: input.shape as [number, number, number] };
        const kernels = { data: weight.data, shape: weight.shape as [number, number, number, number] };
        const pixel = convolutionTerms(maps, kernels, bias.data, plan, { outChannel, y, x });
        expect(pixel.sum + 0).toBe(output.data[at]! + 0);
        expect(pixel.terms).toHaveLength((maps.shape[0] / plan.groups) * plan.kernel[0] * plan.kernel[1]);
        const parts = Array.from(
          { length: maps.shape[0] },
          (_, c) => contribution(maps, kernels, plan, outChannel, c)[y * width + x]!,
        );
        expect(parts.reduce((a, b) => a + b, bias.data[outChannel]!) + 0).toBe(output.data[at]! + 0);
        expect(outChannels).toBe(weight.shape[0]);
      }),
    );
  });

  it('is a cross-correlation: an impulse yields the kernel rotated by 180 degrees', () => {
    const impulse = { shape: [1, 3, 3], data: [0, 0, 0, 0, 1, 0, 0, 0, 0] };
    const kernel = { shape: [1, 1, 3, 3], data: [1, 2, 3, 4, 5, 6, 7, 8, 9] };
    expect([...plainConv2d(impulse, kernel, undefined, { padding: 1 }).data]).toEqual([
      9, 8, 7, 6, 5, 4, 3, 2, 1,
    ]);
  });
});
