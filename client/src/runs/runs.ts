/** What all pages share: the connection, the list of runs, and the data of the runs that pages show. */
import { LIMITS } from '@convscope/shared/protocol/limits.js';
import type { Watch } from '@convscope/shared/protocol/live.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import { SeriesStore } from '../sources/series-store.js';
import type { ConnectionState, RunList, Source } from '../sources/source.js';
import { createPanel, RAIL_OVERLAID } from '../ui/panel.js';
import { createStore, type Store } from '../ui/store.js';
import { type DrawnOthers, NewestFirst } from './drawn-runs.js';
import { RunData } from './run-data.js';
import { RunTable } from './table/run-table.js';
import { NARROW_WIDTH, WIDE_WIDTH } from './widths.js';

/** Which data a page needs. */
export interface Needs {
  /** The run that is held with the index of its captures and the scalars of the status line. */
  readonly whole: string | undefined;
  /** Runs of which only curves are needed. */
  readonly beside: ReadonlySet<string>;
  /** The scalars whose curves are drawn, of every run that logs them. */
  readonly tags: readonly string[];
  /** The smoothing of a curve. */
  readonly weightOf: (tag: string, points: number) => number;
  /** The smoothings of the curves to keep. */
  readonly weights: readonly number[];
}

/** Scalars whose new rows are wanted: these tags of these runs. */
export interface Followed {
  readonly runs: readonly string[];
  readonly tags: readonly string[];
}

/** Names what is followed for the data that is held. */
const HELD = '';
/** Scalars that the status line and the foot read. Our own trainer logs them with every run. */
const STATUS_TAGS: readonly string[] = [
  SCALAR_TAGS.trainLoss,
  SCALAR_TAGS.trainAccuracy,
  SCALAR_TAGS.testAccuracy,
  SCALAR_TAGS.imagesPerSecond,
  SCALAR_TAGS.captureMilliseconds,
  SCALAR_TAGS.captureEvery,
  SCALAR_TAGS.captureShare,
  SCALAR_TAGS.captureBudget,
  SCALAR_TAGS.processCpu,
  SCALAR_TAGS.processMemory,
];
/** Of a series that grows by more points at a time, only so many are sent. */
const LIVE_WIDTH = 1024;

export class Runs {
  readonly source: Source;
  readonly connection: Store<ConnectionState>;
  readonly list: Store<RunList | undefined>;
  /** Data of the held runs, by name. A new map after every change of any of them. */
  readonly data = createStore<ReadonlyMap<string, RunData>>(new Map());
  /** Counts the values that were read of curves and have come. */
  readonly read = createStore(0);
  /** Filters the list of runs, and the curves with it. */
  readonly filter = createStore('');
  /** What is drawn of the runs that are neither in `shown` nor in `hidden`. */
  readonly others = createStore<DrawnOthers>('newest');
  /** Which runs are the newest, for all pages the same. */
  readonly newest = new NewestFirst();
  /** Whether the runs stand at the left of the page. */
  readonly rail = createPanel(RAIL_OVERLAID);
  /** The width that was asked for them by a key or button. */
  readonly railWidth = createStore<{ readonly width: number } | undefined>(undefined);
  /** Whether they are shown as a table. */
  readonly isTable = createStore(false);
  /** Runs whose curves the user wants drawn, and not drawn. */
  readonly shown = createStore<ReadonlySet<string>>(new Set());
  readonly hidden = createStore<ReadonlySet<string>>(new Set());
  /** Whether only the drawn runs are listed. */
  readonly drawnOnly = createStore(false);
  /** The last smoothed value of the losses that are drawn smoothed, by run. */
  readonly smoothedLosses = createStore<ReadonlyMap<string, number>>(new Map());
  /** The runs as they are listed: filtered, sorted and coloured. */
  readonly table: RunTable;
  readonly #store: SeriesStore;
  readonly #held = new Map<string, RunData>();
  readonly #needs = new Map<string, Needs>();
  readonly #followed = new Map<string, Followed>();
  readonly #heard = new Map<string, number>();
  readonly #opened = Date.now();
  #wasConnected: boolean;
  #subscribed = '';
  #maps: Pick<Watch, 'mapsOf' | 'tags'> = { mapsOf: null, tags: [] };
  #watched = '';

  constructor(source: Source) {
    this.source = source;
    this.connection = createStore(source.connection);
    this.#wasConnected = source.connection.status === 'connected';
    this.list = createStore(source.list);
    this.table = new RunTable({ source, list: this.list, filter: this.filter });
    this.#store = new SeriesStore({
      source,
      changed: (of) => {
        if ([...of].some((run) => this.#held.has(run))) this.#publish();
      },
      read: () => this.read.set(this.read.get() + 1),
      failed: (run, error) => this.#held.get(run)?.failed(error),
    });
    source.listen({
      connection: (state) => {
        const before = this.connection.get();
        this.#wasConnected ||= state.status === 'connected';
        if (state.status === 'connected' && before.status !== 'connected') {
          for (const data of this.#held.values()) data.refresh();
          this.table.facts.reconnected();
        }
        this.connection.set(state);
      },
      runs: (told) => {
        const list = this.table.actions.withDone(told);
        for (const summary of list.runs) this.#held.get(summary.run)?.listed(summary);
        this.#hear(list);
        this.list.set(list);
      },
      rows: (rows) => {
        this.#heard.set(rows.run, Date.now());
        this.#held.get(rows.run)?.rows(rows);
      },
      scalars: (rows) => {
        if (rows.rows.steps.length > 0) this.#heard.set(rows.run, Date.now());
        this.#held.get(rows.run)?.scalarRows(rows);
      },
      gap: (run, generation, gap) => this.#held.get(run)?.gap(generation, gap),
    });
  }

  /** Of what a run logs, the page gets only what it shows. That a run has grown at all is in its entry in the list. */
  #hear(list: RunList): void {
    const before = new Map(this.list.get()?.runs.map(({ run, bytes }) => [run, bytes]));
    for (const { run, bytes } of list.runs)
      if ((before.get(run) ?? bytes) !== bytes) this.#heard.set(run, Date.now());
  }

  /**
   * Follows these scalars of these runs, in place of what `page` followed before. Their rows come to those who listen to the
   * source.
   */
  follow(page: string, scalars: Followed): void {
    this.#followed.set(page, scalars);
    this.#subscribe();
  }

  /** Sets what `page` needs, in place of what it needed before. Data that no page needs any more is dropped. */
  hold(page: string, needs: Needs): void {
    this.#needs.set(page, needs);
    const all = [...this.#needs.values()];
    const whole = new Set(all.flatMap((one) => one.whole ?? []));
    const wanted = new Set([...whole, ...all.flatMap(({ beside }) => [...beside])]);
    let changed = false;
    for (const [run, data] of this.#held) {
      if (wanted.has(run) && data.isWhole === whole.has(run)) continue;
      data.close();
      if (!wanted.has(run)) this.#store.drop(run);
      this.#held.delete(run);
      changed = true;
    }
    for (const run of wanted) {
      if (this.#held.has(run)) continue;
      this.#held.set(run, this.#open(run, whole.has(run)));
      changed = true;
    }
    const weights = new Set(all.flatMap((one) => one.weights));
    for (const data of this.#held.values()) {
      this.#want(data);
      data.keepCurves(weights);
    }
    this.#followed.set(HELD, {
      runs: [...whole, ...wanted],
      tags: [...all.flatMap(({ tags }) => tags), ...(whole.size > 0 ? STATUS_TAGS : [])],
    });
    this.#subscribe();
    this.#watch();
    if (changed) this.#publish();
  }

  /** The run whose newest maps the hub pushes, and their tags. */
  watchMaps(mapsOf: string, tags: readonly string[]): void {
    this.#maps = { mapsOf, tags: [...tags] };
    this.#watch();
  }

  /** Follows the tags and indexes of all held runs. */
  #watch(): void {
    // A page that changes what it holds and its maps sends one message.
    queueMicrotask(() => {
      const watch = { runs: [...this.#held.keys()].slice(0, LIMITS.watchedRuns), ...this.#maps };
      const text = JSON.stringify(watch);
      if (text === this.#watched) return;
      this.#watched = text;
      this.source.watch(watch);
    });
  }

  /** Fetches the scalars that pages need of a run. */
  #want(data: RunData): void {
    for (const { whole, beside, tags, weightOf } of this.#needs.values()) {
      if (whole !== data.run && !beside.has(data.run)) continue;
      for (const tag of tags) data.wantScalar(tag, (points) => weightOf(tag, points));
      if (whole === data.run) for (const tag of STATUS_TAGS) data.wantScalar(tag, undefined);
    }
  }

  /** Follows the scalars, also those that the runs do not log yet. */
  #subscribe(): void {
    const all = [...this.#followed.values()];
    const runs = all.flatMap((one) => one.runs);
    const tags = all.flatMap((one) => one.tags);
    const subscription = { runs: [...new Set(runs)], tags: [...new Set(tags)], width: LIVE_WIDTH };
    const text = JSON.stringify(subscription);
    if (text === this.#subscribed) return;
    this.#subscribed = text;
    this.source.subscribe(subscription);
  }

  /** Whether the source has been connected before, so that pages show more than a list that came without a connection. */
  get wasConnected(): boolean {
    return this.#wasConnected;
  }

  /** Whether all scalars that pages need so far have come. */
  get hasScalars(): boolean {
    return this.#store.isIdle;
  }

  /** Shows the runs as a table, or as a narrow list again. */
  toggleTable(): void {
    this.railWidth.set({ width: this.isTable.get() ? NARROW_WIDTH : WIDE_WIDTH });
    this.rail.set(true);
  }

  /** Draws the curve of a run, or not, whatever is drawn of the others. */
  setDrawn(run: string, drawn: boolean): void {
    this.shown.set(changed(this.shown.get(), run, drawn));
    this.hidden.set(changed(this.hidden.get(), run, !drawn));
  }

  /** Chooses the curves to draw, and forgets which runs were chosen one by one. */
  drawOthers(others: DrawnOthers): void {
    this.others.set(others);
    this.shown.set(new Set());
    this.hidden.set(new Set());
  }

  /** When the last rows of a run arrived, or the page was opened if none have; in milliseconds since the epoch. */
  lastHeard(run: string): number {
    return this.#heard.get(run) ?? this.#opened;
  }

  #open(run: string, whole: boolean): RunData {
    return new RunData({
      source: this.source,
      store: this.#store,
      run,
      wantsIndex: whole,
      changed: () => {
        const data = this.#held.get(run);
        if (data !== undefined) this.#want(data);
        this.#publish();
      },
    });
  }

  #publish(): void {
    this.data.set(new Map(this.#held));
  }
}

function changed(set: ReadonlySet<string>, run: string, has: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (has) next.add(run);
  else next.delete(run);
  return next;
}
