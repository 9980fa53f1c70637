/** Maps of what a class score depends on, made from records. */
import { type OcclusionGrid, occlusionGrid } from '@convscope/shared/unit-records.js';
import type { BlobColumn } from '../../../series/blob-column.js';

export interface Falls {
  /** [row, column]: by how much the probability falls while the patch there is covered. */
  readonly values: Float32Array;
  readonly grid: OcclusionGrid;
}

/**
 * @param values [class, row, column] of probabilities
 * @param base of each class while nothing is covered
 * @throws Error if the record does not fit to what it says of itself
 */
export function fallsOf(
  values: ArrayLike<number>,
  shape: readonly number[],
  facts: { readonly patch: number; readonly stride: number; readonly base: readonly number[] },
  side: number,
  label: number,
): Falls {
  const grid = occlusionGrid(side, facts.patch, facts.stride);
  if (typeof grid === 'string') throw new Error(grid);
  const { rows } = grid;
  const [classes = 0] = shape;
  if (shape.join() !== [facts.base.length, rows, rows].join() || values.length !== classes * rows * rows)
    throw new Error(
      `The occlusion map has the shape [${shape.join(', ')}], which does not fit to its patches.`,
    );
  const base = facts.base[label];
  if (base === undefined) throw new Error(`The occlusion map knows no class ${label}.`);
  const size = rows * rows;
  return {
    grid,
    values: Float32Array.from({ length: size }, (_, patch) => base - values[label * size + patch]!),
  };
}

/**
 * One number for each pixel: of its channels the gradient that is largest in size, with its sign, or without.
 * @param values [channel, y, x]
 * @throws Error if the values are not a picture
 */
export function gradientMap(
  values: ArrayLike<number>,
  shape: readonly number[],
  withSign: boolean,
): { readonly values: Float32Array; readonly height: number; readonly width: number } {
  const [channels = 0, height = 0, width = 0] = shape;
  if (shape.length !== 3 || channels === 0 || values.length !== channels * height * width)
    throw new Error(`The gradient has the shape [${shape.join(', ')}], which is not a picture.`);
  const size = height * width;
  const map = Float32Array.from({ length: size }, (_, place) => {
    let most = values[place]!;
    for (let channel = 1; channel < channels; channel++) {
      const value = values[channel * size + place]!;
      if (Math.abs(value) > Math.abs(most) || Number.isNaN(value)) most = value;
    }
    return withSign ? most : Math.abs(most);
  });
  return { values: map, height, width };
}

/** The largest size among finite values; 1 if there is none but 0, so that a scale has a length. */
export function largestSize(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]!);
    if (Number.isFinite(size) && size > most) most = size;
  }
  return most === 0 ? 1 : most;
}

/**
 * The first step with a map of the probes that are shown: those of other steps may be other pictures.
 * @param steps with a map, ascending
 * @param probes the index of the records of probes
 */
export function firstOfProbes(
  steps: readonly number[],
  probes: Pick<BlobColumn, 'rowAt'>,
  shown: number,
): number | undefined {
  return steps.find((step) => areSameProbes(probes, step, shown));
}

/** Whether the probes of two steps are those of the same record. */
export function areSameProbes(probes: Pick<BlobColumn, 'rowAt'>, one: number, other: number): boolean {
  return (probes.rowAt(one) ?? 0) === (probes.rowAt(other) ?? 0);
}
