/** Publishes the health of all layers and the value ranges of tags over all captures of the shown run. */
import type { Activation } from '@convscope/shared/channels/health.js';
import type { ValueRange } from '@convscope/shared/channels/value-range.js';
import type { RunData } from '../../../runs/run-data.js';
import type { Source } from '../../../sources/source.js';
import { createStore } from '../../../ui/store.js';
import { CaptureHistories, type HistoryWish, type TagHistory } from './capture-histories.js';
import type { HealthByLayer } from './findings.js';
import { type LayerHealth, layerHealth } from './layer-health.js';
import type { LayerView } from './layers.js';
import type { TagRef } from './tag-ref.js';
import type { Target } from './target.js';

/** Of each tag, over all its captures; without tags whose captures have not all been read. Colours are locked to it. */
export type RunRanges = ReadonlyMap<string, ValueRange>;

/** Captures that come while a history that was complete is read further: those of two seconds with ten a second. */
const NEW_CAPTURES = 20;

export class HealthKeeper {
  readonly health = createStore<HealthByLayer>(new Map());
  readonly ranges = createStore<RunRanges>(new Map());
  /** Why the hub has not answered what it was asked about the channels. */
  readonly problem = createStore<string | undefined>(undefined);
  readonly #histories: CaptureHistories;
  /** What was computed from a history, by layer. What is known of a layer may change: a user can say what it does. */
  readonly #computed = new Map<
    string,
    {
      readonly history: TagHistory;
      readonly activation: Activation;
      readonly hasAverages: boolean;
      readonly health: LayerHealth;
    }
  >();

  /** `changed` is called when there is more to publish. */
  constructor(options: { readonly source: Source; readonly changed: () => void }) {
    this.#histories = new CaptureHistories(options);
  }

  forget(): void {
    this.#histories.forget();
    this.#computed.clear();
    this.health.set(new Map());
    this.ranges.set(new Map());
    this.problem.set(undefined);
  }

  /** Whether the ranges to which the colours of the shown layer are locked are exact. */
  isSettled(target: Target): boolean {
    const { layer, lockedToRun } = target;
    return layer === undefined || !lockedToRun || tagsOf(layer).every((ref) => this.#isRead(target, ref));
  }

  /** Whether the captures of all layers have been judged and published, or the hub has failed to. */
  isComplete(target: Target): boolean {
    if (this.problem.get() !== undefined) return true;
    return target.layers.every(
      ({ name, output }) =>
        this.#isRead(target, output) &&
        (rowsOf(target.data, output) === 0 || this.health.get().get(name)?.pending === 0),
    );
  }

  /** Whether all captures have been read; of a live run, but for those that have just come. */
  #isRead({ data, isLive }: Target, ref: TagRef): boolean {
    const rows = rowsOf(data, ref);
    // A tag that the log does not hold is not asked for.
    return isLive && rows > 0 ? this.#histories.isRead(ref.tag) : this.#histories.of(ref.tag).rows >= rows;
  }

  /** Nothing more is read while the playhead moves. */
  hold(isHeld: boolean): void {
    this.#histories.hold(isHeld);
  }

  want({ data, layer, layers, lockedToRun, isLive }: Target): void {
    const wishes = new Map<string, HistoryWish>();
    const wish = (ref: TagRef, findDuplicates: boolean): void => {
      const column = data.blob(ref.tag, ref.kind);
      if (column === undefined || column.rows === 0) return;
      const replacesFrom = (row: number) => column.row(row)?.replacesFrom;
      const { tag, kind } = ref;
      wishes.set(tag, { tag, kind, rows: column.rows, replacesFrom, findDuplicates });
    };
    if (layer !== undefined) {
      wish(layer.output, true);
      if (lockedToRun) for (const ref of tagsOf(layer)) if (!wishes.has(ref.tag)) wish(ref, false);
    }
    // An input of the shown layer that is another one's output is judged as well.
    for (const { output } of layers) wish(output, true);
    this.#histories.want(data.run, data.generation, [...wishes.values()], isLive);
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
    const tags = [...layers.map(({ output }) => output), ...(layer === undefined ? [] : tagsOf(layer))];
    const ranges = new Map(this.ranges.get());
    for (const ref of tags) {
      const { range } = this.#histories.of(ref.tag);
      if (range !== undefined && this.#isRead(target, ref)) ranges.set(ref.tag, range);
    }
    const known = this.ranges.get();
    if ([...ranges].some(([tag, range]) => known.get(tag) !== range)) this.ranges.set(ranges);
  }

  #healthOf(data: RunData, layer: LayerView, before: LayerHealth | undefined): LayerHealth {
    const history = this.#histories.of(layer.output.tag);
    const unread = rowsOf(data, layer.output) - history.rows;
    const pending = unread <= (history.wasRead ? NEW_CAPTURES : 0) ? 0 : unread;
    const activation = layer.description?.activation ?? 'unknown';
    const hasAverages = layer.hasRunningAverages === true;
    const computed = this.#computed.get(layer.name);
    const isSame =
      computed?.history === history &&
      computed.activation === activation &&
      computed.hasAverages === hasAverages;
    // How many are pending is said anew when some have been read, not with each that comes.
    if (isSame && before !== undefined && before.pending > 0 === pending > 0) return before;
    const health = isSame
      ? { ...computed.health, pending }
      : layerHealth(history, pending, activation, hasAverages);
    this.#computed.set(layer.name, { history, activation, hasAverages, health });
    return health;
  }
}

/** The tags whose values the panes of a layer show. */
function tagsOf(layer: LayerView): TagRef[] {
  return [layer.output, layer.input, layer.weight].filter((ref): ref is TagRef => ref !== undefined);
}

function rowsOf(data: RunData, { tag, kind }: TagRef): number {
  return data.blob(tag, kind)?.rows ?? 0;
}
