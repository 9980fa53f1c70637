import { ConvolutionRefusal, type RefusedField, sizes } from './refusal.js';

interface Lists {
  readonly stride: readonly number[];
  readonly padding: readonly number[];
  readonly dilation: readonly number[];
  /** Makes it the check of a transposed convolution, whose weight is [in, out / groups, kH, kW]. */
  readonly outputPadding?: readonly number[];
}

/**
 * PyTorch's `check_shape_forward`, in its order and words.
 * @throws ConvolutionRefusal
 */
export function checkShapeForward(
  input: readonly [number, number, number, number],
  weight: readonly number[],
  bias: readonly number[] | undefined,
  groups: number,
  { stride, padding, dilation, outputPadding }: Lists,
): void {
  const isTransposed = outputPadding !== undefined;
  check('padding', !padding.some((value) => value < 0), () => 'negative padding is not supported');
  check(
    'outputPadding',
    !outputPadding?.some((value) => value < 0),
    () => 'negative output_padding is not supported',
  );
  check('stride', !stride.some((value) => value <= 0), () => 'non-positive stride is not supported');
  check('dilation', !dilation.some((value) => value < 0), () => 'dilation should be greater than zero');
  check(
    'weight',
    weight.length === input.length,
    () =>
      `Expected ${weight.length}-dimensional input for ${weight.length}-dimensional weight ${sizes(weight)}, but got ${input.length}-dimensional input of size ${sizes(input)} instead`,
  );
  const [first, perGroup] = weight as readonly [number, number];
  check(
    isTransposed ? 'inChannels' : 'outChannels',
    first >= groups,
    () =>
      `Given groups=${groups}, expected weight to be at least ${groups} at dimension 0, but got weight of size ${sizes(weight)} instead`,
  );
  check(
    'groups',
    first % groups === 0,
    () =>
      `Given groups=${groups}, expected weight to be divisible by ${groups} at dimension 0, but got weight of size [${sizes(weight)}] instead`,
  );
  const [inChannels, outChannels] = isTransposed ? [first, perGroup * groups] : [perGroup * groups, first];
  check(
    'inChannels',
    input[1] === inChannels,
    () =>
      `Given ${isTransposed ? 'transposed=1' : `groups=${groups}`}, weight of size ${sizes(weight)}, expected input${sizes(input)} to have ${inChannels} channels, but got ${input[1]} channels instead`,
  );
  check(
    'bias',
    bias === undefined || (bias.length === 1 && bias[0] === outChannels),
    () =>
      `Given ${isTransposed ? 'transposed=1, ' : ''}weight of size ${sizes(weight)}, expected bias to be 1-dimensional with ${outChannels} elements, but got bias of size ${sizes(bias ?? [])} instead`,
  );
  if (isTransposed) return;
  const padded = [0, 1].map((axis) => input[axis + 2]! + 2 * padding[axis]!);
  const kernel = [0, 1].map((axis) => dilation[axis]! * (weight[axis + 2]! - 1) + 1);
  check(
    'kernelSize',
    padded.every((size, axis) => size >= kernel[axis]!),
    () =>
      `Calculated padded input size per channel: (${padded.join(' x ')}). Kernel size: (${kernel.join(' x ')}). Kernel size can't be greater than actual input size`,
  );
}

function check(field: RefusedField, holds: boolean, message: () => string): void {
  if (!holds) throw new ConvolutionRefusal(field, message());
}
