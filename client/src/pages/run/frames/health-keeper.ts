/** Publishes the health of all layers and the value ranges of tags over all captures of the shown run. */
import type { ValueRange } from '@convscope/shared/channels/value-range.js';
import type { LiveHistory } from '@convscope/shared/protocol/live.js';
import type { RunData } from '../../../runs/run-data.js';
import type { Source } from '../../../sources/source.js';
import { createStore } from '../../../ui/store.js';
import { CaptureHistories, type HistoryWish } from './capture-histories.js';
import type { HealthByLayer } from './findings.js';
import { type EarlierHealth, type LayerHealth, layerHealth } from './layer-health.js';
import type { LayerView, TagRef } from './layers.js';
import type { Target } from './target.js';
import { tagsOf, wishedHistories } from './wished-histories.js';

/** Of each tag, over all its captures; without tags whose captures have not all been read. Colours are locked to it. */
export type RunRanges = ReadonlyMap<string, ValueRange>;

/** Captures that come while a history that was complete is read further: those of two seconds with ten a second. */
const NEW_CAPTURES = 20;

/** A list of findings is drawn again at most this often: intervals that hold grow with every capture. */
const OVERVIEW_MS = 500;

export class HealthKeeper {
  /** With every capture, for what shows one step or one channel. */
  readonly health = createStore<HealthByLayer>(new Map());
  /** The same at most every OVERVIEW_MS while the run is live, for what shows all of it. */
  readonly overview = createStore<HealthByLayer>(new Map());
  readonly ranges = createStore<RunRanges>(new Map());
  /** Why the hub has not answered what it was asked about the channels. */
  readonly problem = createStore<string | undefined>(undefined);
  readonly #changed: () => void;
  readonly #histories: CaptureHistories;
  /** What was computed from a history, by layer. */
  readonly #computed = new Map<string, EarlierHealth>();
  #overviewAt = Number.NEGATIVE_INFINITY;
  #overviewDue: ReturnType<typeof setTimeout> | undefined;

  /** `changed` is called when there is more to publish. */
  constructor(options: { readonly source: Source; readonly changed: () => void }) {
    this.#changed = options.changed;
    this.#histories = new CaptureHistories(options);
  }

  forget(): void {
    this.#histories.forget();
    this.#computed.clear();
    this.health.set(new Map());
    clearTimeout(this.#overviewDue);
    this.#overviewDue = undefined;
    this.#overviewAt = Number.NEGATIVE_INFINITY;
    this.overview.set(new Map());
    this.ranges.set(new Map());
    this.problem.set(undefined);
  }

  /** Whether the ranges to which the colours of the shown layer are locked are exact. */
  isSettled(target: Target): boolean {
    const { layer, lockedToRun } = target;
    return layer === undefined || !lockedToRun || tagsOf(layer).every((ref) => this.#isRead(target, ref));
  }

  /** Whether all captures have been read; of a live run, but for those that have just come. */
  #isRead({ data, isLive }: Target, ref: TagRef): boolean {
    const rows = rowsOf(data, ref);
    // A tag that the log does not hold is not asked for.
    return isLive && rows > 0 ? this.#histories.isRead(ref.tag) : this.#histories.of(ref.tag).rows >= rows;
  }

  /** Whether all findings are published; also when the hub does not give them, which the page says. */
  isComplete({ data, layers }: Target): boolean {
    if (this.problem.get() !== undefined) return true;
    const health = this.health.get();
    const isPublished = data.isComplete && this.overview.get() === health;
    return isPublished && layers.every(({ name }) => health.get(name)?.pending === 0);
  }

  want(target: Target): void {
    const { data, isLive } = target;
    const wishes = wishedHistories(target).flatMap(({ ref, findDuplicates }): HistoryWish[] => {
      const rows = rowsOf(data, ref);
      return rows > 0 ? [{ tag: ref.tag, kind: ref.kind, rows, findDuplicates }] : [];
    });
    this.#histories.want(data.run, data.generation, wishes, isLive);
  }

  /** Takes what the hub says of new captures by itself. */
  offer(judged: LiveHistory): void {
    if (this.#histories.offer(judged)) this.#changed();
  }

  publish(target: Target): void {
    const { data, layer, layers } = target;
    this.problem.set(this.#histories.problem);
    const before = this.health.get();
    const health = new Map(
      layers.map((one): [string, LayerHealth] => [one.name, this.#healthOf(data, one, before.get(one.name))]),
    );
    if (health.size !== before.size || [...health].some(([name, one]) => before.get(name) !== one))
      this.health.set(health);
    this.#publishOverview(target.isLive);
    const tags = [...layers.map(({ output }) => output), ...(layer === undefined ? [] : tagsOf(layer))];
    const ranges = new Map(this.ranges.get());
    for (const ref of tags) {
      const { range } = this.#histories.of(ref.tag);
      if (range !== undefined && this.#isRead(target, ref)) ranges.set(ref.tag, range);
    }
    const known = this.ranges.get();
    if ([...ranges].some(([tag, range]) => known.get(tag) !== range)) this.ranges.set(ranges);
  }

  #publishOverview(isLive: boolean): void {
    const wait = isLive ? this.#overviewAt + OVERVIEW_MS - performance.now() : 0;
    if (this.overview.get() === this.health.get()) return;
    if (wait <= 0) {
      this.#overviewAt = performance.now();
      this.overview.set(this.health.get());
      return;
    }
    this.#overviewDue ??= setTimeout(() => {
      this.#overviewDue = undefined;
      this.#changed();
    }, wait);
  }

  #healthOf(data: RunData, layer: LayerView, before: LayerHealth | undefined): LayerHealth {
    const history = this.#histories.of(layer.output.tag);
    const unread = rowsOf(data, layer.output) - history.rows;
    const pending = unread <= (history.wasRead ? NEW_CAPTURES : 0) ? 0 : unread;
    const activation = layer.description?.activation ?? 'unknown';
    const computed = this.#computed.get(layer.name);
    const isSame = computed?.history === history && computed.activation === activation;
    // How many are pending is said anew when some have been read, not with each that comes.
    if (isSame && before !== undefined && before.pending > 0 === pending > 0) return before;
    const health = layerHealth(history, pending, activation, computed);
    this.#computed.set(layer.name, { history, activation, health });
    return health;
  }
}

function rowsOf(data: RunData, { tag, kind }: TagRef): number {
  return data.blob(tag, kind)?.rows ?? 0;
}
