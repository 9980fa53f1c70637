/** The runs that pages draw, for all pages the same: those of the filtered list that the user wants drawn. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { useContext, useMemo, useRef } from 'react';
import { useStoreValue } from '../ui/store.js';
import { type DrawnChoice, type DrawnOptions, drawnRuns } from './drawn-runs.js';
import { placeOf, type RunColour, runColour } from './run-colours.js';
import { useRuns } from './runs-context.js';
import { HasShownContext } from './shown-kind.js';

export interface DrawnRun extends RunSummary {
  /** The place of the run's colour and line, for `runColour` and `runColourValue`. */
  readonly place: number;
  readonly colour: RunColour;
}

/**
 * The runs that are drawn, in the order of the list, with their colours. An entry is the same object for as long as
 * nothing is known to have changed of its run.
 */
export function useDrawnRuns(): readonly DrawnRun[] {
  const runs = useRuns();
  const { runs: listed } = useStoreValue(runs.table.listed);
  const places = useStoreValue(runs.table.places);
  const others = useStoreValue(runs.others);
  const shown = useStoreValue(runs.shown);
  const hidden = useStoreValue(runs.hidden);
  const hasShown = useContext(HasShownContext);
  const before = useRef<readonly DrawnRun[]>([]);
  return useMemo(() => {
    const next = drawnOf(listed, places, { others, shown, hidden }, before.current, {
      hasShown,
      order: runs.newest,
    });
    before.current = next;
    return next;
  }, [listed, places, others, shown, hidden, hasShown, runs]);
}

/** Entries of the summaries that the list holds: a summary that has not changed is the same object. */
const entries = new WeakMap<RunSummary, DrawnRun>();

function entryOf(summary: RunSummary, place: number): DrawnRun {
  const known = entries.get(summary);
  if (known?.place === place) return known;
  const entry = { ...summary, place, colour: runColour(place) };
  entries.set(summary, entry);
  return entry;
}

/** `before` itself if it says the same. */
export function drawnOf(
  listed: readonly RunSummary[],
  places: ReadonlyMap<string, number>,
  choice: DrawnChoice,
  before: readonly DrawnRun[],
  options?: DrawnOptions,
): readonly DrawnRun[] {
  const drawn = drawnRuns(listed, undefined, choice, options);
  const next = listed
    .filter(({ run }) => drawn.has(run))
    .map((one) => entryOf(one, places.get(one.run) ?? placeOf(one.run)));
  return next.length === before.length && next.every((entry, at) => entry === before[at]) ? before : next;
}
