/**
 * The state of the page of comparisons: what its address says, both sides, and what has been loaded of them. One file of
 * more than 300 lines, because the actions change the view and read what is derived from it.
 */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { indexAt } from '@convscope/shared/sorted.js';
import { TimeBudget } from '@convscope/shared/time-budget.js';
import { CaptureLoader } from '../../blobs/capture-loader.js';
import { type CaptureRef, captureKey, readCaptureKey } from '../../blobs/capture-ref.js';
import type { Decoder } from '../../decode/decoder.js';
import type { Limits } from '../../drawing/lut.js';
import type { Scroll } from '../../grids/use-map-scroll.js';
import { chooseRun, HeldRun } from '../../runs/choose-run.js';
import { smoothingOf, USUAL_SMOOTHING } from '../../runs/curves.js';
import type { Needs, Runs } from '../../runs/runs.js';
import { hasKind } from '../../runs/shown-kind.js';
import type { HistoryEffect } from '../../ui/address-writer.js';
import { oncePerFrame } from '../../ui/animation-frame.js';
import { createStore } from '../../ui/store.js';
import type { FrameRole } from '../run/frames/frame.js';
import {
  type Comparison,
  type ComparisonRequest,
  compare,
  orderOf,
  partnerOf,
  pinned,
  withinMaps,
} from './comparison.js';
import { LayerChanges } from './layer-changes.js';
import { Matching } from './matching.js';
import { comparedSide, NO_SIDE, Side, type SideState } from './side.js';
import { tagOf } from './side-curves.js';
import { roleOf, stageFor, stagesOf } from './stage.js';
import {
  type CompareView,
  createCompareAddress,
  DISPLAYS,
  type SideChoice,
  type SideName,
  SORTS,
  type Stage,
} from './view.js';

/** Decoded captures that are kept. */
const CACHE_BYTES = 96 * 1024 * 1024;
/** How many captures at both sides of the shown ones are fetched ahead. */
const AHEAD = 2;

type Sides = Readonly<Record<SideName, SideState>>;

/** The place under the pointer, of every grid at once. */
export interface Hover {
  /** Of A. */
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

export class CompareState {
  readonly runs: Runs;
  readonly address = createCompareAddress();
  readonly a = createStore<SideState>(NO_SIDE);
  readonly b = createStore<SideState>(NO_SIDE);
  /** Undefined until something of both sides has been loaded. */
  readonly comparison = createStore<Comparison | undefined>(undefined);
  readonly hover = createStore<Hover | undefined>(undefined);
  /** The values that light up, of A and B and of their difference, while the pointer is on a legend. */
  readonly highlight = createStore<Limits | undefined>(undefined);
  readonly differenceHighlight = createStore<Limits | undefined>(undefined);
  /** Where all grids are scrolled to. */
  readonly scroll = createStore<Scroll>({ left: 0, top: 0 });
  /** Whether blinking is held at one of the sides. */
  readonly isHeld = createStore(false);
  readonly layers = new LayerChanges(() => this.#schedule());
  /** Whether captures of what is shown were given up that another try may bring. */
  readonly canRetry = createStore(false);
  /** Whether all that the page shows has come. */
  readonly isSettled = createStore(false);
  readonly #sides = { a: new Side(), b: new Side() };
  readonly #loader: CaptureLoader;
  readonly matching: Matching;
  readonly #schedule = oncePerFrame(() => this.#update());
  #isShown = false;
  #isComparing = false;
  /** The run of A. */
  readonly #held = new HeldRun();
  /** What the page has chosen before all logs have been read, and may choose once more. */
  #chosen: Pick<CompareView, SideName> | undefined;
  /** Whether the view is as the address says it, and has not been held against the maps. */
  #isOfAddress = true;
  /** What the comparison was made of. */
  #made: readonly unknown[] = [];

  constructor(runs: Runs, decoder: Decoder) {
    this.runs = runs;
    this.#loader = new CaptureLoader({
      source: runs.source,
      decoder,
      limitBytes: CACHE_BYTES,
      arrived: (key, loaded) => {
        const { run, kind } = readCaptureKey(key);
        const data = runs.data.get().get(run);
        if ('error' in loaded && kind === 'run-start' && data !== undefined) data.startError = loaded.error;
        this.#schedule();
      },
    });
    this.matching = new Matching(() => this.#schedule());
    for (const store of [runs.list, runs.data, runs.connection]) store.subscribe(() => this.#schedule());
    this.address.state.subscribe(() => this.#viewChanged());
  }

  get view(): CompareView {
    return this.address.state.get();
  }

  /** Call when the page is shown. Returns what to call when it is not shown any more: then it needs no data. */
  open(): () => void {
    this.#isShown = true;
    this.#schedule();
    return () => {
      this.#isShown = false;
      // It may be shown again with another view.
      this.isSettled.set(false);
      this.#hold(undefined, undefined);
      this.#loader.want([]);
    };
  }

  // ---------------------------------------------------------------------------------------------- actions

  show(changes: Partial<CompareView>, effect?: HistoryEffect): void {
    this.#isOfAddress = false;
    this.address.show({ ...changes, ...this.#stay(changes) }, effect);
  }

  /** After the first interaction the page stays with what it shows. Returns the sides of `changes`, with what they leave open. */
  #stay(changes: Partial<CompareView>): Partial<CompareView> {
    const { view } = this;
    if (view.a.run !== undefined || this.#held.run === undefined) return {};
    const { a, b } = this.#chosen ?? { ...view, a: { ...view.a, run: this.#held.run } };
    this.#chosen = undefined;
    // Back returns to it.
    this.address.fill({ a, b });
    const whole = (kept: SideChoice, change: SideChoice | undefined) =>
      change === undefined || change.run !== undefined
        ? (change ?? kept)
        : { ...change, run: kept.run, step: change.step ?? kept.step };
    return { a: whole(a, changes.a), b: whole(b, changes.b) };
  }

  /** Call when the address has changed. */
  read(): void {
    this.#isOfAddress = true;
    this.#chosen = undefined;
    this.address.read();
  }

  selectRun(side: SideName, run: string): void {
    // The other side stays with what it shows, also if it was chosen by the page.
    const choice = { run, step: undefined, layer: this.view[side].layer, probe: undefined };
    this.show({ ...this.#asShown(), [side]: choice, ...NO_LIMITS }, 'push');
  }

  selectStep(side: SideName, step: number | undefined): void {
    this.show({ [side]: { ...this.view[side], step } });
  }

  /** Moves a side on by a number of captures. */
  stepBy(side: SideName, by: number): void {
    const { steps, step } = this[side].get();
    if (step === undefined) return;
    const asked = this.view[side].step ?? step;
    const index = Math.max(0, Math.min(steps.length - 1, indexAt(steps, asked) + by));
    this.selectStep(side, steps[index]);
  }

  /** Shows another layer on both sides, or only on B. */
  selectLayer(side: SideName, layer: string, effect: HistoryEffect = 'push'): void {
    const { a, b } = this.view;
    const place = { channel: 0, y: undefined, x: undefined, ...NO_LIMITS };
    if (side === 'b') this.show({ b: { ...b, layer }, ...place }, effect);
    else this.show({ a: { ...a, layer }, b: { ...b, layer: undefined }, ...place }, effect);
  }

  /** Shows the layer after A's, or before it. */
  moveLayer(by: number): void {
    const { view, layer } = this.a.get();
    const layers = view?.views ?? [];
    const asked = layers.find(({ name }) => name === this.view.a.layer) ?? layer;
    const next = asked === undefined ? undefined : layers[layers.indexOf(asked) + by];
    if (next !== undefined) this.selectLayer('a', next.name, 'move');
  }

  selectProbe(side: SideName, probe: number | undefined): void {
    if (side === 'b') this.show({ b: { ...this.view.b, probe } });
    else this.show({ a: { ...this.view.a, probe }, b: { ...this.view.b, probe: undefined } });
  }

  selectChannel(channel: number, effect: HistoryEffect = 'push'): void {
    this.show({ channel }, effect);
  }

  /** Moves on by a number of channels, in the order in which they are shown. */
  moveChannel(by: number): void {
    const comparison = this.comparison.get();
    if (comparison === undefined) return;
    const order = orderOf(comparison, this.view.sort);
    const index = Math.max(0, Math.min(order.length - 1, order.indexOf(this.view.channel) + by));
    const next = order[index];
    if (next !== undefined) this.selectChannel(next, 'move');
  }

  /** Moves the pinned pixel, within the map. */
  movePixel(dy: number, dx: number): void {
    const shape = this.comparison.get()?.a?.shape;
    if (shape === undefined) return;
    const { y, x } = pinned(this.view, shape);
    const clamp = (value: number, size: number) => Math.max(0, Math.min(size - 1, value));
    this.show({ y: clamp(y + dy, shape[1]), x: clamp(x + dx, shape[2]) }, 'move');
  }

  swap(): void {
    const { a, b } = this.#asShown();
    const ofA = this.comparison.get();
    const partner = ofA === undefined ? undefined : partnerOf(ofA, this.view.channel);
    this.show({ a: b, b: a, channel: partner ?? this.view.channel, ...NO_LIMITS }, 'push');
  }

  showNextDisplay(): void {
    this.show({ display: after(DISPLAYS, this.view.display) });
  }

  showNextSort(): void {
    this.show({ sort: after(SORTS, this.view.sort) });
  }

  showNextStage(): void {
    const layers = this.#layers();
    const stages = stagesOf(layers);
    if (layers.length > 0)
      this.show({ stage: after(stages, stageFor(this.view.stage, layers)), ...NO_LIMITS });
  }

  /** Fetches again what was given up. */
  retry(): void {
    this.#loader.retry();
    this.#schedule();
  }

  #layers() {
    return [this.#sides.a.state.layer, this.#sides.b.state.layer].filter((layer) => layer !== undefined);
  }

  /** Both sides as they are shown, with what the page has chosen by itself. */
  #asShown(): Pick<CompareView, 'a' | 'b'> {
    const shown = (side: SideName) => {
      const { run, layer, step } = this[side].get();
      const choice = this.view[side];
      return {
        run: choice.run ?? run,
        step: choice.step ?? step,
        layer: choice.layer ?? layer?.name,
        probe: choice.probe,
      };
    };
    return { a: shown('a'), b: shown('b') };
  }

  // ----------------------------------------------------------------------------------------------- update

  /** What is there is that of another view, until it is known what this one lacks. */
  #viewChanged(): void {
    this.isSettled.set(false);
    this.#schedule();
  }

  #update(): void {
    const list = this.runs.list.get();
    if (!this.#isShown || list === undefined) return;
    const { view } = this;
    const a = firstSide(list.runs, view.a.run, this.#held.among(list.runs));
    if (a.run !== undefined) this.#held.hold(a.run.run, list.runs);
    if (a.run?.run !== this.#chosen?.a.run) this.#chosen = undefined;
    const choices = this.#chosen ?? view;
    const b = chooseRun(list.runs, view.b.run ?? a.run?.run ?? a.missing, undefined);
    this.#hold(a.run?.run, b.run?.run);
    const stage = this.#stage();
    const wanted: CaptureRef[] = [];
    const ahead: CaptureRef[] = [];
    for (const [name, { run, missing }] of [
      ['a', a],
      ['b', b],
    ] as const) {
      const side = this.#sides[name];
      const data = run && this.runs.data.get().get(run.run);
      if (run === undefined || data === undefined) side.without(missing ?? run?.run, missing !== undefined);
      else {
        const layer = name === 'b' ? (view.a.layer ?? this.#sides.a.state.layer?.name) : undefined;
        const found = side.update(
          {
            summary: run,
            data,
            choice: { ...view[name], run: choices[name].run, step: choices[name].step },
            layer,
            stage,
            roles: this.#roles(),
            isAlone: a.run?.run === b.run?.run,
            ahead: AHEAD,
          },
          (ref) => this.#loader.get(ref),
        );
        wanted.push(...found.wanted);
        ahead.push(...found.ahead);
      }
    }
    const sides: Sides = { a: this.#sides.a.state, b: this.#sides.b.state };
    if (!this.#isComparing) {
      const isPinned = this.#pin(sides);
      const next = isPinned ? undefined : this.#nextComparison(sides);
      // The sides change with the comparison of them, so that nothing says the step of one and shows the maps of another.
      if (next === undefined || this.comparison.get() === undefined) this.#showSides(sides);
      if (isPinned) return;
      if (next !== undefined) void this.#compare(next, sides);
    }
    const overview = this.layers.update(this.a.get(), this.b.get(), (ref) => this.#loader.get(ref));
    this.#loader.want([...wanted, ...overview, ...ahead]);
    this.canRetry.set(wanted.some((ref) => this.#loader.isGivenUp(captureKey(ref))));
    const isThere = wanted.every((ref) => this.#loader.get(ref) !== undefined);
    const isSettled = [sides.a, sides.b].every(
      ({ isMissing, isComplete, frame, step }) =>
        isMissing || (isComplete && (step === undefined || frame?.settled === true)),
    );
    const isMatching = this.matching.matched.get()?.status === 'busy';
    // A layer that has become known may have the asked stage, of which nothing was wanted yet.
    const isOfStage = this.#stage() === stage;
    if (!isOfStage) this.#schedule();
    const isDone = isOfStage && !isMatching && !this.#isComparing;
    this.isSettled.set(isSettled && isThere && isDone && !this.layers.isBusy.get());
  }

  /** What of the layers is loaded. Channels are matched by their maps, whatever is shown. */
  #roles(): readonly FrameRole[] {
    const stage = this.#stage();
    if (stage === 'input') return ['input', 'output'];
    const role = roleOf(stage, undefined);
    return role === 'output' || !this.view.matched ? [role] : [role, 'output'];
  }

  /**
   * Chooses steps, so that new captures move nothing: the first and the newest of one run, the newest of two. Writes them into
   * the address, unless the run may be chosen once more. Returns whether it has changed anything.
   */
  #pin({ a, b }: Sides): boolean {
    const { view } = this;
    if (view.a.step !== undefined && view.b.step !== undefined) return false;
    if (!a.isComplete || !b.isComplete || a.step === undefined || b.step === undefined) return false;
    const isLasting = view.a.run !== undefined || this.#held.isFinal;
    if (this.#chosen !== undefined && !isLasting) return false;
    const first = a.run === b.run ? a.steps[0] : a.steps.at(-1);
    const chosen = this.#chosen ?? {
      a: { ...view.a, run: view.a.run ?? a.run, step: view.a.step ?? first },
      b: { ...view.b, run: view.b.run ?? b.run, step: view.b.step ?? b.steps.at(-1) },
    };
    this.#chosen = isLasting ? undefined : chosen;
    if (isLasting) this.address.fill(chosen);
    else this.#schedule();
    return true;
  }

  /** Says which channel and pixel of the address there are not, and shows others. */
  #correct({ a }: Comparison): void {
    const layer = this.a.get().layer;
    if (a === undefined || layer === undefined || !this.#isOfAddress) return;
    this.#isOfAddress = false;
    const { right, problems } = withinMaps(this.view, a.shape, layer.name);
    if (problems.length > 0) this.address.fill(right, problems);
  }

  #stage(): Stage {
    return stageFor(this.view.stage, this.#layers());
  }

  #showSides({ a, b }: Sides): void {
    this.a.set(a);
    this.b.set(b);
  }

  /** Compares in pieces, and shows the result. What is asked for meanwhile is compared after that. */
  async #compare(request: ComparisonRequest, sides: Sides): Promise<void> {
    this.#isComparing = true;
    try {
      const comparison = await new TimeBudget().do(compare(request));
      this.#showSides(sides);
      this.comparison.set(comparison);
      this.#correct(comparison);
    } finally {
      this.#isComparing = false;
      this.#schedule();
    }
  }

  /** What is to be compared; undefined while it is not there, and where it has been compared. */
  #nextComparison(sides: Sides): ComparisonRequest | undefined {
    const { view } = this;
    const stage = this.#stage();
    const [a, b] = [comparedSide(sides.a, stage), comparedSide(sides.b, stage)];
    const isComing = this.#isComing('a', sides.a, stage) && this.#isComing('b', sides.b, stage);
    if (view.matched) {
      const of = stage === 'input' ? 'input' : 'relu';
      this.matching.update(sides.a, sides.b, of, { a: view.a.probe, b: view.b.probe });
    } else this.matching.off();
    const matched = this.matching.matched.get();
    if (a === undefined || b === undefined) {
      if (isComing) return undefined;
      this.#made = [];
      this.comparison.set(undefined);
      return undefined;
    }
    if (isComing && matched?.status === 'busy') return undefined;
    const match = matched?.status === 'done' ? matched.match : undefined;
    const made: unknown[] = [a.maps, b.maps, a.layer, b.layer, a.run, b.run, a.start, b.start];
    made.push(a.probes, b.probes);
    made.push(stage, view.a.probe, view.b.probe, view.ofOne, match);
    if (made.every((one, at) => one === this.#made[at]) && this.#made.length > 0) return undefined;
    this.#made = made;
    const { ofOne } = view;
    const [probeA, probeB] = [view.a.probe, view.b.probe];
    return { a, b, stage, probeA, probeB, ofOne, match };
  }

  /** Whether the shown comparison is of the same layer of a side, and what takes its place is here or being loaded. */
  #isComing(side: SideName, state: SideState, stage: CompareView['stage']): boolean {
    const [, , layerA, layerB, runA, runB] = this.#made;
    const [layer, run] = side === 'a' ? [layerA, runA] : [layerB, runB];
    if (state.layer !== layer || state.run !== run || state.frame === undefined) return false;
    const isLoading = !state.frame.settled || state.probes === undefined;
    return isLoading || comparedSide(state, stage) !== undefined;
  }

  #hold(a: string | undefined, b: string | undefined): void {
    const needs = (whole: string | undefined): Needs => {
      const tag = tagOf(whole === undefined ? undefined : this.runs.data.get().get(whole));
      return {
        whole,
        beside: new Set(),
        tags: tag === undefined ? [] : [tag],
        weightOf: (one, points) => smoothingOf(one, points, undefined),
        weights: [0, USUAL_SMOOTHING],
      };
    };
    this.runs.hold('compare a', needs(a));
    this.runs.hold('compare b', needs(b));
  }
}

const NO_LIMITS = { limits: undefined, differenceLimits: undefined } as const;

function after<T>(values: readonly T[], value: T): T {
  return values[(values.indexOf(value) + 1) % values.length]!;
}

const hasTensors = hasKind('tensor');
const hasChannels = hasKind('channels');

/**
 * The run of A: without one in the address, one that has maps, if there is any; else the one that is shown, or one that may have
 * some.
 */
function firstSide(runs: readonly RunSummary[], asked: string | undefined, shown: string | undefined) {
  if (asked !== undefined) return chooseRun(runs, asked, shown);
  const mayHave = runs.filter((run) => hasChannels(run) || hasTensors(run));
  const having = mayHave.filter(({ kinds, readToEnd }) => readToEnd || kinds?.some(isOfMaps) === true);
  const others = runs.filter((run) => run.run === shown || mayHave.includes(run));
  const among = [having, others, runs].find(({ length }) => length > 0) ?? runs;
  return chooseRun(among, undefined, among.some(({ run }) => run === shown) ? shown : undefined);
}

const isOfMaps = (kind: string): boolean => kind === 'channels' || kind === 'tensor';
