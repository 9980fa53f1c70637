/** The runs as all pages list them: filtered, sorted, coloured, and with what the user has chosen of the table. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import type { RunList, Source } from '../../sources/source.js';
import { createKeptPreferences } from '../../ui/kept-preferences.js';
import { createStore, type Store } from '../../ui/store.js';
import { filterRuns, type ParsedFilter, parseFilter } from '../run-filter.js';
import { type ColumnId, cellOf, compareCells, scalarsOf, usualColumns } from './columns.js';
import { referencesIn } from './filter-expression.js';
import { inheritedConfigs } from './inherited-configs.js';
import { RunActions } from './run-actions.js';
import { RunFacts } from './run-facts.js';
import { placesOf } from './run-places.js';
import { type KnownFacts, scalarsNamed } from './run-values.js';
import {
  INITIAL_PREFERENCES,
  parsePreferences,
  type Sort,
  type TablePreferences,
} from './table-preferences.js';

export interface ListedRuns {
  /** Filtered and sorted, the baseline first. */
  readonly runs: readonly RunSummary[];
  /** Why the filter cannot be used; all runs are listed then. */
  readonly problem: string | undefined;
  /** What the user should know of the result of the filter. */
  readonly note: string | undefined;
}

export interface RunTableOptions {
  readonly source: Source;
  readonly list: Store<RunList | undefined>;
  readonly filter: Pick<Store<string>, 'get' | 'subscribe'>;
}

const NO_RUNS: readonly RunSummary[] = [];
const NOTHING_LISTED: ListedRuns = { runs: NO_RUNS, problem: undefined, note: undefined };

export class RunTable {
  readonly facts: RunFacts;
  readonly preferences: Store<TablePreferences>;
  readonly listed = createStore<ListedRuns>(NOTHING_LISTED);
  /** The place of each run's colour and line. */
  readonly places = createStore<ReadonlyMap<string, number>>(new Map());
  /** The columns that are shown beside the name. */
  readonly columns = createStore<readonly ColumnId[]>([]);
  /** Configurations that the list cuts, and those of runs that state none themselves. */
  readonly configs = createStore<KnownFacts['configs']>(new Map());
  /** Runs that were selected to do something with them. */
  readonly selection = createStore<ReadonlySet<string>>(new Set());
  readonly actions: RunActions;
  readonly #list: RunTableOptions['list'];
  readonly #filter: RunTableOptions['filter'];
  #parsed: { readonly text: string; readonly filter: ParsedFilter } = { text: '', filter: { kind: 'none' } };
  /** While the pointer is over the rows they stay where they are. */
  #held = false;

  constructor({ source, list, filter }: RunTableOptions) {
    this.#list = list;
    this.#filter = filter;
    this.facts = new RunFacts(source);
    this.actions = new RunActions(source, list);
    this.preferences = createKeptPreferences(
      { name: 'runs', initial: INITIAL_PREFERENCES, parse: parsePreferences },
      list,
    );
    const changed = () => this.#update();
    for (const store of [
      list,
      filter,
      this.preferences,
      this.facts.summaries,
      this.facts.configs,
      this.facts.tags,
    ])
      store.subscribe(changed);
    list.subscribe(() => this.facts.listed(list.get()?.runs ?? NO_RUNS));
    this.facts.listed(list.get()?.runs ?? NO_RUNS);
    this.#update();
  }

  get known(): KnownFacts {
    return { summaries: this.facts.summaries.get(), configs: this.configs.get() };
  }

  change(change: Partial<TablePreferences>): void {
    this.preferences.set({ ...this.preferences.get(), ...change });
  }

  /** Sorts by a column: ascending, descending, and then in the order of the hub again. */
  sortBy(column: ColumnId): void {
    const { sort } = this.preferences.get();
    const next: Sort | undefined =
      sort?.column !== column
        ? { column, descending: false }
        : sort.descending
          ? undefined
          : { column, descending: true };
    // The user wants to see the new order at once.
    this.#held = false;
    this.change({ sort: next });
  }

  /** Keeps the rows where they are, or lets them move again. */
  hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    if (!held) this.#update();
  }

  select(runs: Iterable<string>): void {
    this.selection.set(new Set(runs));
  }

  pick(run: string, place: number | undefined): void {
    const { [run]: _, ...others } = this.preferences.get().picked;
    this.change({ picked: place === undefined ? others : { ...others, [run]: place } });
  }

  #update(): void {
    const all = this.#list.get()?.runs ?? NO_RUNS;
    const configs = inheritedConfigs(all, this.facts.configs.get());
    if (!isSameMap(configs, this.configs.get())) this.configs.set(configs);
    const { sort, columns, colouring, picked, baseline, showsArchived } = this.preferences.get();
    const runs = showsArchived ? all : all.filter(({ archived }) => archived !== true);
    const filter = this.#filterOf(this.#filter.get());
    if (filter.kind === 'expression' && this.facts.tags.get() === undefined) this.facts.wantTags();
    const shownColumns = columns ?? usualColumns(runs);
    if (shownColumns.join('\n') !== this.columns.get().join('\n')) this.columns.set(shownColumns);
    const named =
      filter.kind === 'expression'
        ? scalarsNamed(referencesIn(filter.expression), this.facts.tags.get(), runs)
        : [];
    this.facts.want('filter', named);
    this.facts.want('sort', sort === undefined ? [] : scalarsOf([sort.column]));

    const facts = this.known;
    const places = placesOf(all, colouring, new Map(Object.entries(picked)), facts);
    if (!isSameMap(places, this.places.get())) this.places.set(places);
    const { shown, problem, note } = filterRuns(runs, filter, facts);
    const sorted = this.#held ? inOrderOf(this.listed.get().runs, shown) : sortedBy(shown, sort, facts);
    const first = sorted.findIndex(({ run }) => run === baseline);
    const ordered =
      first <= 0 || this.#held
        ? sorted
        : [sorted[first]!, ...sorted.slice(0, first), ...sorted.slice(first + 1)];
    const before = this.listed.get();
    const isSame =
      before.problem === problem &&
      before.note === note &&
      before.runs.length === ordered.length &&
      before.runs.every((run, at) => run === ordered[at]);
    if (!isSame) this.listed.set({ runs: ordered, problem, note });
    const chosen = this.selection.get();
    if (chosen.size > 0) {
      // A run that was archived leaves the selection with the list, so that nobody deletes what cannot be seen.
      const there = new Set(runs.map(({ run }) => run));
      const left = [...chosen].filter((run) => there.has(run));
      if (left.length !== chosen.size) this.select(left);
    }
  }

  #filterOf(text: string): ParsedFilter {
    if (text !== this.#parsed.text) this.#parsed = { text, filter: parseFilter(text) };
    return this.#parsed.filter;
  }
}

function sortedBy(
  runs: readonly RunSummary[],
  sort: Sort | undefined,
  facts: KnownFacts,
): readonly RunSummary[] {
  if (sort === undefined) return runs;
  const { column, descending } = sort;
  return runs
    .map((run) => ({ run, cell: cellOf(run, column, facts) }))
    .sort((a, b) => compareCells(a.cell, b.cell, descending))
    .map(({ run }) => run);
}

/** `runs` in the order that they had before; new ones at the end. */
function inOrderOf(before: readonly RunSummary[], runs: readonly RunSummary[]): readonly RunSummary[] {
  const there = new Map(runs.map((run) => [run.run, run]));
  const kept = before.flatMap(({ run }) => there.get(run) ?? []);
  const known = new Set(kept.map(({ run }) => run));
  return [...kept, ...runs.filter(({ run }) => !known.has(run))];
}

function isSameMap<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}
