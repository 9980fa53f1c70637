/**
 * The state of the run page: the view, and everything derived from it and from the data of the runs. One file of
 * more than 300 lines, because the actions change the view and read what is derived from it.
 */

import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { NET_INPUT } from '@convscope/shared/run-description.js';
import { indexAt } from '@convscope/shared/sorted.js';
import type { Decoder } from '../../../decode/decoder.js';
import { chooseRun, HeldRun } from '../../../runs/choose-run.js';
import { hasRecords } from '../../../runs/has-records.js';
import type { RunData } from '../../../runs/run-data.js';
import type { Runs } from '../../../runs/runs.js';
import type { Part } from '../../../series/pixel-columns.js';
import type { HistoryEffect } from '../../../ui/address-writer.js';
import { oncePerFrame } from '../../../ui/animation-frame.js';
import { setComplete, setSettled } from '../../../ui/diagnostics.js';
import { createPanel, type Panel } from '../../../ui/panel.js';
import { createStore, type Store } from '../../../ui/store.js';
import { type Frame, nearest } from '../frames/frame.js';
import { FrameKeeper } from '../frames/frame-keeper.js';
import { healthAt } from '../frames/layer-health.js';
import { picturesOf } from '../frames/stacks.js';
import { tagReader } from '../frames/tag-names.js';
import type { Target } from '../frames/target.js';
import { watchedTags } from '../frames/watched-tags.js';
import { wishedStep } from './absent.js';
import { type Address, createAddress } from './address.js';
import { AddressProblems } from './address-problems.js';
import { type CurveChoice, createCurveChoice } from './curve-choice.js';
import type { Source } from './lineage.js';
import { type DrawnCurves, holdRuns } from './needed-runs.js';
import { INSPECTOR_OVERLAID } from './panels.js';
import { isOtherLayer, leadsElsewhere } from './places.js';
import { createPlayback } from './playback.js';
import { describeRun, type RunView } from './run-view.js';
import { channelOrder, outputAt, type Selection, select, sortKeys, stageAfter } from './selection.js';
import { keepInView } from './view-mirrors.js';
import { type Axis, type Flag, hashFromView, isRunHash, type ViewState, viewFromHash } from './view-state.js';

export interface Hover {
  /** The grid under the pointer. */
  readonly grid: 'input' | 'output';
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

export interface MissingRun {
  readonly run: string;
  /** Whether this page has shown it: then it was deleted since. */
  readonly wasShown: boolean;
}

export interface DrawnAxis extends Part {
  readonly run: string;
  readonly tag: string | undefined;
  readonly of: Axis;
}

/** What was chosen for the kernels of one layer says nothing of those of another one. */
const OF_ONE_LAYER: Partial<ViewState> = {
  kernelZoom: undefined,
  contribution: undefined,
  operand: 0,
  trail: [],
};

/** What is chosen anew with another layer. */
const AT_LAYER = { y: undefined, x: undefined, channel: 0, limits: {}, flag: undefined } as const;

/** A pixel of the shown layer's input. */
export interface InputPixel {
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

export class RunPageState {
  readonly runs: Runs;
  readonly view: Store<ViewState>;
  readonly run = createStore<RunView | undefined>(undefined);
  /** The run that should be shown, but is not in the list: it was never there, or was deleted. */
  readonly missing = createStore<MissingRun | undefined>(undefined);
  readonly hover = createStore<Hover | undefined>(undefined);
  /** The pixel whose cell in a patch is under the pointer. */
  readonly patchPixel = createStore<InputPixel | undefined>(undefined);
  readonly playback = createPlayback();
  /** `runs.data`, for the timeline: updated when the newest map has been drawn, so that curves do not delay it. */
  readonly curveData = createStore<ReadonlyMap<string, RunData>>(new Map());
  /** The runs that are drawn beside the chosen one, and whether they have anything to draw. */
  readonly drawn = createStore<DrawnCurves>(new Map());
  /** The step that the pointer rests on in the timeline: shown, but not chosen. */
  readonly preview = createStore<number | undefined>(undefined);
  /** The axis of steps that the timeline has drawn, once all that is drawn along it is here. */
  readonly axis = createStore<DrawnAxis | undefined>(undefined);
  /** The step to show: previewed, chosen, or the newest of the run. Maps and readings may be of an earlier one. */
  readonly step = createStore<number | undefined>(undefined);
  /** `step`, for what follows the frame of the rest of the page: see `FrameKeeper.rest`. */
  readonly restStep = createStore<number | undefined>(undefined);
  /** Whether the code that draws the maps has been loaded. */
  readonly hasPanes = createStore(false);
  /** The frame that all parts of the page show. */
  readonly laidOut = createStore<Frame | undefined>(undefined);
  readonly rail: Panel;
  readonly inspector = createPanel(INSPECTOR_OVERLAID);
  readonly frames: FrameKeeper;
  readonly address: Address;
  readonly problems = new AddressProblems();
  readonly curve: CurveChoice;
  readonly #schedule: () => void;
  #dirty = true;
  /** The run that was shown last. */
  readonly #shown = new HeldRun();
  /** By how many points the playhead is to move, once those around it have come. */
  #owed = 0;

  constructor(runs: Runs, decoder: Decoder) {
    this.runs = runs;
    this.view = createStore(viewFromHash(location.hash));
    this.address = createAddress(this.view);
    this.problems.read(location.hash);
    this.curve = createCurveChoice(this.view, (change) => this.show(change));
    this.rail = runs.rail;
    const { rail, inspector, playback } = this;
    keepInView(this.view, (change) => this.show(change), { runs, playback, rail, inspector });
    this.#schedule = oncePerFrame(() => this.#update());
    const { source } = runs;
    this.frames = new FrameKeeper({
      source,
      decoder,
      changed: () => this.#schedule(),
      arrivedFirst: () => this.#update(),
    });
    const changed = () => this.#touch();
    this.view.subscribe(changed);
    this.preview.subscribe(changed);
    this.axis.subscribe(changed);
    this.hasPanes.subscribe(changed);
    this.laidOut.subscribe(changed);
    this.playback.subscribe(changed);
    for (const choice of [runs.filter, runs.others, runs.shown, runs.hidden]) choice.subscribe(changed);
    runs.table.listed.subscribe(changed);
    runs.connection.subscribe(changed);
    runs.list.subscribe(changed);
    runs.data.subscribe(changed);
    runs.read.subscribe(changed);
    source.listen({ blob: (blob) => this.frames.offer(blob) });
    this.#touch();
  }

  // ---------------------------------------------------------------------------------------------- actions

  /**
   * Changes the view, and the address with it. Another run, layer, channel or pixel is another place, to which Back leads;
   * `effect` says so of changes whose effect does not follow from that.
   */
  show(change: Partial<ViewState>, effect?: HistoryEffect): void {
    const view = this.view.get();
    // After the first interaction the page stays with the run that it shows.
    const before = { ...view, run: view.run ?? this.#shown.run };
    const layer = this.run.get()?.layer?.name;
    const isElsewhere = leadsElsewhere(change, before, layer, () => this.#selection());
    this.address.prepare(effect ?? (isElsewhere ? 'push' : 'replace'), before);
    const whole = isOtherLayer(change, before, layer) ? { ...OF_ONE_LAYER, ...change } : change;
    const changed = this.problems.changed(before, whole, this.#shown.run);
    const next = 'step' in change ? { ...changed, noStep: undefined } : changed;
    if ('step' in change) this.#owed = 0;
    // The screen does not show this view yet.
    setSettled(false);
    this.#noteComplete(false);
    this.view.set(next);
    this.address.changed();
  }

  /**
   * A link to exactly what is shown, including the run, layer and step that the page has chosen by itself. While the page
   * follows the run, the playhead is beyond the capture that is shown: the link names the capture.
   */
  link(): string {
    const view = this.view.get();
    const run = this.run.get();
    const shown = this.frames.frame.get()?.step ?? this.step.get();
    const hash = hashFromView({
      ...view,
      run: view.run ?? this.#shown.run,
      step: view.step ?? (view.noStep === undefined ? shown : undefined),
      layer: run?.layer?.name ?? view.layer,
      curve: this.curve.toLink(run?.data),
    });
    return location.href.replace(/(#.*)?$/, '') + hash;
  }

  selectRun(run: string): void {
    this.playback.pause();
    this.show({ run, step: undefined, span: undefined, limits: {} });
  }

  /** `isHeld`: chosen by a key that is held down, so that only the first of the layers is one to go back to. */
  selectLayer(layer: string, isHeld = false): void {
    this.show({ ...AT_LAYER, layer }, isHeld ? 'replace' : undefined);
  }

  /** Shows the capture nearest to a step, or the step itself if the run has no captures. */
  scrubTo(step: number): void {
    const run = this.run.get();
    if (run !== undefined) this.holdAt(nearest(run.steps, step) ?? Math.min(run.lastStep, Math.round(step)));
  }

  /** Shows exactly this step, with the maps that were newest then. */
  holdAt(step: number): void {
    this.playback.pause();
    this.show({ step });
  }

  /** Moves on by a number of captures, or of points in the timeline if the run has no captures. */
  stepBy(by: number): void {
    this.playback.pause();
    const run = this.run.get();
    const now = this.step.get();
    if (run === undefined || now === undefined) return;
    if (run.steps.length === 0) {
      this.#owed += by;
      this.#walk(run.data, now);
      return;
    }
    const index = Math.max(0, Math.min(run.steps.length - 1, indexAt(run.steps, now) + by));
    this.show({ step: run.steps[index]! });
  }

  /** Moves on by the points that are owed, as soon as the points around the playhead are known. */
  #walk(data: RunData, now: number): void {
    const curve = this.curve.curveOf(data);
    const found = curve === undefined ? now : curve.stepFrom(now, this.#owed);
    if (found !== undefined) this.scrubTo(found);
  }

  goLive(): void {
    this.playback.pause();
    this.show({ step: undefined });
  }

  togglePlay(): void {
    if (this.playback.get().playing) {
      this.playback.pause();
      return;
    }
    const run = this.run.get();
    if (run === undefined || run.steps.length < 2) return;
    const now = this.step.get() ?? 0;
    const from = now >= run.steps.at(-1)! ? run.steps[0]! : (nearest(run.steps, now) ?? now);
    this.show({ step: from });
    this.playback.start();
  }

  selectChannel(channel: number, effect?: HistoryEffect): void {
    const count = this.#selection()?.shape?.[0] ?? channel + 1;
    this.show({ channel: Math.max(0, Math.min(count - 1, channel)) }, effect);
  }

  /** Moves on by a number of channels, in the order in which they are shown. */
  moveChannel(by: number): void {
    const selection = this.#selection();
    if (selection?.shape === undefined) return;
    const keys = sortKeys(selection.frame?.output?.decoded, this.view.get().sort);
    const order = channelOrder(selection.shape[0], keys);
    const place = Math.max(0, Math.min(order.length - 1, order.indexOf(selection.channel) + by));
    this.show({ channel: order[place]! }, 'move');
  }

  /** Moves the pinned pixel, within the map. */
  movePixel(dy: number, dx: number): void {
    const selection = this.#selection();
    if (selection?.shape === undefined) return;
    const [, height, width] = selection.shape;
    const clamp = (value: number, size: number) => Math.max(0, Math.min(size - 1, value));
    this.show({ y: clamp(selection.y + dy, height), x: clamp(selection.x + dx, width) }, 'move');
  }

  /** Pins the pixel under the pointer. */
  pinHovered(hover: Hover): void {
    const selection = this.#selection();
    if (selection === undefined) return;
    if (hover.grid === 'output') this.show({ channel: hover.channel, y: hover.y, x: hover.x });
    else this.show(outputAt(selection, hover.y, hover.x));
  }

  /** Goes to a channel that the shown one depends on; the way back is kept. */
  follow({ layer, channel, y, x }: Source): void {
    const selection = this.#selection();
    if (selection === undefined || layer === NET_INPUT || layer === '') return;
    const view = this.view.get();
    const here = { layer: selection.layer.name, channel: selection.channel };
    const isPinned = view.y !== undefined;
    this.show({
      ...AT_LAYER,
      layer,
      channel,
      ...(isPinned ? { y, x } : {}),
      trail: [...view.trail, here],
    });
  }

  /** Goes to the channel that adds most to the shown one. False if that is not known, or is the picture. */
  async followStrongest(): Promise<boolean> {
    // Loaded with the panes, and not needed before.
    const { lineageOf, strongestOf } = await import('./lineage.js');
    const selection = this.#selection();
    const source = strongestOf(selection && lineageOf(selection));
    if (source === undefined) return false;
    this.follow(source);
    return true;
  }

  /** Goes back along the trail to its entry `index`. */
  goBackTo(index: number): void {
    const { trail } = this.view.get();
    const place = trail[index];
    if (place !== undefined) this.show({ ...AT_LAYER, ...place, trail: trail.slice(0, index) });
  }

  showNextStage(): void {
    const selection = this.#selection();
    if (selection !== undefined) this.show({ stage: stageAfter(selection), limits: {} });
  }

  /** How many pictures the run shows; undefined while it is not known. */
  get probes(): number | undefined {
    const record = this.frames.frame.get()?.output?.decoded;
    const named = this.frames.probes.get();
    return (
      named?.length ??
      this.run.get()?.start?.probes.length ??
      (record === undefined ? undefined : picturesOf(record))
    );
  }

  /** Whether any channel of the shown layer has the condition. */
  hasFlag(flag: Flag): boolean {
    return this.#selection()?.health.some(({ conditions }) => conditions.includes(flag)) === true;
  }

  #selection(): Selection | undefined {
    const layer = this.run.get()?.layer;
    const frame = this.frames.frame.get();
    if (layer === undefined) return undefined;
    const step = frame?.layer === layer ? frame?.output?.step : undefined;
    const health = this.frames.history.health.get().get(layer.name);
    return select(layer, frame, this.view.get(), healthAt(health, step));
  }

  // ----------------------------------------------------------------------------------------------- update

  #touch(): void {
    this.#dirty = true;
    this.#schedule();
  }

  #update(): void {
    let view = this.view.get();
    const list = this.runs.list.get();
    const runs = list?.runs ?? [];
    const { run: chosen, missing } = chooseRun(runs, view.run, this.#shown.among(runs));
    this.#miss(list === undefined ? undefined : missing);
    if (this.#dirty) {
      this.#dirty = false;
      const tag = this.curve.tagOf(this.runs.data.get().get(chosen?.run ?? ''));
      this.drawn.set(holdRuns(this.runs, chosen?.run, tag, view, this.drawn.get()));
    }
    const data = chosen === undefined ? undefined : this.runs.data.get().get(chosen.run);
    if (chosen === undefined || data === undefined) {
      this.run.set(undefined);
      this.step.set(undefined);
      this.restStep.set(undefined);
      this.frames.clear();
      setSettled(this.missing.get() !== undefined);
      this.#noteComplete(this.missing.get() !== undefined || list?.runs.length === 0);
      return;
    }
    this.#shown.hold(chosen.run, runs);
    const known = this.#describe(data, view, chosen);
    const check = () =>
      this.problems.checked(view, known, this.frames.frame.get(), runs, this.#axisOf(known, view));
    view = check();
    this.view.set(view);
    const previewed = this.preview.get();
    const following = view.step === undefined && previewed === undefined;
    const wished = previewed ?? wishedStep(view, known);
    const target: Target = {
      data,
      layers: known.layers,
      visible: known.visible,
      layer: known.layer,
      steps: known.steps,
      wished,
      following,
      isLive: chosen.state === 'live',
      playback: this.playback.get(),
      // Limits locked to the layer depend on all pictures, so that one alone cannot be drawn.
      probe: view.lock === 'layer' ? undefined : view.probe,
      isGradientShown: view.stage === 'gradient',
      lockedToRun: view.lock === 'run',
    };
    const aimed = this.frames.update(target);
    // A capture that has just come may lack the probe.
    if (check() !== view) this.#schedule();
    // While following, the playhead is at the newest step, which may be newer than the newest map.
    const isEmpty = !hasRecords(chosen) && known.lastStep === -1;
    const step = wished ?? (isEmpty ? undefined : known.lastStep);
    // If the run's description has just been read, there are layers now, and their captures are needed.
    const described = this.#describe(data, view, chosen);
    if (described.strip !== known.strip) this.#schedule();
    this.runs.watchMaps(target.data.run, watchedTags(target));
    if (following && described.strip === this.run.get()?.strip && this.frames.isDrawing) {
      // Draw the newest map first. Curves and readings take longer, and are drawn in a later frame.
      setSettled(false);
      return;
    }
    this.step.set(step);
    if (this.frames.mayFollow) this.restStep.set(step);
    this.run.set(described);
    this.curveData.set(this.runs.data.get());
    if (this.#owed !== 0 && step !== undefined) this.#walk(data, step);
    const frame = this.frames.frame.get();
    const isSettled =
      frame?.settled === true && frame.step === aimed && this.frames.history.isSettled(target);
    const isShown = isSettled && this.hasPanes.get() && this.laidOut.get() === frame;
    setSettled(isShown);
    const isDrawn =
      described.layer === undefined ? described.isComplete : isShown && this.frames.hasThumbnails;
    // A tensor whose shape is not known may be the layer that the address names.
    const isJudged = this.frames.history.isComplete(target);
    this.#noteComplete(isDrawn && isJudged && described.unread === 0 && this.#hasCurve(described, view));
    this.#play(target, step === undefined ? -1 : indexAt(known.steps, step));
  }

  /** Another page that is shown says for itself when it is complete. */
  #noteComplete(isComplete: boolean): void {
    if (isRunHash(location.hash)) setComplete(isComplete);
  }

  /** Whether the curve is drawn, if the run has it and the hub gives it. */
  #hasCurve(run: RunView, view: ViewState): boolean {
    const tag = this.curve.tagOf(run.data);
    const isThere = tag !== undefined && run.scalarTags.includes(tag) && run.data.hasAllOf(tag);
    return this.runs.hasScalars && this.#knowsBeside() && (!isThere || this.#axisOf(run, view) !== undefined);
  }

  /** Whether it is known of all runs that are drawn beside the chosen one what they log. */
  #knowsBeside(): boolean {
    const held = this.runs.data.get();
    return [...this.drawn.get().keys()].every((run) => {
      const data = held.get(run);
      return data !== undefined && (data.generation >= 0 || data.error !== undefined);
    });
  }

  /** The axis in the timeline, if it is that of this view. */
  #axisOf({ run, data }: RunView, view: ViewState): Part | undefined {
    const axis = this.axis.get();
    const isShown = axis?.run === run && axis.of === view.axis && axis.tag === this.curve.tagOf(data);
    return isShown ? axis : undefined;
  }

  #miss(run: string | undefined): void {
    if (run === this.missing.get()?.run) return;
    this.missing.set(run === undefined ? undefined : { run, wasShown: run === this.#shown.run });
    if (run !== undefined) this.playback.pause();
  }

  #describe(data: RunData, view: ViewState, summary: RunSummary): RunView {
    const { shapes, inferred } = this.frames;
    const chosen = new Map(view.convolutions.map((one) => [one.layer, one]));
    return describeRun(data, view.layer, summary, this.run.get(), shapes.get(), {
      read: tagReader(view.names),
      convolutionOf: (layer) => inferred.describe(layer, chosen.get(layer)),
    });
  }

  /** Shows the next capture when the current one is complete and was shown long enough: none is skipped. */
  #play({ steps, layer }: Target, index: number): void {
    if (!this.playback.get().playing) return;
    this.#schedule();
    const frame = this.frames.frame.get();
    const ready =
      frame !== undefined && frame.layer === layer && frame.step === steps[index] && frame.settled;
    const next = ready ? this.playback.next(index, steps.length) : undefined;
    if (next !== undefined) this.show({ step: steps[next]! });
  }
}
