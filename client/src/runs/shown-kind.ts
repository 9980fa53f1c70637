/** What a page shows of runs, so that the newest runs that it draws are such that have any of it. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { RecordKind } from '@convscope/shared/run-record.js';
import { createContext } from 'react';

export type HasShown = (run: RunSummary) => boolean;

/** Whether the log of a run has records of the kind, or may have some that were not read yet. */
export function hasKind(kind: RecordKind): HasShown {
  return ({ kinds, readToEnd }) => kinds === undefined || !readToEnd || kinds.includes(kind);
}

export const hasScalars = hasKind('scalar');

/** Set by the page around all that it shows. By default runs count whatever they have logged. */
export const HasShownContext = createContext<HasShown>(() => true);
