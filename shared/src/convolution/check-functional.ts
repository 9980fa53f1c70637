/** The checks of PyTorch's `F.conv2d` (2.2.2, CPU, float32), in the same order and with the same messages. */
import type { Pair } from '../run-description.js';
import { type ArgumentTypes, checkArgumentTypes } from './argument-types.js';
import { checkShapeForward } from './check-shape-forward.js';
import { outputSize } from './output-shape.js';
import type { PaddingMode, Sides, UncheckedConv2dOptions } from './parameters.js';
import { ConvolutionRefusal, type RefusedField, sizes } from './refusal.js';

/** A convolution that PyTorch accepts, with every parameter resolved. */
export interface Conv2dPlan {
  /** False for an input [C, H, W]; the output then has no batch axis either, and `batch` is 1. */
  readonly batched: boolean;
  readonly batch: number;
  readonly inChannels: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outChannels: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Sides;
  readonly dilation: Pair;
  readonly groups: number;
  readonly paddingMode: PaddingMode;
  readonly outHeight: number;
  readonly outWidth: number;
  /** The shape PyTorch returns. With no input channels there are no output channels. */
  readonly outputShape: readonly number[];
}

const NO_PADDING: Sides = { top: 0, bottom: 0, left: 0, right: 0 };

function refuse(field: RefusedField, message: string): never {
  throw new ConvolutionRefusal(field, message);
}

/**
 * Checks a call of `F.conv2d` and resolves its geometry, from shapes alone.
 * @param inputShape [N, C_in, H, W] or [C_in, H, W]
 * @param weightShape [C_out, C_in/groups, kH, kW]
 * @param biasShape [C_out], or undefined for no bias
 * @throws ConvolutionRefusal with PyTorch's message where PyTorch raises
 */
export function checkConv2d(
  inputShape: readonly number[],
  weightShape: readonly number[],
  biasShape: readonly number[] | undefined,
  options: Omit<UncheckedConv2dOptions, 'paddingMode'> = {},
  types?: ArgumentTypes,
): Conv2dPlan {
  // Only a missing option gets its default: null stands for Python's None, which PyTorch refuses.
  const {
    stride: givenStride = 1,
    padding: givenPadding = 0,
    dilation: givenDilation = 1,
    groups: givenGroups = 1,
  } = options;
  const given = { stride: givenStride, padding: givenPadding, dilation: givenDilation, groups: givenGroups };
  checkArgumentTypes(
    given,
    types ?? { tensors: ['Tensor', 'Tensor', biasShape ? 'Tensor' : 'NoneType'], arrays: 'list' },
  );
  const stride = given.stride as number | readonly number[];
  const dilation = given.dilation as number | readonly number[];
  const groups = given.groups as number;
  const batched = inputShape.length === 4;
  if (!batched && inputShape.length !== 3) {
    refuse(
      'input',
      `Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: ${sizes(inputShape)}`,
    );
  }
  const input = batched ? inputShape : [1, ...inputShape];
  const call = { input, weight: weightShape, bias: biasShape, stride, dilation, groups, batched };
  if (typeof given.padding === 'string') {
    if (given.padding === 'same') return checkSame(call);
    if (given.padding === 'valid') return checkConvolution(call, [0], NO_PADDING, [0]);
    refuse('padding', `Invalid padding string: '${given.padding}'`);
  }
  return checkConvolution(call, given.padding as number | readonly number[], NO_PADDING, [0, 0]);
}

interface Call {
  readonly input: readonly number[];
  readonly weight: readonly number[];
  readonly bias: readonly number[] | undefined;
  readonly stride: number | readonly number[];
  readonly dilation: number | readonly number[];
  readonly groups: number;
  readonly batched: boolean;
}

/** The parser expands a number to two; only a list can have another length. */
function listOf(value: number | readonly number[]): readonly number[] {
  return typeof value === 'number' ? [value, value] : value.map(Number);
}

function expand(
  value: number | readonly number[],
  name: RefusedField | 'output_padding',
  axes: number,
): readonly number[] {
  const list = listOf(value);
  if (list.length === axes) return list;
  if (list.length === 1) return new Array<number>(axes).fill(list[0]!);
  const field = name === 'output_padding' ? 'weight' : name;
  return refuse(
    field,
    `expected ${name} to be a single integer value or a list of ${axes} values to match the convolution dimensions, but got ${name}=${sizes(list)}`,
  );
}

/** Turns 'same' into symmetric padding; an odd total is evened out by padding the input first. */
function checkSame(call: Call): Conv2dPlan {
  const { weight, input } = call;
  const [stride, dilation] = [listOf(call.stride), listOf(call.dilation)];
  if (weight.length <= 2) refuse('weight', 'weight should have at least three dimensions');
  if (call.groups <= 0) refuse('groups', 'non-positive groups is not supported');
  if (weight.length !== input.length) {
    refuse(
      'weight',
      `Expected ${weight.length}-dimensional input for ${weight.length}-dimensional weight${sizes(weight)}, but got ${input.length}-dimensional input of size ${sizes(input)} instead`,
    );
  }
  if (stride.length !== 2 && stride.length !== 1) refuse('stride', 'stride cannot broadcast to 2 dimensions');
  if (dilation.length !== 2 && dilation.length !== 1)
    refuse('dilation', 'dilation cannot broadcast to 2 dimensions');
  if (stride.some((value) => value !== 1))
    refuse('stride', "padding='same' is not supported for strided convolutions");
  const axes = [0, 1].map((axis) => {
    const total = (dilation[axis] ?? dilation[0]!) * (weight[axis + 2]! - 1);
    // C++ rounds towards zero. A negative total is refused further on.
    const left = Math.trunc(total / 2);
    const extra = total - 2 * left;
    return extra > 0
      ? { symmetric: left, before: 0, after: extra }
      : { symmetric: left + extra, before: extra, after: 0 };
  });
  const [y, x] = [axes[0]!, axes[1]!];
  return checkConvolution(
    call,
    [y.symmetric, x.symmetric],
    { top: -y.before, bottom: y.after, left: -x.before, right: x.after },
    [0, 0],
  );
}

/** PyTorch's `_convolution`, on an input that has already been padded by `added`. */
function checkConvolution(
  call: Call,
  padding: number | readonly number[],
  added: Sides,
  outputPadding: readonly number[],
): Conv2dPlan {
  const { weight, groups } = call;
  const axes = weight.length - 2;
  if (axes <= 0) refuse('weight', 'weight should have at least three dimensions');
  if (groups <= 0) refuse('groups', 'non-positive groups is not supported');
  const stride = expand(call.stride, 'stride', axes);
  const pad = expand(padding, 'padding', axes);
  const dilation = expand(call.dilation, 'dilation', axes);
  expand(outputPadding, 'output_padding', axes);
  const [batch, inChannels, height, width] = call.input as readonly [number, number, number, number];
  const input = [
    batch,
    inChannels,
    height + added.top + added.bottom,
    width + added.left + added.right,
  ] as const;
  checkShapeForward(input, call.weight, call.bias, call.groups, { stride, padding: pad, dilation });
  const [outChannels, , kernelHeight, kernelWidth] = weight as readonly [number, number, number, number];
  const kernel: Pair = [kernelHeight, kernelWidth];
  checkBackend(input, kernel, { dilation, groups });
  const outHeight = outputSize(input[2] + 2 * pad[0]!, kernelHeight, stride[0]!, dilation[0]!);
  const outWidth = outputSize(input[3] + 2 * pad[1]!, kernelWidth, stride[1]!, dilation[1]!);
  const maps = [inChannels === 0 ? 0 : outChannels, outHeight, outWidth];
  return {
    batched: call.batched,
    batch,
    inChannels,
    inHeight: height,
    inWidth: width,
    outChannels,
    kernel,
    stride: [stride[0]!, stride[1]!],
    padding: {
      top: pad[0]! + added.top,
      bottom: pad[0]! + added.bottom,
      left: pad[1]! + added.left,
      right: pad[1]! + added.right,
    },
    dilation: [dilation[0]!, dilation[1]!],
    groups,
    paddingMode: 'zeros',
    outHeight,
    outWidth,
    outputShape: call.batched ? [batch, ...maps] : maps,
  };
}

/** Errors that PyTorch raises only after choosing a backend: its plain loops, or oneDNN for larger inputs. */
function checkBackend(
  input: readonly [number, number, number, number],
  kernel: Pair,
  lists: { readonly dilation: readonly number[]; readonly groups: number },
): void {
  const { dilation, groups } = lists;
  const noKernel = kernel.some((size) => size === 0);
  if (input[0] === 0 || input[1] === 0) {
    if (noKernel && input[1] !== 0) {
      throw new ConvolutionRefusal(
        'kernelSize',
        'select(): index 0 out of range for tensor of size [0] at dimension 0',
        'IndexError',
      );
    }
    return;
  }
  if (input[2] === 0 || input[3] === 0) {
    refuse(
      'input',
      `Only zero batch or zero channel inputs are supported, but got input shape: ${sizes(input)}`,
    );
  }
  const oneDnn =
    groups > 1 || kernel.every((size) => size > 3) || input[0] > 1 || input.reduce((a, b) => a * b) > 20480;
  const badDilation = dilation.some((value) => value === 0);
  if (oneDnn) {
    if (badDilation) refuse('dilation', 'non-positive dilation is not supported');
    if (noKernel)
      refuse(
        'kernelSize',
        'could not create a primitive descriptor for a convolution forward propagation primitive',
      );
    return;
  }
  const dilated = dilation.some((value) => value !== 1);
  if (noKernel) {
    const found = dilated ? sizes(kernel) : `kernel_height: ${kernel[0]} kernel_width: ${kernel[1]}`;
    refuse('kernelSize', `kernel size should be greater than zero, but got ${found}`);
  }
  if (badDilation) refuse('dilation', `dilation should be greater than zero, but got ${sizes(dilation)}`);
}
