/** The parameters of a convolution, as passed by a caller and as resolved. */
import type { Conv2dDescription, Pair } from '../run-description.js';

export type PaddingMode = Conv2dDescription['paddingMode'];

export const PADDING_MODES: readonly PaddingMode[] = ['zeros', 'reflect', 'replicate', 'circular'];

/** Rows and columns that padding adds on each side. Negative values crop, where PyTorch allows them. */
export interface Sides {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Resolved parameters. `padding` differs by side only for 'same' with an odd total. */
export interface Conv2dParameters {
  readonly stride: Pair;
  readonly padding: Pair | Sides;
  readonly dilation: Pair;
  readonly groups: number;
  readonly paddingMode: PaddingMode;
}

/**
 * The options of PyTorch's `F.conv2d`: a number applies to both axes, a list is [height, width]. `paddingMode` comes
 * from `nn.Conv2d`: the input is padded first, then convolved without padding.
 */
export interface Conv2dOptions {
  readonly stride?: number | readonly number[];
  readonly padding?: number | readonly number[] | 'same' | 'valid';
  readonly dilation?: number | readonly number[];
  readonly groups?: number;
  readonly paddingMode?: PaddingMode;
}

/** The same options before validation: from a form, a URL or a file. */
export type UncheckedConv2dOptions = { readonly [K in keyof Conv2dOptions]?: unknown };

/** The arguments of `nn.Conv2d`. */
export interface Conv2dModuleOptions extends Conv2dOptions {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number | readonly number[];
  readonly bias?: boolean;
}

export type UncheckedConv2dModuleOptions = { readonly [K in keyof Conv2dModuleOptions]?: unknown };

export function sidesOf(padding: Pair | Sides): Sides {
  if ('top' in padding) return padding;
  const [height, width] = padding;
  return { top: height, bottom: height, left: width, right: width };
}
