/** PyTorch's `F.conv_transpose2d`: its checks, in its order and words (2.15, CPU, float32), and its definition. */
import type { Pair } from '../run-description.js';
import { pythonType } from './argument-types.js';
import { checkShapeForward } from './check-shape-forward.js';
import type { PlainResult, PlainTensor } from './plain-conv2d.js';
import { ConvolutionRefusal, type RefusedField, sizes } from './refusal.js';
import { transposedSize, transposedTaps } from './transposed.js';

export interface ConvTranspose2dOptions {
  readonly stride?: number | readonly number[];
  readonly padding?: number | readonly number[];
  readonly outputPadding?: number | readonly number[];
  readonly groups?: number;
  readonly dilation?: number | readonly number[];
}

/** A call that PyTorch accepts, with every parameter resolved. */
export interface ConvTranspose2dPlan {
  readonly batched: boolean;
  readonly batch: number;
  readonly inChannels: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outChannels: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly outputPadding: Pair;
  readonly dilation: Pair;
  readonly groups: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outputShape: readonly number[];
}

function refuse(
  field: RefusedField,
  message: string,
  type: ConvolutionRefusal['pytorchType'] = 'RuntimeError',
): never {
  throw new ConvolutionRefusal(field, message, type);
}

/** A number or list, as many numbers as there are axes. */
function expand(
  value: number | readonly number[],
  field: RefusedField,
  name: string,
  axes: number,
): number[] {
  // The argument parser makes two of a number, whatever the weight.
  const list = typeof value === 'number' ? [value, value] : [...value];
  if (list.length === axes) return list;
  if (list.length === 1) return new Array<number>(axes).fill(list[0]!);
  return refuse(
    field,
    `expected ${name} to be a single integer value or a list of ${axes} values to match the convolution dimensions, but got ${name}=${sizes(list)}`,
  );
}

/**
 * Checks a call and resolves its geometry, from shapes alone.
 * @param inputShape [N, C_in, H, W] or [C_in, H, W]
 * @param weightShape [C_in, C_out/groups, kH, kW]
 * @param biasShape [C_out], or undefined for no bias
 * @throws ConvolutionRefusal with PyTorch's message where PyTorch raises
 */
export function planConvTranspose2d(
  inputShape: readonly number[],
  weightShape: readonly number[],
  biasShape: readonly number[] | undefined,
  options: ConvTranspose2dOptions = {},
): ConvTranspose2dPlan {
  const { stride = 1, padding = 0, outputPadding = 0, groups = 1, dilation = 1 } = options;
  for (const [field, name, value] of [
    ['stride', 'stride', stride],
    ['padding', 'padding', padding],
    ['outputPadding', 'output_padding', outputPadding],
    ['dilation', 'dilation', dilation],
  ] as const) {
    const first = typeof value === 'object' ? (value[0] ?? 0) : value;
    if (Number.isInteger(first)) continue;
    const type = pythonType(value);
    refuse(field, `conv_transpose2d(): argument '${name}' must be tuple of ints, not ${type}`, 'TypeError');
  }
  if (!Number.isInteger(groups)) {
    refuse(
      'groups',
      `conv_transpose2d(): argument 'groups' must be int, not ${pythonType(groups)}`,
      'TypeError',
    );
  }
  const batched = inputShape.length === 4;
  if (!batched && inputShape.length !== 3) {
    refuse(
      'input',
      `Expected 3D (unbatched) or 4D (batched) input to conv_transpose2d, but got input of size: ${sizes(inputShape)}`,
    );
  }
  const input = (batched ? inputShape : [1, ...inputShape]) as [number, number, number, number];
  const axes = weightShape.length - 2;
  if (axes <= 0) refuse('weight', 'weight should have at least three dimensions');
  if (groups <= 0) refuse('groups', 'non-positive groups is not supported');
  const lists = {
    stride: expand(stride, 'stride', 'stride', axes),
    padding: expand(padding, 'padding', 'padding', axes),
    dilation: expand(dilation, 'dilation', 'dilation', axes),
    outputPadding: expand(outputPadding, 'outputPadding', 'output_padding', axes),
  };
  checkShapeForward(input, weightShape, biasShape, groups, lists);
  return resolve(input, weightShape, groups, lists, batched);
}

interface Lists {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  readonly outputPadding: readonly number[];
}

/** What PyTorch checks only in the loops of its CPU backend, and the geometry. */
function resolve(
  [batch, inChannels, inHeight, inWidth]: readonly [number, number, number, number],
  weight: readonly number[],
  groups: number,
  lists: Lists,
  batched: boolean,
): ConvTranspose2dPlan {
  const [, perGroup, kernelHeight, kernelWidth] = weight as readonly [number, number, number, number];
  const pairOf = (list: readonly number[]): Pair => [list[0]!, list[1]!];
  const [stride, padding] = [pairOf(lists.stride), pairOf(lists.padding)];
  const [dilation, outputPadding] = [pairOf(lists.dilation), pairOf(lists.outputPadding)];
  const kernel: Pair = [kernelHeight, kernelWidth];
  if (batch > 0) {
    if (kernelHeight === 0 || kernelWidth === 0) {
      refuse(
        'kernelSize',
        `kernel size should be greater than zero, but got kernel_height: ${kernelHeight} kernel_width: ${kernelWidth}`,
      );
    }
    if (dilation[0] === 0 || dilation[1] === 0) {
      refuse(
        'dilation',
        `dilation should be greater than zero, but got dilation_height: ${dilation[0]}, dilation_width: ${dilation[1]}`,
      );
    }
    if (outputPadding.some((value, axis) => value >= stride[axis]! && value >= dilation[axis]!)) {
      const [oh, ow] = outputPadding;
      refuse(
        'outputPadding',
        `output padding must be smaller than either stride or dilation, but got output_padding_height: ${oh} output_padding_width: ${ow} stride_height: ${stride[0]} stride_width: ${stride[1]} dilation_height: ${dilation[0]} dilation_width: ${dilation[1]}`,
      );
    }
    if (inHeight === 0 || inWidth === 0) {
      refuse(
        'input',
        `Only zero batch or zero channel inputs are supported, but got input shape: ${sizes([batch, inChannels, inHeight, inWidth])}`,
      );
    }
  }
  const window = { kernel, stride, padding, dilation };
  const outHeight = transposedSize(window, outputPadding, 0, inHeight);
  const outWidth = transposedSize(window, outputPadding, 1, inWidth);
  if (outHeight < 1 || outWidth < 1) {
    refuse(
      'padding',
      `Given input size per channel: (${inHeight} x ${inWidth}). Calculated output size per channel: (${outHeight} x ${outWidth}). Output size is too small`,
    );
  }
  const outChannels = perGroup * groups;
  const maps = [outChannels, outHeight, outWidth];
  return {
    ...{ batched, batch, inChannels, inHeight, inWidth, outChannels },
    ...{ kernel, stride, padding, outputPadding, dilation, groups, outHeight, outWidth },
    outputShape: batched ? [batch, ...maps] : maps,
  };
}

/**
 * The transposed convolution by its definition, in plain float64 loops: out[o] = bias + Σ in[i] · weight[k] over all taps
 * with o = i·stride − padding + k·dilation.
 * @param input [N, C_in, H, W] or [C_in, H, W]
 * @param weight [C_in, C_out/groups, kH, kW]
 * @param bias [C_out]
 * @throws ConvolutionRefusal where PyTorch raises, with its message
 */
export function plainConvTranspose2d(
  input: PlainTensor,
  weight: PlainTensor,
  bias?: PlainTensor,
  options: ConvTranspose2dOptions = {},
): PlainResult {
  const plan = planConvTranspose2d(input.shape, weight.shape, bias?.shape, options);
  const { batch, inChannels, inHeight, inWidth, outChannels, outHeight, outWidth, groups, kernel } = plan;
  const data = new Float64Array(plan.outputShape.reduce((a, b) => a * b, 1));
  const [perGroup, inPerGroup] = [outChannels / groups, inChannels / groups];
  const columns = Array.from({ length: outWidth }, (_, x) => transposedTaps(plan, 1, x, inWidth));
  let at = 0;
  for (let n = 0; n < batch; n++) {
    for (let out = 0; out < outChannels; out++) {
      const firstInput = Math.floor(out / perGroup) * inPerGroup;
      for (let y = 0; y < outHeight; y++) {
        const rows = transposedTaps(plan, 0, y, inHeight);
        for (const taps of columns) {
          let sum = bias ? bias.data[out]! : 0;
          for (let c = firstInput; c < firstInput + inPerGroup; c++) {
            for (const { tap: ky, from: row } of rows) {
              const weightRow = ((c * perGroup + (out % perGroup)) * kernel[0] + ky) * kernel[1];
              const inputRow = ((n * inChannels + c) * inHeight + row) * inWidth;
              for (const { tap: kx, from } of taps)
                sum += input.data[inputRow + from]! * weight.data[weightRow + kx]!;
            }
          }
          data[at++] = sum;
        }
      }
    }
  }
  return { data, shape: plan.outputShape };
}
