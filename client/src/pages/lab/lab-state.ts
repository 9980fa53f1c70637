/** The state of the lab, which the URL holds. Everything that is shown follows from it. */
import { INPUT_FILLS, type InputFill, KERNEL_FILLS, type KernelFill } from './fills.js';

export const PADDING_MODES = ['zeros', 'reflect', 'replicate', 'circular'] as const;
export type PaddingMode = (typeof PADDING_MODES)[number];

/** A layer of the small stack whose receptive field is shown. */
export interface StackLayer {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

export interface LabState {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly inputHeight: number;
  readonly inputWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  /** 'numbers' takes paddingHeight and paddingWidth. */
  readonly padding: 'numbers' | 'same' | 'valid';
  readonly paddingHeight: number;
  readonly paddingWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly groups: number;
  readonly paddingMode: PaddingMode;
  readonly bias: boolean;
  readonly inputFill: InputFill;
  readonly kernelFill: KernelFill;
  readonly seed: number;
  /** Which of the shipped pictures, for inputFill 'picture'. */
  readonly picture: number;
  /** Values for the 'custom' fills, row-major; bias values when they are edited. */
  readonly input?: readonly number[];
  readonly kernel?: readonly number[];
  readonly biases?: readonly number[];
  /** The selected output pixel. */
  readonly outChannel: number;
  readonly y: number;
  readonly x: number;
  /** The input pixel whose reach the transposed view shows. */
  readonly inputY: number;
  readonly inputX: number;
  /** 'forward': what this output reads; 'transposed': which outputs this input reaches. */
  readonly view: 'forward' | 'transposed';
  readonly code: 'pytorch' | 'tfjs';
  readonly stack: readonly StackLayer[];
  /** Where a pixel came from, when it was sent over from a run; shown as a caption. */
  readonly from?: string;
}

export const DEFAULT_STATE: LabState = {
  inChannels: 1,
  outChannels: 1,
  inputHeight: 5,
  inputWidth: 5,
  kernelHeight: 3,
  kernelWidth: 3,
  strideHeight: 1,
  strideWidth: 1,
  padding: 'numbers',
  paddingHeight: 0,
  paddingWidth: 0,
  dilationHeight: 1,
  dilationWidth: 1,
  groups: 1,
  paddingMode: 'zeros',
  bias: false,
  inputFill: 'example',
  kernelFill: 'example',
  seed: 1,
  picture: 0,
  outChannel: 0,
  y: 0,
  x: 0,
  inputY: 0,
  inputX: 0,
  view: 'forward',
  code: 'pytorch',
  stack: [
    { kernel: 3, stride: 1, padding: 1, dilation: 1 },
    { kernel: 3, stride: 1, padding: 1, dilation: 1 },
  ],
};

/** Limits of each control. Whether a combination is legal is checked as PyTorch does. */
export const LIMITS = {
  inChannels: [1, 64],
  outChannels: [1, 64],
  inputHeight: [1, 64],
  inputWidth: [1, 64],
  kernelHeight: [1, 15],
  kernelWidth: [1, 15],
  strideHeight: [1, 16],
  strideWidth: [1, 16],
  paddingHeight: [0, 32],
  paddingWidth: [0, 32],
  dilationHeight: [1, 16],
  dilationWidth: [1, 16],
  groups: [1, 64],
  seed: [1, 9999],
  picture: [0, 7],
  outChannel: [0, 63],
  y: [0, 4096],
  x: [0, 4096],
  inputY: [0, 63],
  inputX: [0, 63],
} as const;
export type NumberField = keyof typeof LIMITS;

/** Short names keep links short. */
const KEYS: Record<NumberField, string> = {
  inChannels: 'ci',
  outChannels: 'co',
  inputHeight: 'h',
  inputWidth: 'w',
  kernelHeight: 'kh',
  kernelWidth: 'kw',
  strideHeight: 'sh',
  strideWidth: 'sw',
  paddingHeight: 'ph',
  paddingWidth: 'pw',
  dilationHeight: 'dh',
  dilationWidth: 'dw',
  groups: 'g',
  seed: 'seed',
  picture: 'pic',
  outChannel: 'o',
  y: 'y',
  x: 'x',
  inputY: 'iy',
  inputX: 'ix',
};

/** A link may carry the values of one input this large; a larger one is refused by `labStateFromQuery`. */
const MAX_VALUES = 64 * 64 * 4;

export function labStateToQuery(state: LabState): URLSearchParams {
  const query = new URLSearchParams();
  for (const field of Object.keys(KEYS) as NumberField[]) {
    if (state[field] !== DEFAULT_STATE[field]) query.set(KEYS[field], String(state[field]));
  }
  if (state.padding !== 'numbers') query.set('p', state.padding);
  if (state.paddingMode !== 'zeros') query.set('mode', state.paddingMode);
  if (state.bias) query.set('bias', '1');
  if (state.inputFill !== DEFAULT_STATE.inputFill) query.set('in', state.inputFill);
  if (state.kernelFill !== DEFAULT_STATE.kernelFill) query.set('k', state.kernelFill);
  if (state.inputFill === 'custom' && state.input) query.set('iv', state.input.join('_'));
  if (state.kernelFill === 'custom' && state.kernel) query.set('kv', state.kernel.join('_'));
  if (state.biases) query.set('bv', state.biases.join('_'));
  if (state.view !== 'forward') query.set('view', state.view);
  if (state.code !== 'pytorch') query.set('code', state.code);
  if (state.from) query.set('from', state.from);
  const stack = state.stack.map((l) => `${l.kernel}s${l.stride}p${l.padding}d${l.dilation}`).join('_');
  const usual = DEFAULT_STATE.stack
    .map((l) => `${l.kernel}s${l.stride}p${l.padding}d${l.dilation}`)
    .join('_');
  if (stack !== usual) query.set('stack', stack);
  return query;
}

function oneOf<T extends string>(choices: readonly T[], value: string | null, otherwise: T): T {
  return choices.find((c) => c === value) ?? otherwise;
}

function numbers(text: string | null): number[] | undefined {
  if (text === null || text === '') return undefined;
  const values = text.split('_', MAX_VALUES + 1).map(Number);
  return values.length <= MAX_VALUES && values.every(Number.isFinite) ? values : undefined;
}

/** Reads a link. Missing and invalid values take their defaults, so that no link breaks the page. */
export function labStateFromQuery(query: URLSearchParams): LabState {
  const state: Record<string, unknown> = { ...DEFAULT_STATE };
  for (const field of Object.keys(KEYS) as NumberField[]) {
    const text = query.get(KEYS[field]);
    const value = Number(text);
    const [least, most] = LIMITS[field];
    if (text !== null && Number.isInteger(value) && value >= least && value <= most) state[field] = value;
  }
  state['padding'] = oneOf(['numbers', 'same', 'valid'] as const, query.get('p'), 'numbers');
  state['paddingMode'] = oneOf(PADDING_MODES, query.get('mode'), 'zeros');
  state['bias'] = query.get('bias') === '1';
  state['inputFill'] = oneOf(INPUT_FILLS, query.get('in'), DEFAULT_STATE.inputFill);
  state['kernelFill'] = oneOf(KERNEL_FILLS, query.get('k'), DEFAULT_STATE.kernelFill);
  state['view'] = oneOf(['forward', 'transposed'] as const, query.get('view'), 'forward');
  state['code'] = oneOf(['pytorch', 'tfjs'] as const, query.get('code'), 'pytorch');
  const input = numbers(query.get('iv'));
  const kernel = numbers(query.get('kv'));
  const biases = numbers(query.get('bv'));
  if (input) state['input'] = input;
  if (kernel) state['kernel'] = kernel;
  if (biases) state['biases'] = biases;
  const from = query.get('from');
  if (from) state['from'] = from.slice(0, 200);
  const stack = query
    .get('stack')
    ?.split('_', 8)
    .map((text) => /^(\d{1,2})s(\d{1,2})p(\d{1,2})d(\d{1,2})$/.exec(text))
    .filter((match) => match !== null)
    .map(([, kernel, stride, padding, dilation]) => ({
      kernel: Math.max(1, Number(kernel)),
      stride: Math.max(1, Number(stride)),
      padding: Number(padding),
      dilation: Math.max(1, Number(dilation)),
    }));
  if (stack && stack.length > 0) state['stack'] = stack;
  return state as unknown as LabState;
}
