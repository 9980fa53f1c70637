/** The checks of PyTorch's `nn.Conv2d` (2.2.2): those of the constructor, then those of a call. */
import { pythonType } from './argument-types.js';
import { type Conv2dPlan, checkConv2d } from './check-functional.js';
import { checkPad } from './check-pad.js';
import { samePadding } from './output-shape.js';
import { PADDING_MODES, type PaddingMode, type UncheckedConv2dModuleOptions } from './parameters.js';
import { ConvolutionRefusal, sizes } from './refusal.js';

/** A module after its constructor ran. Lists may have any length: PyTorch checks that only on a call. */
export interface Conv2dModule {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly stride: readonly unknown[];
  readonly padding: string | readonly unknown[];
  readonly dilation: readonly unknown[];
  readonly groups: number;
  readonly paddingMode: PaddingMode;
  readonly bias: boolean;
  /** [out, in/groups, kH, kW] */
  readonly weightShape: readonly number[];
}

function valueError(field: ConvolutionRefusal['field'], message: string): never {
  throw new ConvolutionRefusal(field, message, 'ValueError');
}

/** Python's repr of a string. */
function quoted(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;
}

/** Like Python's tuple(), splits a string into its characters. */
function tuple(value: unknown): readonly unknown[] {
  if (typeof value === 'string') return [...value];
  return Array.isArray(value) ? value : [value, value];
}

/**
 * Checks the arguments of `nn.Conv2d(...)`.
 * @throws ConvolutionRefusal with PyTorch's message where its constructor raises
 */
export function checkConv2dModule(options: UncheckedConv2dModuleOptions): Conv2dModule {
  const { stride = 1, padding = 0, dilation = 1, groups = 1, paddingMode = 'zeros', bias = true } = options;
  if (typeof groups !== 'number') {
    throw new ConvolutionRefusal(
      'groups',
      `'<=' not supported between instances of '${pythonType(groups)}' and 'int'`,
      'TypeError',
    );
  }
  if (groups <= 0) valueError('groups', 'groups must be a positive integer');
  for (const [field, name, value] of [
    ['inChannels', 'in_channels', options.inChannels],
    ['outChannels', 'out_channels', options.outChannels],
  ] as const) {
    if (typeof value !== 'number') {
      throw new ConvolutionRefusal(
        field,
        `unsupported operand type(s) for %: '${pythonType(value)}' and 'int'`,
        'TypeError',
      );
    }
    if (value % groups !== 0) valueError(field, `${name} must be divisible by groups`);
  }
  const [inChannels, outChannels] = [options.inChannels as number, options.outChannels as number];
  const strides = tuple(stride);
  if (typeof padding === 'string') {
    if (padding !== 'valid' && padding !== 'same') {
      valueError('padding', `Invalid padding string ${quoted(padding)}, should be one of {'valid', 'same'}`);
    }
    if (padding === 'same' && strides.some((value) => value !== 1)) {
      valueError('stride', "padding='same' is not supported for strided convolutions");
    }
  }
  const mode = PADDING_MODES.find((known) => known === paddingMode);
  if (!mode) {
    const found = paddingMode === null ? 'None' : String(paddingMode);
    valueError(
      'paddingMode',
      `padding_mode must be one of {'reflect', 'replicate', 'circular', 'zeros'}, but got padding_mode='${found}'`,
    );
  }
  const kernel = tuple(options.kernelSize);
  const noNumber = kernel.find((size) => typeof size !== 'number');
  if (padding === 'same' && noNumber !== undefined) {
    throw new ConvolutionRefusal(
      'kernelSize',
      `unsupported operand type(s) for -: '${pythonType(noNumber)}' and 'int'`,
      'TypeError',
    );
  }
  const shape = [outChannels, Math.floor(inChannels / groups), ...kernel];
  const wrong = shape.findIndex((size) => !Number.isInteger(size));
  if (wrong >= 0) {
    throw new ConvolutionRefusal(
      'kernelSize',
      `empty(): argument 'size' failed to unpack the object at pos ${wrong + 1} with error "type must be tuple of ints,but got ${pythonType(shape[wrong])}"`,
      'TypeError',
    );
  }
  const weightShape = shape as number[];
  const negative = weightShape.findIndex((size) => size < 0);
  if (negative >= 0) {
    throw new ConvolutionRefusal(
      negative === 0 ? 'outChannels' : negative === 1 ? 'inChannels' : 'kernelSize',
      `Trying to create tensor with negative dimension ${weightShape[negative]}: ${sizes(weightShape)}`,
    );
  }
  return {
    inChannels,
    outChannels,
    kernelSize: kernel as number[],
    stride: strides,
    padding: typeof padding === 'string' ? padding : tuple(padding),
    dilation: tuple(dilation),
    groups,
    paddingMode: mode,
    bias: Boolean(bias),
    weightShape,
  };
}

/**
 * Checks a call of the module on an input of this shape and resolves its geometry.
 * @param inputShape [N, C_in, H, W] or [C_in, H, W]
 * @throws ConvolutionRefusal with PyTorch's message where the call raises
 */
export function checkConv2dModuleCall(module: Conv2dModule, inputShape: readonly number[]): Conv2dPlan {
  const { stride, dilation, groups, weightShape, paddingMode } = module;
  const biasShape = module.bias ? [module.outChannels] : undefined;
  const types = {
    tensors: ['Tensor', 'Parameter', module.bias ? 'Parameter' : 'NoneType'] as const,
    arrays: 'tuple' as const,
  };
  if (paddingMode === 'zeros') {
    return checkConv2d(
      inputShape,
      weightShape,
      biasShape,
      { stride, padding: module.padding, dilation, groups },
      types,
    );
  }
  const pads = padsOf(module);
  const paddedShape = checkPad(inputShape, pads, paddingMode);
  const plan = checkConv2d(
    paddedShape,
    weightShape,
    biasShape,
    { stride, padding: [0, 0], dilation, groups },
    types,
  );
  const [left = 0, right = 0, top = 0, bottom = 0] = pads;
  return {
    ...plan,
    inHeight: plan.inHeight - top - bottom,
    inWidth: plan.inWidth - left - right,
    padding: { top, bottom, left, right },
    paddingMode,
  };
}

/** The padding that the constructor passes to `F.pad`: (left, right) of the last axis, then of the one before. */
function padsOf(module: Conv2dModule): readonly number[] {
  const { padding, kernelSize, dilation } = module;
  if (typeof padding !== 'string') {
    const wrong = padding.findLast((value) => !Number.isInteger(value));
    if (wrong !== undefined) {
      throw new ConvolutionRefusal(
        'padding',
        `pad(): argument 'pad' (position 2) must be tuple of ints, but found element of type ${pythonType(wrong)} at pos 0`,
        'TypeError',
      );
    }
    return padding.toReversed().flatMap((value) => [value as number, value as number]);
  }
  const pads = new Array<number>(2 * kernelSize.length).fill(0);
  if (padding === 'same') {
    kernelSize.forEach((size, axis) => {
      const step = dilation[axis];
      if (step === undefined) return;
      const last = kernelSize.length - 1 - axis;
      [pads[2 * last], pads[2 * last + 1]] = samePadding(size, step as number) as [number, number];
    });
  }
  return pads;
}
