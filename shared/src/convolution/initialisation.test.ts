import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkConv2dModule } from './check-module.js';
import { multiplyAdds, parameterCount } from './cost.js';
import { fanIn, initBound, initialWeights, initStandardDeviation } from './initialisation.js';

interface TorchModule {
  ctor: {
    in_channels: number;
    out_channels: number;
    kernel_size: number | number[];
    groups?: number;
    bias?: boolean;
  };
  weight_shape: [number, number, number, number];
  parameters: number;
  fan_in: number;
  weight_bound: number;
  weight_std: number;
}

// From PyTorch 2.2.2.
const { cases } = JSON.parse(readFileSync(new URL('./fixtures/init.json', import.meta.url), 'utf8')) as {
  cases: TorchModule[];
};

describe('the default initialisation', () => {
  it.each(cases.map((test) => [JSON.stringify(test.ctor), test] as const))(
    "has PyTorch's shape, bound and count: %s",
    (_, test) => {
      const {
        in_channels: inChannels,
        out_channels: outChannels,
        kernel_size: kernelSize,
        groups = 1,
        bias = true,
      } = test.ctor;
      const module = checkConv2dModule({ inChannels, outChannels, kernelSize, groups, bias });
      expect(module.weightShape).toEqual(test.weight_shape);
      expect(fanIn(module.weightShape)).toBe(test.fan_in);
      expect(initBound(module.weightShape)).toBeCloseTo(test.weight_bound, 12);
      expect(initStandardDeviation(module.weightShape)).toBeCloseTo(test.weight_std, 12);
      const [, , height, width] = test.weight_shape;
      expect(parameterCount({ inChannels, outChannels, kernel: [height, width], groups, bias })).toBe(
        test.parameters,
      );
    },
  );

  it('maps the random numbers onto the whole range', () => {
    const draws = [0, 0.5, 0.75, 0.25];
    let next = 0;
    const { weight, bias } = initialWeights(
      { weightShape: [1, 4, 1, 1], bias: true },
      () => draws[next++ % 4]!,
    );
    expect([...weight]).toEqual([-0.5, 0, 0.25, -0.25]);
    expect([...bias!]).toEqual([-0.5]);
  });
});

describe('multiplyAdds', () => {
  it('counts one product per weight and output pixel, and fewer with groups', () => {
    expect(multiplyAdds({ inChannels: 3, outChannels: 6, kernel: [3, 3], groups: 1 }, [30, 30])).toBe(
      145_800,
    );
    expect(multiplyAdds({ inChannels: 4, outChannels: 4, kernel: [3, 3], groups: 4 }, [10, 10])).toBe(3_600);
  });
});
