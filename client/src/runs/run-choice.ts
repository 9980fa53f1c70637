/** Which runs are listed and drawn, as the addresses of pages say it. */
import { createPageAddress, type PageAddress, type PageAddressOptions } from '../ui/page-address.js';
import type { Store } from '../ui/store.js';
import { createViewFormat, type Field, type Fields, field, list } from '../ui/view-format.js';
import { oneOf, text } from '../ui/view-kinds.js';
import { DRAWN_OTHERS, type DrawnOthers } from './drawn-runs.js';
import type { Runs } from './runs.js';

export interface RunChoice {
  /** The filter of the list of runs. */
  readonly filter: string;
  /** Runs whose curves are not drawn whatever `others` says. */
  readonly hidden: readonly string[];
  /** Runs whose curves are drawn whatever `others` says. */
  readonly drawn: readonly string[];
  /** What is drawn of all other runs. */
  readonly others: DrawnOthers;
}

/** Where the choice is kept while the page is open. */
export type ChosenRuns = Pick<Runs, 'filter' | 'others' | 'shown' | 'hidden'>;

/** The view of a page that shows several runs. Undefined: the address says nothing of them, or the usual. */
export interface ViewOfRuns {
  readonly runs: RunChoice | undefined;
}

/** Runs whose names one address may hold. */
const MOST_RUNS = 1000;
const NAMES = { most: MOST_RUNS, instead: 'it is left out' };

export const RUN_CHOICE_FIELDS: Fields<RunChoice> = {
  filter: field('filter', text(), '', 'all runs are listed'),
  hidden: list('hide', text(), NAMES),
  drawn: list('draw', text(), NAMES),
  others: field('others', oneOf(DRAWN_OTHERS), 'newest', 'the newest are drawn'),
};

const CHOICE = createViewFormat(RUN_CHOICE_FIELDS);
const PARAMETERS = Object.values(RUN_CHOICE_FIELDS).flatMap(({ parameters }) => parameters);

/** The field of a page's view. */
export const RUN_CHOICE: Field<RunChoice | undefined> = {
  usual: undefined,
  parameters: PARAMETERS,
  read(query) {
    const choice = CHOICE.parse(query);
    return isSame(CHOICE.usual, choice) ? undefined : choice;
  },
  write(choice, query) {
    if (choice === undefined) return;
    for (const [name, value] of CHOICE.format(choice)) query.append(name, value);
  },
  problems: (query) => Object.values(RUN_CHOICE_FIELDS).flatMap((one) => one.problems(query)),
};

export function runChoiceOf({ filter, others, shown, hidden }: ChosenRuns): RunChoice {
  return {
    filter: filter.get(),
    others: others.get(),
    drawn: [...shown.get()],
    hidden: [...hidden.get()],
  };
}

/** The view, with what was chosen on another page where its address says nothing of runs. */
export function withRunChoice<T extends ViewOfRuns>(view: T, runs: ChosenRuns): T {
  return view.runs === undefined ? { ...view, runs: runChoiceOf(runs) } : view;
}

/** Keeps the chosen runs as the view says it, and the view as runs are chosen. @param show changes the view and its address */
export function keepRunChoice(
  runs: ChosenRuns,
  view: Pick<Store<ViewOfRuns>, 'get' | 'subscribe'>,
  show: (change: ViewOfRuns) => void,
): void {
  const { filter, others, shown, hidden } = runs;
  let isReading = false;
  const isKept = (): boolean => isSame(view.get().runs, runChoiceOf(runs));
  const read = (): void => {
    const wanted = view.get().runs;
    if (wanted === undefined || isKept()) return;
    // While only a part of it is set, the view must not follow.
    isReading = true;
    filter.set(wanted.filter);
    others.set(wanted.others);
    shown.set(new Set(wanted.drawn));
    hidden.set(new Set(wanted.hidden));
    isReading = false;
  };
  const write = (): void => {
    if (!isReading && !isKept()) show({ runs: runChoiceOf(runs) });
  };
  read();
  view.subscribe(read);
  for (const store of [filter, others, shown, hidden]) store.subscribe(write);
}

function isSame(one: RunChoice | undefined, other: RunChoice): boolean {
  return one !== undefined && CHOICE.format(one).toString() === CHOICE.format(other).toString();
}

/** The address of a page that shows several runs. */
export function createRunsAddress<T extends ViewOfRuns>(
  runs: ChosenRuns,
  options: PageAddressOptions<T>,
): PageAddress<T> {
  const address = createPageAddress({ ...options, complete: (view) => withRunChoice(view, runs) });
  // Every view of runs has this part.
  keepRunChoice(runs, address.state, (change) => address.show(change as Partial<T>));
  return address;
}
