/** The convolution by its definition, in plain float64 loops. It is a cross-correlation: the kernel is not flipped. */
import { type Conv2dPlan, checkConv2d } from './check-functional.js';
import { checkConv2dModule, checkConv2dModuleCall } from './check-module.js';
import { sourceTable } from './padding-source.js';
import type { Conv2dOptions } from './parameters.js';

/** Values in row-major order, and their shape. */
export interface PlainTensor {
  readonly data: Float32Array | Float64Array | readonly number[];
  readonly shape: readonly number[];
}

export interface PlainResult {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

/**
 * Resolves a convolution from shapes and options: `F.conv2d` for zero padding, `nn.Conv2d` with these weights for the
 * other padding modes.
 * @throws ConvolutionRefusal where PyTorch raises
 */
export function planConv2d(
  inputShape: readonly number[],
  weightShape: readonly number[],
  biasShape: readonly number[] | undefined,
  options: Conv2dOptions = {},
): Conv2dPlan {
  const { paddingMode = 'zeros', ...functional } = options;
  if (paddingMode === 'zeros' || weightShape.length !== 4)
    return checkConv2d(inputShape, weightShape, biasShape, functional);
  const [outChannels, perGroup, ...kernelSize] = weightShape as [number, number, number, number];
  const module = checkConv2dModule({
    ...options,
    inChannels: perGroup * (functional.groups ?? 1),
    outChannels,
    kernelSize,
    bias: false,
  });
  const plan = checkConv2dModuleCall(module, inputShape);
  // A module creates its own bias, so only a caller's bias can have the wrong size; this raises PyTorch's error for it.
  if (biasShape)
    checkConv2d([1, plan.inChannels, ...plan.kernel], weightShape, biasShape, { groups: plan.groups });
  return plan;
}

/**
 * PyTorch's `F.conv2d`, or with `paddingMode` PyTorch's `nn.Conv2d`.
 * @param input [N, C_in, H, W] or [C_in, H, W]
 * @param weight [C_out, C_in/groups, kH, kW]
 * @param bias [C_out]
 * @returns [N, C_out, H_out, W_out] or [C_out, H_out, W_out]
 * @throws ConvolutionRefusal where PyTorch raises, with its message
 */
export function plainConv2d(
  input: PlainTensor,
  weight: PlainTensor,
  bias?: PlainTensor,
  options: Conv2dOptions = {},
): PlainResult {
  const plan = planConv2d(input.shape, weight.shape, bias?.shape, options);
  const result = new Float64Array(plan.outputShape.reduce((a, b) => a * b, 1));
  const shape = plan.outputShape;
  if (plan.inChannels === 0) return { data: result, shape };
  let at = 0;
  walk(plan, (out, taps) => {
    let sum = bias ? bias.data[out]! : 0;
    taps((inputIndex, weightIndex) => {
      sum += input.data[inputIndex]! * weight.data[weightIndex]!;
    });
    result[at++] = sum;
  });
  return { data: result, shape };
}

export interface PlainGradients {
  readonly input: Float64Array;
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

/** Gradients of Σ output·gradOutput with respect to input, weight and bias, each with its tensor's shape. */
export function plainConv2dGradients(
  input: PlainTensor,
  weight: PlainTensor,
  gradOutput: PlainTensor,
  options: Conv2dOptions = {},
): PlainGradients {
  const plan = planConv2d(input.shape, weight.shape, undefined, options);
  const gradients = {
    input: new Float64Array(input.data.length),
    weight: new Float64Array(weight.data.length),
    bias: new Float64Array(plan.outChannels),
  };
  if (plan.inChannels === 0) return gradients;
  let at = 0;
  walk(plan, (out, taps) => {
    const gradient = gradOutput.data[at++]!;
    gradients.bias[out]! += gradient;
    taps((inputIndex, weightIndex) => {
      gradients.input[inputIndex]! += gradient * weight.data[weightIndex]!;
      gradients.weight[weightIndex]! += gradient * input.data[inputIndex]!;
    });
  });
  return gradients;
}

/** Visits the output pixels in order; `taps` visits each (input, weight) pair of the pixel, skipping zero padding. */
function walk(
  plan: Conv2dPlan,
  visit: (
    outChannel: number,
    taps: (each: (inputIndex: number, weightIndex: number) => void) => void,
  ) => void,
): void {
  const {
    batch,
    inChannels,
    inHeight,
    inWidth,
    outChannels,
    outHeight,
    outWidth,
    groups,
    stride,
    dilation,
    padding,
  } = plan;
  const [kernelHeight, kernelWidth] = plan.kernel;
  const mode = plan.paddingMode;
  const rows = sourceTable({
    outputs: outHeight,
    kernel: kernelHeight,
    stride: stride[0],
    dilation: dilation[0],
    before: padding.top,
    size: inHeight,
    mode,
  });
  const columns = sourceTable({
    outputs: outWidth,
    kernel: kernelWidth,
    stride: stride[1],
    dilation: dilation[1],
    before: padding.left,
    size: inWidth,
    mode,
  });
  const perGroup = inChannels / groups;
  const outPerGroup = outChannels / groups;
  for (let n = 0; n < batch; n++) {
    for (let out = 0; out < outChannels; out++) {
      const firstInput = n * inChannels + Math.floor(out / outPerGroup) * perGroup;
      for (let y = 0; y < outHeight; y++) {
        for (let x = 0; x < outWidth; x++) {
          visit(out, (each) => {
            for (let c = 0; c < perGroup; c++) {
              for (let ky = 0; ky < kernelHeight; ky++) {
                const sourceY = rows[y * kernelHeight + ky]!;
                if (sourceY < 0) continue;
                const inputRow = ((firstInput + c) * inHeight + sourceY) * inWidth;
                const weightRow = ((out * perGroup + c) * kernelHeight + ky) * kernelWidth;
                for (let kx = 0; kx < kernelWidth; kx++) {
                  const sourceX = columns[x * kernelWidth + kx]!;
                  if (sourceX >= 0) each(inputRow + sourceX, weightRow + kx);
                }
              }
            }
          });
        }
      }
    }
  }
}
