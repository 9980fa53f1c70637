/** The state of the scalars page: what is shown, the scalars that the shown cards draw, and the pointer that they share. */
import { messageOf } from '@convscope/shared/message-of.js';
import { keepRunChoice, withRunChoice } from '../../runs/run-choice.js';
import type { Runs } from '../../runs/runs.js';
import type { DrawnRun } from '../../runs/use-drawn-runs.js';
import type { Look } from '../../series/track-look.js';
import { type ShownTrack, TrackStore } from '../../sources/track-store.js';
import { createAddressWriter, type HistoryEffect } from '../../ui/address-writer.js';
import { copyText } from '../../ui/copy-text.js';
import { setComplete } from '../../ui/diagnostics.js';
import { createKeptPreferences } from '../../ui/kept-preferences.js';
import { createStore, type Store } from '../../ui/store.js';
import type { CardName } from './cards.js';
import { smoothingLook } from './curve-smoothing.js';
import type { LayoutReader, LayoutRun, ShownLayout } from './layout-reader.js';
import type { PinFocus } from './pin-focus.js';
import { columnsOf } from './plot-columns.js';
import { PREFERENCES, type ScalarsPreferences } from './preferences.js';
import { createScalarListing, type ScalarListing } from './scalar-listing.js';
import {
  hashFromView,
  isScalarsHash,
  queryOfHash,
  SCALARS_VIEW,
  type ScalarsView,
  USUAL_VIEW,
  viewFromHash,
} from './view.js';

/** Who needs the live rows, for `Runs.follow`. */
const PAGE = 'scalars';
/** While somebody scrolls, the hub is told what is shown so often. */
const FOLLOW_MS = 200;

/** The place under the pointer, in data units of the axis of x. */
export interface Hover {
  /** The card under the pointer. */
  readonly card: string;
  readonly x: number;
}

/** A logged value, and what it is of. */
export interface Pointed {
  readonly label: string;
  readonly value: number;
  readonly place: string;
}

/** What a card on the screen draws. */
export interface ShownCard {
  readonly tags: readonly string[];
  readonly look: Look;
}

export class ScalarsState {
  readonly runs: Runs;
  readonly say: (sentence: string) => void;
  readonly view: Store<ScalarsView>;
  readonly preferences: Store<ScalarsPreferences>;
  readonly hash: Store<string>;
  /** What in the address cannot be read, until the first change. */
  readonly problems: Store<readonly string[]>;
  readonly listing: ScalarListing;
  readonly tracks: TrackStore;
  /** Which scalars the runs want drawn together. */
  readonly layout = createStore<ShownLayout | undefined>(undefined);
  /** Why curves cannot be fetched. */
  readonly problem = createStore<string | undefined>(undefined);
  readonly hover = createStore<Hover | undefined>(undefined);
  /** The card whose values are listed at the selected place. */
  readonly listed = createStore<string | undefined>(undefined);
  /** The card that is being dragged. */
  readonly dragged = createStore<CardName | undefined>(undefined);
  /** The card for which another one is chosen, to be joined with. */
  readonly joining = createStore<string | undefined>(undefined);
  /** What gets the focus again when the card that has been pinned or unpinned is made at its other place. */
  readonly pinFocus = createStore<PinFocus | undefined>(undefined);
  /** The value under the pointer, for copying. */
  readonly pointed = createStore<Pointed | undefined>(undefined);
  readonly #writer;
  readonly #shown = new Map<string, ShownCard>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #versions = new Map<string, number>();
  #layoutReader: Promise<LayoutReader> | undefined;
  #drawn: readonly DrawnRun[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #followTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(runs: Runs, say: (sentence: string) => void) {
    this.runs = runs;
    this.say = say;
    this.preferences = createKeptPreferences(PREFERENCES, runs.list);
    const hasLink = isScalarsHash(location.hash) && location.hash.includes('?');
    this.view = createStore(hasLink ? this.#viewOfLink() : this.#usualView());
    this.problems = createStore(hasLink ? SCALARS_VIEW.problems(queryOfHash(location.hash)) : []);
    this.hash = createStore(this.#linkOf(this.view.get()));
    const keepHash = () => this.hash.set(this.#linkOf(this.view.get()));
    this.view.subscribe(keepHash);
    this.preferences.subscribe(keepHash);
    // What was used last is known when the log directory is.
    if (!hasLink) {
      const stop = runs.list.subscribe(() => {
        stop();
        const view = { ...this.view.get(), runs: undefined };
        if (hashFromView(view) === hashFromView(USUAL_VIEW)) this.view.set(this.#usualView());
      });
    }
    this.#writer = createAddressWriter(isScalarsHash, this.hash.get);
    keepRunChoice(runs, this.view, (change) => this.show(change));
    this.listing = createScalarListing(runs.source, runs.list);
    this.tracks = new TrackStore({
      source: runs.source,
      originOf: (run) => this.originOf(run),
      changed: (tags) => this.#tell(tags),
      // Cards say by themselves that they are not made yet.
      waiting: (isWaiting) => this.#setComplete(!isWaiting && this.listing.tags.get() !== undefined),
      failed: this.problem.set,
    });
  }

  /** The last answers may come when another page is shown, which says for itself when it is complete. */
  #setComplete(isComplete: boolean): void {
    if (isScalarsHash(location.hash)) setComplete(isComplete);
  }

  /** The view of a page that is opened without a link. */
  #usualView(): ScalarsView {
    const { smoothing, ignoreOutliers } = this.preferences.get();
    const view = {
      ...USUAL_VIEW,
      smoothing: smoothing ?? USUAL_VIEW.smoothing,
      ignoreOutliers: ignoreOutliers ?? USUAL_VIEW.ignoreOutliers,
    };
    return withRunChoice(view, this.runs);
  }

  #viewOfLink(): ScalarsView {
    return withRunChoice(viewFromHash(location.hash), this.runs);
  }

  show(change: Partial<ScalarsView>, effect: HistoryEffect = 'replace'): void {
    const before = this.view.get();
    const next = { ...before, ...change };
    // Places of another axis mean something else.
    if (next.x !== before.x) Object.assign(next, { at: undefined, range: undefined });
    this.#writer.prepare(effect, this.#linkOf(before));
    this.view.set(next);
    this.problems.set([]);
    this.#writer.changed();
    const { smoothing, ignoreOutliers } = change;
    if (smoothing !== undefined || ignoreOutliers !== undefined)
      this.prefer({
        ...(smoothing === undefined ? {} : { smoothing: smoothing === 'auto' ? undefined : smoothing }),
        ...(ignoreOutliers === undefined ? {} : { ignoreOutliers }),
      });
  }

  prefer(change: Partial<ScalarsPreferences>): void {
    this.preferences.set({ ...this.preferences.get(), ...change });
    if (change.pinned === undefined) return;
    // From now on the choice of this browser counts, which began with that of the link.
    this.view.set({ ...this.view.get(), pinned: undefined, together: undefined });
    this.#writer.changed();
  }

  /** The pinned cards, in order, and the tags that share a card. */
  get arrangement(): Pick<ScalarsPreferences, 'pinned' | 'together'> {
    const { pinned, together } = this.preferences.get();
    const linked = this.view.get();
    return { pinned: linked.pinned ?? pinned, together: linked.together ?? together };
  }

  /** The address of a view, which says the pinned cards too, and the tags that share a card. */
  #linkOf(view: ScalarsView): string {
    const { pinned, together } = this.preferences.get();
    return hashFromView({ ...view, pinned: view.pinned ?? pinned, together: view.together ?? together });
  }

  /** Call when the address has changed. */
  readAddress(): void {
    if (!isScalarsHash(location.hash)) return;
    this.#writer.follow();
    if (location.hash.includes('?')) {
      this.view.set(this.#viewOfLink());
      this.problems.set(SCALARS_VIEW.problems(queryOfHash(location.hash)));
    } else this.#writer.writeNow();
  }

  /** In seconds: where relative time of a run begins. */
  originOf(run: string): number {
    return this.runs.list.get()?.runs.find((one) => one.run === run)?.firstWallTime ?? 0;
  }

  /** Copies the value under the pointer, with every digit. Returns whether there is one. */
  copyPointed(): boolean {
    const pointed = this.pointed.get();
    if (pointed === undefined) return false;
    void copyText(String(pointed.value)).then((isCopied) => {
      if (isCopied) this.say(`Copied ${pointed.value}: ${pointed.label}, ${pointed.place}`);
    });
    return true;
  }

  copyLink(): void {
    void copyText(new URL(this.hash.get(), location.href).href).then((isCopied) => {
      if (isCopied) this.say('Link copied');
    });
  }

  /** The runs whose curves are drawn. */
  setDrawn(runs: readonly DrawnRun[]): void {
    this.#drawn = runs;
    this.#changed();
  }

  /** The runs that have logged a layout. The code that reads one is loaded with the first of them. */
  async followLayouts(of: readonly LayoutRun[]): Promise<void> {
    if (of.length === 0 && this.#layoutReader === undefined) return;
    this.#layoutReader ??= import('./layout-reader.js').then(
      (loaded) => new loaded.LayoutReader(this.runs.source, this.layout.set),
    );
    try {
      await (await this.#layoutReader).follow(of);
    } catch (error) {
      this.#layoutReader = undefined;
      this.layout.set({ categories: [], problems: [`Layouts cannot be read: ${messageOf(error)}`] });
    }
  }

  /** Says that a card will be on the screen as soon as it has been made. @param width in pixels */
  expectCard({ id, tags }: CardName, width: number): void {
    const { x, logX, smoothing, link, range } = this.view.get();
    const part = link === 'range' ? range : undefined;
    const { weight } = smoothingLook(smoothing);
    const look = { x, weight, width: Math.max(1, columnsOf(width)), part, isLog: logX };
    if (!this.#shown.has(id)) this.showCard(id, { tags, look });
  }

  /** Says that a card is on the screen, and how its curves are drawn. */
  showCard(id: string, card: ShownCard): void {
    this.#shown.set(id, card);
    this.#changed();
  }

  hideCard(id: string): void {
    this.#shown.delete(id);
    this.#changed();
  }

  /** `listener` is called when what is drawn of one of the tags has changed. Returns the function that ends it. */
  listen(tags: readonly string[], listener: () => void): () => void {
    for (const tag of tags) this.#listeners.set(tag, (this.#listeners.get(tag) ?? new Set()).add(listener));
    return () => {
      for (const tag of tags) this.#listeners.get(tag)?.delete(listener);
    };
  }

  /** Grows with each change of what is drawn of one of the tags. */
  versionOf(tags: readonly string[]): number {
    return tags.reduce((sum, tag) => sum + (this.#versions.get(tag) ?? 0), 0);
  }

  #tell(tags: ReadonlySet<string>): void {
    for (const tag of tags) this.#versions.set(tag, (this.#versions.get(tag) ?? 0) + 1);
    const called = new Set<() => void>();
    for (const tag of tags) for (const listener of this.#listeners.get(tag) ?? []) called.add(listener);
    for (const listener of called) listener();
  }

  /** Cards come and go many at a time. */
  #changed(): void {
    this.#setComplete(false);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.tracks.show(this.#tracks());
    });
    this.#followTimer ??= setTimeout(() => {
      this.#followTimer = undefined;
      const tags = [...this.#shown.values()].flatMap((card) => card.tags);
      this.runs.follow(PAGE, { runs: tags.length === 0 ? [] : this.#drawn.map(({ run }) => run), tags });
    }, FOLLOW_MS);
  }

  #tracks(): ShownTrack[] {
    const byRun = this.listing.tags.get()?.byRun;
    const shown: ShownTrack[] = [];
    for (const { tags, look } of this.#shown.values())
      for (const tag of tags)
        for (const { run } of this.#drawn) if (byRun?.get(run)?.has(tag)) shown.push({ run, tag, look });
    return shown;
  }
}
