import { type Conv2dPlan, checkConv2d } from '@convscope/shared/convolution/check-functional.js';
import { checkConv2dModule, checkConv2dModuleCall } from '@convscope/shared/convolution/check-module.js';
import { initialWeights } from '@convscope/shared/convolution/initialisation.js';
import { plainConv2d, plainConv2dGradients } from '@convscope/shared/convolution/plain-conv2d.js';
import type { ConvImplementation } from './check-conv.js';
import type { ConvCall, ValueCase } from './conv-files.js';

/** The engine of the lab and of the arithmetic view: float64, exact but for rounding. */
export const plainImplementation: ConvImplementation = {
  name: 'plain',
  tolerance: 1e-8,
  async forward(test) {
    return plainConv2d(test.input, test.weight, test.bias, optionsOf(test));
  },
  async gradients(test, gradOutput) {
    const gradients = plainConv2dGradients(test.input, test.weight, gradOutput, optionsOf(test));
    return {
      input: { data: gradients.input, shape: test.input.shape },
      weight: { data: gradients.weight, shape: test.weight.shape },
      bias: { data: gradients.bias, shape: [gradients.bias.length] },
    };
  },
  async call(call) {
    return planOf(call).outputShape;
  },
  async initialise(test, times) {
    const drawn = Array.from({ length: times }, () =>
      initialWeights(checkConv2dModule(test.module), Math.random),
    );
    return {
      weights: drawn.map(({ weight }) => ({ data: weight, shape: test.weightShape })),
      biases: drawn.flatMap(({ bias }) => (bias ? [{ data: bias, shape: [bias.length] }] : [])),
    };
  },
};

export function optionsOf({ stride, padding, dilation, groups, paddingMode }: ValueCase) {
  return { stride, padding, dilation, groups, paddingMode };
}

function planOf(call: ConvCall): Conv2dPlan {
  return call.call === 'F.conv2d'
    ? checkConv2d(call.inputShape, call.weightShape, call.biasShape, call.options)
    : checkConv2dModuleCall(checkConv2dModule(call.module), call.inputShape);
}
