/** What PyTorch computes and refuses with F.conv_transpose2d, for the tests of every implementation. */
import { readFileSync } from 'node:fs';
import type { ConvTranspose2dOptions } from '../convolution/conv-transpose2d.js';

interface Listed {
  readonly shape: number[];
  readonly data: number[];
}

interface Values extends Record<'input' | 'weight' | 'output' | 'inputGradient' | 'weightGradient', Listed> {
  readonly bias?: Listed;
  readonly biasGradient?: Listed;
  readonly options: ConvTranspose2dOptions;
}

interface Call {
  readonly input: readonly number[];
  readonly weight: readonly number[];
  readonly bias: readonly number[] | null;
  readonly options: ConvTranspose2dOptions;
}

export interface TransposedVectors {
  readonly values: readonly Values[];
  readonly refused: readonly (Call & { readonly type: string; readonly message: string })[];
  readonly accepted: readonly (Call & { readonly output: readonly number[] })[];
}

export function transposedVectors(): TransposedVectors {
  const file = new URL('../convolution/fixtures/conv-transpose2d.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as TransposedVectors;
}
