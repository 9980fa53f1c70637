/** Worked examples, and the cases of “A guide to convolution arithmetic for deep learning” (Dumoulin and Visin, 2016). */
import { DEFAULT_STATE, type LabState, labStateToQuery } from './lab-state.js';

export const PRESET_GROUPS = [
  ['worked', 'Worked examples'],
  ['arithmetic', 'Convolution arithmetic'],
  ['transposed', 'Transposed convolution'],
] as const;
export type PresetGroup = (typeof PRESET_GROUPS)[number][0];

export interface Preset {
  readonly name: string;
  readonly what: string;
  readonly group: PresetGroup;
  readonly state: LabState;
}

function worked(name: string, what: string, change: Partial<LabState>): Preset {
  return { name, what, group: 'worked', state: { ...DEFAULT_STATE, ...change } };
}

/**
 * Square everything: input i, kernel k, stride s, padding p, dilation d, as the guide names them. The guide gives sizes
 * only; the input counts up, so that none of these is also one of the worked examples.
 */
function arithmetic(name: string, i: number, k: number, p: number, s: number, d = 1): Preset {
  return {
    name,
    what: `i ${i}, k ${k}, p ${p}, s ${s}${d > 1 ? `, d ${d}` : ''}`,
    group: 'arithmetic',
    state: {
      ...DEFAULT_STATE,
      inputFill: 'ramp',
      inputHeight: i,
      inputWidth: i,
      kernelHeight: k,
      kernelWidth: k,
      paddingHeight: p,
      paddingWidth: p,
      strideHeight: s,
      strideWidth: s,
      dilationHeight: d,
      dilationWidth: d,
    },
  };
}

/** As above, of a transposed convolution with output padding o. */
function transposed(name: string, i: number, k: number, p: number, s: number, o = 0): Preset {
  const { state, what } = arithmetic(name, i, k, p, s);
  return {
    name,
    what: `${what}${o > 0 ? `, o ${o}` : ''}`,
    group: 'transposed',
    state: { ...state, operation: 'convTranspose2d', outputPaddingHeight: o, outputPaddingWidth: o },
  };
}

export const PRESETS: readonly Preset[] = [
  worked('Worked example', '5×5 input, 3×3 kernel, stride 1', {}),
  worked('Stride 2', 'every second window', { strideHeight: 2, strideWidth: 2 }),
  worked('Padding 1', 'a ring of zeros, 5×5 stays 5×5', { paddingHeight: 1, paddingWidth: 1 }),
  worked('Dilation 2', '3×3 taps spread over 5×5', {
    paddingHeight: 1,
    paddingWidth: 1,
    dilationHeight: 2,
    dilationWidth: 2,
  }),
  worked(
    '16 kernels, stride 1, padding 1',
    '16×3×5×5 on 3×28×28',
    many({ paddingHeight: 1, paddingWidth: 1 }),
  ),
  worked(
    '16 kernels, stride 2, padding 2',
    '16×3×5×5 on 3×28×28',
    many({ strideHeight: 2, strideWidth: 2, paddingHeight: 2, paddingWidth: 2 }),
  ),
  worked('16 kernels, default', '16×3×5×5 on 3×28×28', many({})),
  worked('Depthwise groups', 'SSIM’s window, groups = 3', {
    inChannels: 3,
    outChannels: 3,
    groups: 3,
    inputHeight: 28,
    inputWidth: 28,
    kernelHeight: 11,
    kernelWidth: 11,
    paddingHeight: 5,
    paddingWidth: 5,
    inputFill: 'picture',
    kernelFill: 'blur',
  }),
  worked('Conv2d(3, 6, 3)', 'CIFAR-10 picture, 30×30 out', {
    inChannels: 3,
    outChannels: 6,
    inputHeight: 32,
    inputWidth: 32,
    inputFill: 'picture',
    kernelFill: 'random',
    bias: true,
  }),
  arithmetic('No padding, no strides', 4, 3, 0, 1),
  arithmetic('Arbitrary padding', 5, 4, 2, 1),
  arithmetic('Half (same) padding', 5, 3, 1, 1),
  arithmetic('Full padding', 5, 3, 2, 1),
  arithmetic('No padding, strides', 5, 3, 0, 2),
  arithmetic('Padding, strides', 5, 3, 1, 2),
  arithmetic('Padding, strides (odd)', 6, 3, 1, 2),
  arithmetic('Dilation', 7, 3, 0, 1, 2),
  transposed('No padding, no strides, transposed', 2, 3, 0, 1),
  transposed('No padding, strides, transposed', 2, 3, 0, 2),
  transposed('Padding, strides, transposed', 3, 3, 1, 2),
  transposed('Padding, strides, transposed (odd)', 3, 3, 1, 2, 1),
  transposed('Doubling, as in a U-Net', 4, 2, 0, 2),
  transposed('Doubling, as in a DCGAN', 4, 4, 1, 2),
];

function many(change: Partial<LabState>): Partial<LabState> {
  return {
    inChannels: 3,
    outChannels: 16,
    inputHeight: 28,
    inputWidth: 28,
    kernelHeight: 5,
    kernelWidth: 5,
    bias: true,
    inputFill: 'picture',
    kernelFill: 'random',
    ...change,
  };
}

/** A state without what no preset is about: the chosen pixel, the code's language, the speed, the stack, and what is not in use. */
function essence(state: LabState): string {
  const { outChannel, y, x, inputY, inputX, code, speed, stack } = DEFAULT_STATE;
  const isRandom =
    state.inputFill === 'random' ||
    state.kernelFill === 'random' ||
    (state.bias && state.biases === undefined);
  const seed = isRandom ? state.seed : DEFAULT_STATE.seed;
  const picture = state.inputFill === 'picture' ? state.picture : DEFAULT_STATE.picture;
  const rest = { outChannel, y, x, inputY, inputX, code, speed, stack, seed, picture };
  return labStateToQuery({ ...state, ...rest }).toString();
}

const BY_ESSENCE = new Map(PRESETS.map((preset) => [essence(preset.state), preset]));

/** The preset that a state equals, if any. */
export function presetOf(state: LabState): Preset | undefined {
  return BY_ESSENCE.get(essence(state));
}
