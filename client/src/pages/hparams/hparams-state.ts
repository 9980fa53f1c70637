/** What the parts of the page share. */
import { createContext, useContext } from 'react';
import { createRunsAddress } from '../../runs/run-choice.js';
import type { Runs } from '../../runs/runs.js';
import { createKeptPreferences } from '../../ui/kept-preferences.js';
import type { PageAddress } from '../../ui/page-address.js';
import { createStore, type Store } from '../../ui/store.js';
import type { Column } from './columns.js';
import { filterText, withBrushes } from './filter-text.js';
import { HparamsData } from './hparams-data.js';
import { type Brush, HPARAMS_VIEW, type HparamsView } from './view.js';

/** The sections that are closed. Kept for each log directory, and no part of a link. */
export interface Preferences {
  readonly closed: readonly string[];
}

function preferencesFrom(stored: unknown): Preferences | undefined {
  if (typeof stored !== 'object' || stored === null || !('closed' in stored)) return undefined;
  const closed: readonly unknown[] = Array.isArray(stored.closed) ? stored.closed : [];
  return { closed: closed.filter((name) => typeof name === 'string') };
}

export class HparamsState {
  readonly runs: Runs;
  readonly data: HparamsData;
  readonly address: PageAddress<HparamsView>;
  readonly preferences: Store<Preferences>;
  /** The id of the row under the pointer. */
  readonly hover = createStore<string | undefined>(undefined);
  /** What the user has typed as the filter of runs, without the brushes. */
  readonly typed: Store<string>;
  /** The filter as it was set last. */
  #filter: string;

  constructor(runs: Runs) {
    this.runs = runs;
    this.data = new HparamsData(runs);
    this.preferences = createKeptPreferences(
      { name: 'hparams', initial: { closed: [] }, parse: preferencesFrom },
      runs.list,
    );
    this.#filter = runs.filter.get();
    this.typed = createStore(this.#filter);
    runs.filter.subscribe(() => {
      const filter = runs.filter.get();
      if (filter === this.#filter) return;
      // The user has edited the filter: what it says now holds, and the brushes do not.
      this.#filter = filter;
      this.typed.set(filter);
      if (this.address.state.get().brushes.size > 0) this.address.show({ brushes: new Map() });
    });
    // A link says the brushes by themselves.
    const { others, shown, hidden } = runs;
    this.address = createRunsAddress(
      { filter: this.typed, others, shown, hidden },
      { id: 'hparams', format: HPARAMS_VIEW },
    );
    this.typed.subscribe(() => this.#filterBy(this.typed.get()));
    this.#filterBy(this.typed.get());
  }

  toggle(section: string): void {
    const { closed } = this.preferences.get();
    const isClosed = closed.includes(section);
    this.preferences.set({
      closed: isClosed ? closed.filter((one) => one !== section) : [...closed, section],
    });
  }

  /** Sets the brush of a column, or removes it. The runs are filtered when `filterRuns` is called. */
  brush(column: string, brush: Brush | undefined): void {
    const brushes = new Map(this.address.state.get().brushes);
    if (brush === undefined) brushes.delete(column);
    else brushes.set(column, brush);
    this.address.show({ brushes });
  }

  /** Filters the runs of all pages by the brushes, after what the user has typed. */
  filterRuns(columns: readonly Column[]): void {
    const { brushes, extreme } = this.address.state.get();
    this.#filterBy(withBrushes(this.typed.get(), filterText(brushes, columns, extreme)));
  }

  #filterBy(filter: string): void {
    this.#filter = filter;
    this.runs.filter.set(filter);
  }
}

export const HparamsContext = createContext<HparamsState | undefined>(undefined);

export function useHparams(): HparamsState {
  const state = useContext(HparamsContext);
  if (state === undefined) throw new Error('This component stands outside of HparamsContext.');
  return state;
}
