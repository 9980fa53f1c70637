/** The run page's state: one source, one view, and what follows from the two. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { SCALAR_TAGS } from '@convscope/shared/run-description.js';
import { pageOf } from '../../../app/pages.js';
import type { Decoder } from '../../../decode/decoder.js';
import { chooseRun } from '../../../runs/choose-run.js';
import { CurveBook, lossTag, testAccuracyTag } from '../../../runs/curves.js';
import { RunData } from '../../../runs/run-data.js';
import type { ConnectionState, RunList, Source } from '../../../sources/source.js';
import { oncePerFrame } from '../../../ui/animation-frame.js';
import { setSettled } from '../../../ui/diagnostics.js';
import { createStore, type Store } from '../../../ui/store.js';
import { indexAt, nearest } from '../frames/frame.js';
import { FrameKeeper, type Target } from '../frames/frame-keeper.js';
import { describeRun, type RunView } from './run-view.js';
import { outputAt, type Selection, select } from './selection.js';
import { type Flag, hashFromView, type ViewState, viewFromHash } from './view-state.js';

/** What happens in time. */
export interface Playback {
  readonly playing: boolean;
  readonly speed: number;
  readonly loop: boolean;
}

export interface Hover {
  /** The grid under the pointer. */
  readonly grid: 'input' | 'output';
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

/** Other runs whose curves are drawn beside the chosen one. */
const MOST_OTHER_RUNS = 7;
/** How long the address may lag behind the view. */
const HASH_MS = 120;
/** One capture of a playing run, at speed 1. */
const PLAY_MS = 90;
const PREFETCHED = 8;
/** Readings for the status lines: single scalars that every run of ours logs. */
const STATUS_TAGS: ReadonlySet<string> = new Set(Object.values(SCALAR_TAGS));

export class App {
  readonly source: Source;
  readonly connection: Store<ConnectionState>;
  readonly list: Store<RunList | undefined>;
  readonly view: Store<ViewState>;
  readonly run = createStore<RunView | undefined>(undefined);
  readonly hover = createStore<Hover | undefined>(undefined);
  readonly playback = createStore<Playback>({ playing: false, speed: 1, loop: false });
  /** Counts new points in curves. */
  readonly curvesVersion = createStore(0);
  readonly hidden = createStore<ReadonlySet<string>>(new Set());
  /** A step that the pointer rests on in the strip: shown, not chosen. */
  readonly preview = createStore<number | undefined>(undefined);
  /** The step that is asked for: previewed, chosen, or the newest. */
  readonly step = createStore<number | undefined>(undefined);
  readonly frames: FrameKeeper;
  readonly curves = new CurveBook();
  readonly #runs = new Map<string, RunData>();
  readonly #schedule: () => void;
  #dirty = true;
  #curvesChanged = false;
  #watched = '';
  #hashTimer: ReturnType<typeof setTimeout> | undefined;
  #lastAdvance = 0;
  readonly #opened = Date.now();
  readonly #runSpeech = new Map<string, number>();

  constructor(source: Source, decoder: Decoder) {
    this.source = source;
    this.connection = createStore(source.connection);
    this.list = createStore(source.list);
    this.view = createStore(viewFromHash(location.hash));
    this.#schedule = oncePerFrame(() => this.#update());
    this.frames = new FrameKeeper({
      source,
      decoder,
      changed: () => this.#scheduleData(),
      arrivedFirst: () => this.#update(),
    });
    const changed = () => this.#touch();
    this.view.subscribe(changed);
    this.hidden.subscribe(changed);
    this.preview.subscribe(changed);
    this.playback.subscribe(changed);
    source.listen({
      connection: (state) => {
        const before = this.connection.get();
        this.connection.set(state);
        if (state.status === 'connected' && before.status !== 'connected') {
          for (const data of this.#runs.values()) data.refresh();
        }
        this.#touch();
      },
      runs: (list) => {
        this.list.set(list);
        this.#followGenerations(list);
        this.#touchByData();
      },
      rows: (rows) => {
        this.#runSpeech.set(rows.run, Date.now());
        this.frames.announced(rows);
        this.#runs.get(rows.run)?.rows(rows);
      },
      blob: (blob) => this.frames.offer(blob),
      gap: (run, generation, gap) => this.#runs.get(run)?.gap(generation, gap),
    });
    this.#touch();
  }

  // ---------------------------------------------------------------------------------------------- actions

  /** Changes what is looked at, and the URL with it. */
  show(change: Partial<ViewState>): void {
    // From the first touch on the page stays with the run that it shows.
    const next = { ...this.view.get(), run: this.view.get().run ?? this.run.get()?.run, ...change };
    // What is on the screen is not yet what is asked for.
    setSettled(false);
    this.view.set(next);
    // Browsers stop a page that rewrites its address with every frame.
    this.#hashTimer ??= setTimeout(() => this.writeHash(), HASH_MS);
  }

  /** Puts the view into the address now. */
  writeHash(): void {
    clearTimeout(this.#hashTimer);
    this.#hashTimer = undefined;
    if (pageOf(location.hash) === 'run')
      history.replaceState(history.state, '', hashFromView(this.view.get()));
  }

  /** The hash was changed by hand, by a link, or by the back button. */
  readHash(): void {
    if (pageOf(location.hash) !== 'run') return;
    // A bare #run, as the tab has it, goes back to what was looked at.
    if (!location.hash.includes('?')) {
      this.writeHash();
      return;
    }
    clearTimeout(this.#hashTimer);
    this.#hashTimer = undefined;
    this.view.set(viewFromHash(location.hash));
  }

  selectRun(run: string): void {
    this.pause();
    this.show({ run, step: undefined, span: undefined, limits: {} });
  }

  selectLayer(layer: string): void {
    this.show({ layer, y: undefined, x: undefined, channel: 0, limits: {}, flag: undefined });
  }

  /** Goes to the capture that is nearest to a step. */
  goTo(step: number): void {
    const run = this.run.get();
    if (run === undefined) return;
    const snapped = nearest(run.steps, step) ?? Math.max(0, Math.min(run.lastStep, Math.round(step)));
    this.show({ step: snapped });
  }

  scrubTo(step: number): void {
    this.pause();
    this.goTo(step);
  }

  /** `by` captures on; steps, where there are no captures. */
  stepBy(by: number): void {
    this.pause();
    const run = this.run.get();
    const now = this.step.get();
    if (run === undefined || now === undefined) return;
    if (run.steps.length === 0) {
      this.goTo(now + by);
      return;
    }
    const index = Math.max(0, Math.min(run.steps.length - 1, indexAt(run.steps, now) + by));
    this.show({ step: run.steps[index]! });
  }

  goLive(): void {
    this.pause();
    this.show({ step: undefined });
  }

  togglePlay(): void {
    if (this.playback.get().playing) {
      this.pause();
      return;
    }
    const run = this.run.get();
    if (run === undefined || run.steps.length < 2) return;
    const now = this.step.get() ?? 0;
    const from = now >= run.steps.at(-1)! ? run.steps[0]! : (nearest(run.steps, now) ?? now);
    this.#lastAdvance = performance.now();
    this.show({ step: from });
    this.playback.set({ ...this.playback.get(), playing: true });
  }

  pause(): void {
    if (this.playback.get().playing) this.playback.set({ ...this.playback.get(), playing: false });
  }

  selectChannel(channel: number): void {
    const frame = this.frames.frame.get();
    const count = channelsOf(frame?.output?.decoded) ?? frame?.layer.description?.outChannels ?? channel + 1;
    this.show({ channel: Math.max(0, Math.min(count - 1, channel)) });
  }

  /** Moves the pinned pixel within the map. */
  movePixel(dy: number, dx: number): void {
    const selection = this.#selection();
    if (selection?.shape === undefined) return;
    const [, height, width] = selection.shape;
    const clamp = (value: number, size: number) => Math.max(0, Math.min(size - 1, value));
    this.show({ y: clamp(selection.y + dy, height), x: clamp(selection.x + dx, width) });
  }

  /** Pins what the pointer is on. */
  pinHovered(hover: Hover): void {
    const selection = this.#selection();
    if (selection === undefined) return;
    if (hover.grid === 'output') this.show({ channel: hover.channel, y: hover.y, x: hover.x });
    else this.show(outputAt(selection, hover.y, hover.x));
  }

  /** Whether a channel of the shown layer has the condition. */
  hasFlag(flag: Flag): boolean {
    return this.#selection()?.health.some(({ conditions }) => conditions.includes(flag)) === true;
  }

  #selection(): Selection | undefined {
    const layer = this.run.get()?.layer;
    const frame = this.frames.frame.get();
    const record = frame?.layer === layer ? frame?.output?.decoded : undefined;
    return layer === undefined
      ? undefined
      : select(layer, frame, this.view.get(), this.frames.healthOf(layer.name, record));
  }

  toggleHidden(run: string): void {
    const hidden = new Set(this.hidden.get());
    if (!hidden.delete(run)) hidden.add(run);
    this.hidden.set(hidden);
  }

  /** When rows of a run last came, in milliseconds since the epoch; when the page was opened, if none came since. */
  lastHeard(run: string): number {
    return this.#runSpeech.get(run) ?? this.#opened;
  }

  dataOf(run: string): RunData | undefined {
    return this.#runs.get(run);
  }

  // ----------------------------------------------------------------------------------------------- update

  #touch(): void {
    this.#dirty = true;
    this.#schedule();
  }

  /** What comes by itself, not what somebody does, waits while the newest map is drawn. */
  #touchByData(): void {
    this.#dirty = true;
    this.#scheduleData();
  }

  #scheduleData(): void {
    if (!this.frames.isDrawing) this.#schedule();
  }

  #followGenerations(list: RunList): void {
    for (const { run, generation } of list.runs) {
      const data = this.#runs.get(run);
      if (data !== undefined && data.generation >= 0 && generation > data.generation) data.refresh();
    }
  }

  #update(): void {
    const list = this.list.get();
    const view = this.view.get();
    const chosen = chooseRun(list?.runs ?? [], view.run, this.run.get()?.run);
    if (this.#dirty) {
      this.#dirty = false;
      this.#openRuns(chosen, list?.runs ?? []);
      this.#curvesChanged = true;
    }
    const data = chosen === undefined ? undefined : this.#runs.get(chosen.run);
    if (chosen === undefined || data === undefined) {
      this.run.set(undefined);
      this.step.set(undefined);
      setSettled(false);
      return;
    }
    const known = this.#describe(data, view, chosen);
    const following = view.step === undefined && this.preview.get() === undefined;
    const newest =
      known.layer === undefined ? known.lastStep : this.frames.followed(data, known.layer, known.steps);
    const previewed = this.preview.get();
    const wished = previewed !== undefined ? nearest(known.steps, previewed) : view.step;
    const step = wished ?? newest;
    const index = step === undefined ? -1 : indexAt(known.steps, step);
    const target: Target = {
      data,
      layers: known.layers,
      layer: known.layer,
      step: known.layer === undefined ? undefined : step,
      steps: known.steps,
      soon: this.#soon(index, known.steps.length, following),
      following,
      // With the limits of the layer a picture cannot be coloured before all pictures are there.
      probe: view.lock === 'layer' ? undefined : view.probe,
    };
    this.frames.update(target);
    // Reading the description may have just finished: then there are layers whose captures are wanted.
    const described = this.#describe(data, view, chosen);
    if (described.layers !== known.layers) this.#schedule();
    this.#watch(target);
    if (following && described.layers === this.run.get()?.layers && this.frames.isDrawing) {
      // The newest map goes first. The curves and the readings, whose drawing takes longer, have a frame of their own.
      setSettled(false);
      return;
    }
    this.step.set(step);
    this.run.set(described);
    if (this.#curvesChanged) this.curvesVersion.set(this.curvesVersion.get() + 1);
    this.#curvesChanged = false;
    setSettled(this.frames.frame.get()?.settled === true && this.frames.frame.get()?.step === target.step);
    this.#play(target, index);
  }

  /** Runs whose data is held: the chosen one in full, of the others their loss and accuracy. */
  #openRuns(chosen: RunSummary | undefined, runs: readonly RunSummary[]): void {
    const hidden = this.hidden.get();
    const others = runs
      .filter(({ run }) => run !== chosen?.run && !hidden.has(run))
      .sort((a, b) => b.lastWallTime - a.lastWallTime)
      .slice(0, MOST_OTHER_RUNS);
    const wanted = new Set(others.map(({ run }) => run));
    for (const [run, data] of this.#runs) {
      if ((run === chosen?.run) === data.isWhole && (run === chosen?.run || wanted.has(run))) continue;
      data.close();
      this.#runs.delete(run);
    }
    if (chosen !== undefined) this.#open(chosen.run, true);
    for (const run of wanted) this.#open(run, false);
    const { curve } = this.view.get();
    for (const data of this.#runs.values()) {
      for (const tag of [curve ?? lossTag(data.scalarTags), testAccuracyTag(data.scalarTags)]) {
        if (tag !== undefined && data.scalarTags.includes(tag)) data.wantScalar(tag);
      }
    }
    this.curves.keep(new Set(this.#runs.keys()), new Set([0, this.view.get().smoothing]));
  }

  #open(run: string, whole: boolean): void {
    if (this.#runs.has(run)) return;
    const wantsScalar = (tag: string) => whole && STATUS_TAGS.has(tag);
    const data = new RunData({
      source: this.source,
      run,
      wantsScalar,
      wantsIndex: whole,
      changed: () => this.#touchByData(),
    });
    this.#runs.set(run, data);
  }

  #describe(data: RunData, view: ViewState, summary: RunSummary): RunView {
    return describeRun(data, view.layer, summary, this.run.get(), (tag) => this.frames.shapeOf(tag));
  }

  #soon(index: number, count: number, following: boolean): number[] {
    if (following || index < 0) return [];
    const { playing, loop } = this.playback.get();
    if (!playing) return [index + 1, index - 1, index + 2, index - 2].filter((at) => at >= 0 && at < count);
    const soon = Array.from({ length: PREFETCHED }, (_, k) => index + 1 + k);
    return loop ? soon.map((at) => at % count) : soon.filter((at) => at < count);
  }

  #watch(target: Target): void {
    const tags = this.frames.watchedTags(target);
    const lookedAt = this.frames.lookedAt(target);
    const watch = { runs: [...this.#runs.keys()], mapsOf: target.data.run, tags, lookedAt };
    const text = JSON.stringify(watch);
    if (text === this.#watched) return;
    this.#watched = text;
    this.source.watch(watch);
  }

  /** The next capture, when its time has come and it is there: playing waits for data and never skips it. */
  #play({ steps, layer }: Target, index: number): void {
    const { playing, speed, loop } = this.playback.get();
    if (!playing) return;
    this.#schedule();
    const frame = this.frames.frame.get();
    const ready =
      frame !== undefined && frame.layer === layer && frame.step === steps[index] && frame.settled;
    const now = performance.now();
    if (!ready || now - this.#lastAdvance < PLAY_MS / speed) return;
    this.#lastAdvance = now;
    const next = index + 1 < steps.length ? index + 1 : loop ? 0 : undefined;
    if (next === undefined) this.pause();
    else this.show({ step: steps[next]! });
  }
}

function channelsOf(decoded: { readonly shape: readonly number[] } | undefined): number | undefined {
  return decoded?.shape.at(-3);
}
