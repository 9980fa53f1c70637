/** Which scalars each run logs, kept up to date while runs grow. */
import { LAYOUT_TAG, PLUGIN } from '@convscope/shared/event-log/event-fields.js';
import { messageOf } from '@convscope/shared/message-of.js';
import { type ListedTag, type Listing, tagsOf } from '@convscope/shared/protocol/listing.js';
import type { RunList, Source } from '../../sources/source.js';
import { createStore, type Store } from '../../ui/store.js';
import type { LayoutRun } from './layout-reader.js';

/** New tags of a run that grows are looked for so often. */
const LOOK_MS = 2000;
const RETRY_MS = 1000;

export interface ScalarTags {
  /** All tags, in the order in which runs first logged them. */
  readonly all: readonly string[];
  readonly byRun: ReadonlyMap<string, ReadonlySet<string>>;
  /** The runs whose logs had been read to their ends when the hub was asked: what is not said of them is not logged. */
  readonly whole: ReadonlySet<string>;
  /** The runs that have logged which scalars to draw together. */
  readonly layouts: readonly LayoutRun[];
}

export interface ScalarListing {
  /** Undefined until it has come. */
  readonly tags: Store<ScalarTags | undefined>;
  /** Why it cannot be had. */
  readonly problem: Store<string | undefined>;
  /** Follows the runs while the page is shown. Returns the function that stops it. */
  follow(): () => void;
}

function wholeRuns(list: RunList | undefined): ReadonlySet<string> {
  return new Set((list?.runs ?? []).flatMap(({ run, readToEnd }) => (readToEnd ? [run] : [])));
}

export function scalarTagsOf(listing: Listing, whole: ReadonlySet<string>): ScalarTags {
  const all = new Set<string>();
  const sets = new Map<number, ReadonlySet<string>>();
  const byRun = new Map<string, ReadonlySet<string>>();
  const layouts: LayoutRun[] = [];
  const hasLayouts = listing.tags.some(isLayout);
  for (const run of listing.runs) {
    let tags = sets.get(run.set);
    if (tags === undefined) {
      tags = new Set(tagsOf(listing, run).flatMap(({ tag, kind }) => (kind === 'scalar' ? [tag] : [])));
      sets.set(run.set, tags);
      for (const tag of tags) all.add(tag);
    }
    byRun.set(run.run, tags);
    const layout = hasLayouts ? tagsOf(listing, run).find(isLayout) : undefined;
    if (layout !== undefined) layouts.push({ run: run.run, generation: run.generation, rows: layout.rows });
  }
  return { all: [...all], byRun, whole, layouts };
}

function isLayout({ tag, kind, plugin }: ListedTag): boolean {
  return tag === LAYOUT_TAG && kind === 'other' && plugin === PLUGIN.customScalars;
}

function isSame(a: ScalarTags | undefined, b: ScalarTags): boolean {
  if (a === undefined || a.byRun.size !== b.byRun.size || a.all.length !== b.all.length) return false;
  for (const [run, tags] of b.byRun) {
    const before = a.byRun.get(run);
    if (before?.size !== tags.size) return false;
    for (const tag of tags) if (!before.has(tag)) return false;
  }
  if (a.whole.size !== b.whole.size) return false;
  for (const run of b.whole) if (!a.whole.has(run)) return false;
  return JSON.stringify(a.layouts) === JSON.stringify(b.layouts);
}

export function createScalarListing(source: Source, list: Store<RunList | undefined>): ScalarListing {
  const tags = createStore<ScalarTags | undefined>(undefined);
  const problem = createStore<string | undefined>(undefined);
  // Asked for before the page is shown, which waits for the list of runs.
  let first: Promise<Listing> | undefined = source.listing(new AbortController().signal);
  let whole = wholeRuns(list.get());
  // If it fails, who follows says so.
  first.catch(() => undefined);
  return {
    tags,
    problem,
    follow() {
      const abort = new AbortController();
      let timer: ReturnType<typeof setTimeout> | undefined;
      let isAsking = false;
      let isDue = false;
      const ask = async (): Promise<void> => {
        isAsking = true;
        isDue = false;
        let pause = LOOK_MS;
        try {
          // The first answer may be older than the list of runs: the hub may have read more of them since.
          const isEarly = first !== undefined;
          if (!isEarly) whole = wholeRuns(list.get());
          const asked = first ?? source.listing(abort.signal);
          first = undefined;
          const next = scalarTagsOf(await asked, whole);
          if (abort.signal.aborted) return;
          if (next.all.length === 0) pause = RETRY_MS;
          if (!isSame(tags.get(), next)) tags.set(next);
          problem.set(undefined);
          isDue ||= isEarly;
        } catch (error) {
          if (abort.signal.aborted) return;
          problem.set(messageOf(error));
          pause = RETRY_MS;
          isDue = true;
        }
        timer = setTimeout(() => {
          isAsking = false;
          if (isDue) void ask();
        }, pause);
      };
      const look = (): void => {
        isDue = true;
        if (!isAsking) void ask();
      };
      // The list changes with every run that has grown.
      const stopList = list.subscribe(look);
      look();
      return () => {
        stopList();
        abort.abort();
        clearTimeout(timer);
      };
    },
  };
}
