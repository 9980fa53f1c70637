/** What a click or key on a row does: shows the run, or selects it and others to do something with them. */

import type { MouseEvent } from 'react';
import { useRef } from 'react';
import { useStable } from '../ui/use-stable.js';
import { useRuns } from './runs-context.js';
import type { RunTable } from './table/run-table.js';

export interface Modifiers {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** The menu key, a right click or a long touch on a row selects its run, unless it is selected already. */
export function selectByMenu({ selection }: Pick<RunTable, 'selection'>) {
  return (event: MouseEvent<HTMLElement>): void => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-run]') : null;
    const run = row?.dataset['run'];
    if (run === undefined) return;
    event.preventDefault();
    if (!selection.get().has(run)) selection.set(new Set([run]));
  };
}

/**
 * @param rows the runs in the order of the list
 * @param onShow called with a run that was chosen without a modifier
 */
export function useRunChoice(rows: readonly string[], onShow: (run: string) => void) {
  const { selection } = useRuns().table;
  /** Where a stretch that Shift selects begins. */
  const anchor = useRef<string | undefined>(undefined);

  const selectTo = (run: string): void => {
    const [from, to] = [rows.indexOf(anchor.current ?? run), rows.indexOf(run)].sort((a, b) => a - b);
    selection.set(new Set(rows.slice(Math.max(0, from!), to! + 1)));
  };
  const choose = useStable((run: string, { shiftKey, ctrlKey, metaKey }: Modifiers) => {
    if (shiftKey) {
      selectTo(run);
      return;
    }
    anchor.current = run;
    if (!ctrlKey && !metaKey) {
      if (selection.get().size > 0) selection.set(new Set());
      onShow(run);
      return;
    }
    const next = new Set(selection.get());
    if (!next.delete(run)) next.add(run);
    selection.set(next);
  });
  const onMove = (run: string, from: string | undefined, extendsIt: boolean): void => {
    if (!extendsIt) return;
    if (selection.get().size === 0) anchor.current = from;
    selectTo(run);
  };
  /** Keys of the whole list. Returns true when it has handled the key. */
  const handleKey = (event: { readonly key: string } & Modifiers, row: string | undefined): boolean => {
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key === 'a' && isCommand) selection.set(new Set(rows));
    else if (event.key === ' ' && isCommand && row !== undefined) choose(row, event);
    else if (event.key === 'Escape' && selection.get().size > 0) selection.set(new Set());
    else return false;
    return true;
  };
  return { choose, onMove, handleKey };
}
