/** Captures that nobody looks at: for findings, for limits locked to the run, and for the shapes of foreign tensors. */
import { RUN_START_TAG } from '@convscope/shared/run-record.js';
import type { RunData } from '../../../runs/run-data.js';
import type { CaptureRef } from './capture-loader.js';
import { refAt } from './frame.js';
import type { LayerView } from './layers.js';

/** At most so many captures of a run are looked at by themselves. */
const SCANNED = 24;
const PEEKED = 48;

/**
 * Captures spread over the run. Every 2ⁿ-th, so that a run that grows asks for nothing that it had not asked for
 * before.
 */
export function scanIndices(count: number): number[] {
  let every = 1;
  while (count / every > SCANNED) every *= 2;
  return Array.from({ length: Math.ceil(count / every) }, (_, k) => k * every);
}

/** Maps of the layers in captures that have not been judged. */
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

/** Newest rows of foreign tensors whose shape is not known yet. */
export function peekRefs(data: RunData, known: ReadonlyMap<string, unknown>): CaptureRef[] {
  if (data.blob(RUN_START_TAG, 'run-start') !== undefined) return [];
  return data
    .tagsOfKind('tensor')
    .filter((tag) => !known.has(tag))
    .slice(0, PEEKED)
    .flatMap((tag) => refAt(data, { tag, kind: 'tensor' }, Number.POSITIVE_INFINITY) ?? []);
}
