/** Captures that are fetched but not shown, for the shapes of tensors. */
import type { CaptureRef } from '../../../blobs/capture-ref.js';
import type { RunData } from '../../../runs/run-data.js';
import { descriptionOf } from './described-logs.js';
import { refAt } from './frame.js';

const PEEKED = 48;

/** The newest rows of tensors whose shape is not known yet, for a log that does not describe its net. */
export function peekRefs(data: RunData, known: ReadonlyMap<string, unknown>): CaptureRef[] {
  if (descriptionOf(data) !== 'none') return [];
  return data
    .tagsOfKind('tensor')
    .filter((tag) => !known.has(tag))
    .slice(0, PEEKED)
    .flatMap((tag) => refAt(data, { tag, kind: 'tensor' }, Number.POSITIVE_INFINITY) ?? []);
}
