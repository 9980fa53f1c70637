/** Captures that are fetched but not shown: for findings, limits locked to the run, and the shapes of tensors. */
import { RUN_START_TAG } from '@convscope/shared/run-record.js';
import type { RunData } from '../../../runs/run-data.js';
import type { CaptureRef } from './capture-loader.js';
import { refAt } from './frame.js';
import type { LayerView } from './layers.js';

/** The largest number of captures of a run that are scanned. */
const SCANNED = 24;
const PEEKED = 48;

/**
 * Indices of captures spread evenly over the run. Every 2ⁿ-th, so that a growing run keeps the captures that it has
 * scanned and needs no others between them.
 */
export function scanIndices(count: number): number[] {
  let every = 1;
  while (count / every > SCANNED) every *= 2;
  return Array.from({ length: Math.ceil(count / every) }, (_, k) => k * every);
}

/** Maps of all layers in the scanned captures, without those that `hasSeen` knows. */
export function scanRefs(
  data: RunData,
  layers: readonly LayerView[],
  steps: readonly number[],
  hasSeen: (layer: string, step: number) => boolean,
): CaptureRef[] {
  return scanIndices(steps.length).flatMap((index) =>
    layers.flatMap(({ output, name }) => {
      const ref = refAt(data, output, steps[index]!);
      return ref === undefined || hasSeen(name, ref.at.step) ? [] : [{ ...ref, background: true }];
    }),
  );
}

/** The newest rows of tensors whose shape is not known yet, for a log that does not describe its net. */
export function peekRefs(data: RunData, known: ReadonlyMap<string, unknown>): CaptureRef[] {
  if (data.blob(RUN_START_TAG, 'run-start') !== undefined) return [];
  return data
    .tagsOfKind('tensor')
    .filter((tag) => !known.has(tag))
    .slice(0, PEEKED)
    .flatMap((tag) => refAt(data, { tag, kind: 'tensor' }, Number.POSITIVE_INFINITY) ?? []);
}
