/** The article's examples, and the cases of the conv_arithmetic guide (Dumoulin and Visin, 2016). */
import { DEFAULT_STATE, type LabState } from './lab-state.js';

export interface Preset {
  readonly name: string;
  readonly what: string;
  readonly group: 'article' | 'arithmetic';
  readonly state: LabState;
}

function article(name: string, what: string, change: Partial<LabState>): Preset {
  return { name, what, group: 'article', state: { ...DEFAULT_STATE, ...change } };
}

/** Square everything: input i, kernel k, stride s, padding p, dilation d, as the guide names them. */
function arithmetic(name: string, i: number, k: number, p: number, s: number, d = 1): Preset {
  return {
    name,
    what: `i ${i}, k ${k}, p ${p}, s ${s}${d > 1 ? `, d ${d}` : ''}`,
    group: 'arithmetic',
    state: {
      ...DEFAULT_STATE,
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

export const PRESETS: readonly Preset[] = [
  article('Worked example', '5×5 input, 3×3 kernel, stride 1', {}),
  article('Stride 2', 'every second window', { strideHeight: 2, strideWidth: 2 }),
  article('Padding 1', 'a ring of zeros, 5×5 stays 5×5', { paddingHeight: 1, paddingWidth: 1 }),
  article('Dilation 2', '3×3 taps spread over 5×5', {
    paddingHeight: 1,
    paddingWidth: 1,
    dilationHeight: 2,
    dilationWidth: 2,
  }),
  article(
    '16 kernels, stride 1, padding 1',
    '16×3×5×5 on 3×28×28',
    many({ paddingHeight: 1, paddingWidth: 1 }),
  ),
  article(
    '16 kernels, stride 2, padding 2',
    '16×3×5×5 on 3×28×28',
    many({ strideHeight: 2, strideWidth: 2, paddingHeight: 2, paddingWidth: 2 }),
  ),
  article('16 kernels, default', '16×3×5×5 on 3×28×28', many({})),
  article('Depthwise groups', 'SSIM’s window, groups = 3', {
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
  article('Conv2d(3, 6, 3)', 'CIFAR-10 picture, 30×30 out', {
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
