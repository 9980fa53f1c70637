/** The parameters of a convolution that the user has set, in a log that does not state them. */
import type { Pair } from '@convscope/shared/run-description.js';
import type { Kind } from '../../../ui/view-kinds.js';

export interface ChosenConvolution {
  readonly layer: string;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
}

/** Layers of one address. */
export const MOST_CHOSEN = 100;
const LAYER_CHARACTERS = 1000;
const LARGEST = 999;

/** `conv1:s2p1d1`, and `conv1:s2x1p1x0d1x1` where the axes differ. */
export const CONVOLUTION: Kind<ChosenConvolution> = {
  read: convolutionFrom,
  write: ({ layer, stride, padding, dilation }) =>
    `${layer}:s${pairText(stride)}p${pairText(padding)}d${pairText(dilation)}`,
  takes: 'a layer and its parameters like conv1:s2p1d1',
};

function convolutionFrom(text: string): ChosenConvolution | undefined {
  const pair = String.raw`(\d{1,3})(?:x(\d{1,3}))?`;
  const [, layer, ...numbers] = new RegExp(`^(.+):s${pair}p${pair}d${pair}$`).exec(text) ?? [];
  if (layer === undefined || layer.length > LAYER_CHARACTERS) return undefined;
  const at = (index: number): Pair => {
    const first = Number(numbers[index]);
    return [first, numbers[index + 1] === undefined ? first : Number(numbers[index + 1])];
  };
  const [stride, padding, dilation] = [at(0), at(2), at(4)];
  const isPossible = [...stride, ...dilation].every((one) => one > 0);
  return isPossible ? { layer, stride, padding, dilation } : undefined;
}

/** "2", or "2x1" where the axes differ. */
export function pairText([y, x]: Pair): string {
  return y === x ? String(y) : `${y}x${x}`;
}

/** Reads what `pairText` writes; × is taken too. */
export function pairFrom(text: string, least: number): Pair | undefined {
  const [, first, second = first] = /^\s*(\d{1,3})\s*(?:[x×,]\s*(\d{1,3})\s*)?$/.exec(text) ?? [];
  const [y, x] = [Number(first), Number(second)];
  return y >= least && x >= least && y <= LARGEST && x <= LARGEST ? [y, x] : undefined;
}
