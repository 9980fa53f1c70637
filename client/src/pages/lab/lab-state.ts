/**
 * The state of the lab, which the URL holds. Everything that is shown follows from it. The fields, their limits, and how they are
 * read and written are one file, because each new field changes all of them.
 */
import type { Parameter } from '../../ui/view-format.js';
import { INPUT_FILLS, type InputFill, KERNEL_FILLS, type KernelFill } from './fills.js';

/** Limits of the stack of layers. */
export const MOST_LAYERS = 8;
export const MOST_OF_LAYER = 32;

/** Windows per second, while the window slides. */
export const SPEEDS = [1, 2, 4, 8, 16] as const;

export const PADDING_MODES = ['zeros', 'reflect', 'replicate', 'circular'] as const;
export type PaddingMode = (typeof PADDING_MODES)[number];

/** A layer of the small stack whose receptive field is shown. */
export interface StackLayer {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

export const OPERATIONS = ['conv2d', 'convTranspose2d'] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface LabState {
  readonly operation: Operation;
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
  /** Of a transposed convolution: rows and columns that are added to the output at its end. */
  readonly outputPaddingHeight: number;
  readonly outputPaddingWidth: number;
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
  /** How far each value of `input` may be from the exact one, for values that a run logged with 8 bits. */
  readonly inputBounds?: readonly number[];
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
  readonly speed: (typeof SPEEDS)[number];
  readonly stack: readonly StackLayer[];
  /** Where a pixel came from, when it was sent over from a run; shown as a caption. */
  readonly from?: string;
}

export const DEFAULT_STATE: LabState = {
  operation: 'conv2d',
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
  outputPaddingHeight: 0,
  outputPaddingWidth: 0,
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
  speed: 2,
  stack: [
    { kernel: 3, stride: 1, padding: 1, dilation: 1 },
    { kernel: 3, stride: 1, padding: 1, dilation: 1 },
  ],
};

/** Limits of each control, see `whyNot`. Whether a combination is legal is checked as PyTorch does. */
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
  outputPaddingHeight: [0, 15],
  outputPaddingWidth: [0, 15],
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
  outputPaddingHeight: 'oph',
  outputPaddingWidth: 'opw',
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

const NAMES: Record<NumberField, string> = {
  inChannels: 'in channels',
  outChannels: 'out channels',
  inputHeight: 'input h',
  inputWidth: 'input w',
  kernelHeight: 'kernel h',
  kernelWidth: 'kernel w',
  strideHeight: 'stride h',
  strideWidth: 'stride w',
  paddingHeight: 'padding h',
  paddingWidth: 'padding w',
  outputPaddingHeight: 'output padding h',
  outputPaddingWidth: 'output padding w',
  dilationHeight: 'dilation h',
  dilationWidth: 'dilation w',
  groups: 'groups',
  seed: 'the seed',
  picture: 'the picture',
  outChannel: 'the output channel',
  y: 'y of the output',
  x: 'x of the output',
  inputY: 'y of the input',
  inputX: 'x of the input',
};

/** PyTorch's own words for values below the least. */
const PYTORCH_REFUSES: Partial<Record<NumberField, string>> = {
  strideHeight: 'non-positive stride is not supported',
  strideWidth: 'non-positive stride is not supported',
  paddingHeight: 'negative padding is not supported',
  paddingWidth: 'negative padding is not supported',
  outputPaddingHeight: 'negative output_padding is not supported',
  outputPaddingWidth: 'negative output_padding is not supported',
  dilationHeight: 'dilation should be greater than zero',
  dilationWidth: 'dilation should be greater than zero',
  groups: 'groups must be a positive integer',
};

const DRAWS_ALL = 'since the lab draws every cell';
/** Why a field has a largest value. */
const MOST_BECAUSE: Partial<Record<NumberField, string>> = {
  strideHeight: 'since the inputs of the lab are small',
  strideWidth: 'since the inputs of the lab are small',
  dilationHeight: 'since the inputs of the lab are small',
  dilationWidth: 'since the inputs of the lab are small',
  groups: 'since the lab has at most 64 channels',
  seed: 'the largest seed',
  picture: 'the last of its pictures',
};

/** Why a field does not take what was typed or what a link says; undefined if it does. `name` is the field's label. */
export function whyNot(field: NumberField, text: string, name = NAMES[field]): string | undefined {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  const [least, most] = LIMITS[field];
  if (!Number.isInteger(value)) return `${name} takes whole numbers from ${least} to ${most}.`;
  if (value < least) {
    const pytorch = PYTORCH_REFUSES[field];
    return `${name} is at least ${least}${pytorch === undefined ? '' : `: PyTorch says “${pytorch}”`}.`;
  }
  return value > most ? `${name} is at most ${most}, ${MOST_BECAUSE[field] ?? DRAWS_ALL}.` : undefined;
}

/** A link may carry the values of one input this large; a larger one is refused by `labStateFromQuery`. */
const MAX_VALUES = 64 * 64 * 4;

/** All that a link may hold. */
export const PARAMETERS: readonly Parameter[] = [
  ...Object.values(KEYS),
  ...['op', 'p', 'mode', 'bias', 'in', 'k', 'iv', 'ib', 'kv', 'bv', 'view', 'code', 'speed', 'from', 'stack'],
].map((name) => ({ name, most: 1 }));

export function labStateToQuery(state: LabState): URLSearchParams {
  const query = new URLSearchParams();
  for (const field of Object.keys(KEYS) as NumberField[]) {
    if (state[field] !== DEFAULT_STATE[field]) query.set(KEYS[field], String(state[field]));
  }
  if (state.operation !== 'conv2d') query.set('op', state.operation);
  if (state.padding !== 'numbers') query.set('p', state.padding);
  if (state.paddingMode !== 'zeros') query.set('mode', state.paddingMode);
  if (state.bias) query.set('bias', '1');
  if (state.inputFill !== DEFAULT_STATE.inputFill) query.set('in', state.inputFill);
  if (state.kernelFill !== DEFAULT_STATE.kernelFill) query.set('k', state.kernelFill);
  if (state.inputFill === 'custom' && state.input) {
    query.set('iv', state.input.join('_'));
    if (state.inputBounds?.some((bound) => bound > 0)) query.set('ib', runLengths(state.inputBounds));
  }
  if (state.kernelFill === 'custom' && state.kernel) query.set('kv', state.kernel.join('_'));
  if (state.bias && state.biases) query.set('bv', state.biases.join('_'));
  if (state.view !== 'forward') query.set('view', state.view);
  if (state.code !== 'pytorch') query.set('code', state.code);
  if (state.speed !== DEFAULT_STATE.speed) query.set('speed', String(state.speed));
  if (state.inputFill === 'custom' && state.from) query.set('from', state.from);
  const stack = state.stack.map((l) => `${l.kernel}s${l.stride}p${l.padding}d${l.dilation}`).join('_');
  const usual = DEFAULT_STATE.stack
    .map((l) => `${l.kernel}s${l.stride}p${l.padding}d${l.dilation}`)
    .join('_');
  if (stack !== usual) query.set('stack', stack);
  return query;
}

/** 0.1, 0.1, 0.1, 0 as `0.1x3_0`: the values of a channel mostly have the same bound. */
function runLengths(values: readonly number[]): string {
  const runs: { value: number; length: number }[] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last?.value === value) last.length++;
    else runs.push({ value, length: 1 });
  }
  return runs.map(({ value, length }) => (length === 1 ? `${value}` : `${value}x${length}`)).join('_');
}

function fromRunLengths(text: string): number[] | undefined {
  const values: number[] = [];
  for (const run of text.split('_', MAX_VALUES)) {
    const [, number, length = '1'] = /^([^x]+)(?:x(\d{1,5}))?$/.exec(run) ?? [];
    const value = Number(number);
    if (number === undefined || !(value >= 0 && value < Number.POSITIVE_INFINITY)) return undefined;
    if (values.length + Number(length) > MAX_VALUES) return undefined;
    for (let k = 0; k < Number(length); k++) values.push(value);
  }
  return values;
}

function numbers(text: string): number[] | undefined {
  const values = text.split('_', MAX_VALUES + 1).map((one) => (one === '' ? Number.NaN : Number(one)));
  return values.length <= MAX_VALUES && values.every(Number.isFinite) ? values : undefined;
}

/**
 * Reads a link. Missing and invalid values take their defaults, so that no link breaks the page.
 * @param wrong is told of each value that cannot be used, in one sentence
 */
export function labStateFromQuery(
  query: URLSearchParams,
  wrong: (sentence: string) => void = () => undefined,
): LabState {
  const state: Record<string, unknown> = { ...DEFAULT_STATE };
  for (const field of Object.keys(KEYS) as NumberField[]) {
    const text = query.get(KEYS[field]);
    if (text === null) continue;
    const reason = whyNot(field, text);
    if (reason === undefined) state[field] = Number(text);
    else wrong(`${KEYS[field]}=${short(text)} is not used: ${reason} It stays ${DEFAULT_STATE[field]}.`);
  }
  const choose = <T extends string>(key: string, choices: readonly T[], usual: T): T => {
    const text = query.get(key);
    const found = choices.find((choice) => choice === text);
    if (text !== null && found === undefined) {
      wrong(`${key}=${short(text)} is not used: it is one of ${choices.join(', ')}. ${usual} is shown.`);
    }
    return found ?? usual;
  };
  state['operation'] = choose('op', OPERATIONS, DEFAULT_STATE.operation);
  state['padding'] = choose('p', ['numbers', 'same', 'valid'] as const, 'numbers');
  state['paddingMode'] = choose('mode', PADDING_MODES, 'zeros');
  if (state['operation'] === 'convTranspose2d') {
    if (state['padding'] !== 'numbers' || state['paddingMode'] !== 'zeros')
      wrong('A transposed convolution takes padding by numbers, with zeros: p and mode are not used.');
    Object.assign(state, { padding: 'numbers', paddingMode: 'zeros' });
  }
  state['bias'] = choose('bias', ['0', '1'] as const, '0') === '1';
  state['inputFill'] = choose('in', INPUT_FILLS, DEFAULT_STATE.inputFill);
  state['kernelFill'] = choose('k', KERNEL_FILLS, DEFAULT_STATE.kernelFill);
  state['view'] = choose('view', ['forward', 'transposed'] as const, 'forward');
  state['code'] = choose('code', ['pytorch', 'tfjs'] as const, 'pytorch');
  state['speed'] = Number(choose('speed', SPEEDS.map(String), String(DEFAULT_STATE.speed)));
  const readNumbers = (key: string, field: keyof LabState, what: string, read = numbers): void => {
    const text = query.get(key);
    if (text === null) return;
    const values = read(text);
    if (values !== undefined) state[field] = values;
    else
      wrong(`${key} is not used: the ${what} in the link cannot be read as at most ${MAX_VALUES} numbers.`);
  };
  readNumbers('iv', 'input', 'values of the input');
  readNumbers('ib', 'inputBounds', 'bounds of the input', fromRunLengths);
  readNumbers('kv', 'kernel', 'values of the kernel');
  readNumbers('bv', 'biases', 'biases');
  const from = query.get('from');
  if (from) state['from'] = from.slice(0, 200);
  const layers = query.get('stack');
  if (layers !== null) {
    const stack = layers.split('_').map(stackLayer);
    if (stack.length <= MOST_LAYERS && stack.every((layer) => layer !== undefined)) state['stack'] = stack;
    else
      wrong(
        `stack=${short(layers)} is not used: it is up to ${MOST_LAYERS} layers like 3s1p1d1, with numbers up to ${MOST_OF_LAYER}.`,
      );
  }
  return state as unknown as LabState;
}

/** Reads `3s1p1d1`: kernel, stride, padding and dilation. */
function stackLayer(text: string): StackLayer | undefined {
  const match = /^(\d{1,2})s(\d{1,2})p(\d{1,2})d(\d{1,2})$/.exec(text);
  if (match === null) return undefined;
  const [kernel, stride, padding, dilation] = match.slice(1).map(Number) as [number, number, number, number];
  const fits =
    Math.min(kernel, stride, dilation) >= 1 && Math.max(kernel, stride, padding, dilation) <= MOST_OF_LAYER;
  return fits ? { kernel, stride, padding, dilation } : undefined;
}

/** What a link says, cut for a sentence. */
function short(text: string): string {
  return text.length > 24 ? `${text.slice(0, 24)}…` : text;
}
