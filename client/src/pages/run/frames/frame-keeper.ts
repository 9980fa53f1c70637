/**
 * Takes a target, loads the captures that it needs, and publishes a frame when it is complete. Components that show maps
 * subscribe to its stores; their values are replaced and never changed. One file of more than 300 lines, because all of it
 * shares the state of one target.
 */

import type { LiveBlob } from '@convscope/shared/protocol/live.js';
import { indexAt } from '@convscope/shared/sorted.js';
import { CaptureLoader, type Loaded } from '../../../blobs/capture-loader.js';
import { type CaptureRef, captureKey, readCaptureKey } from '../../../blobs/capture-ref.js';
import { MAPS_TOGETHER } from '../../../blobs/together.js';
import type { Decoded, DecodedTensor } from '../../../decode/decoded.js';
import type { Decoder } from '../../../decode/decoder.js';
import type { RunData } from '../../../runs/run-data.js';
import type { Source } from '../../../sources/source.js';
import { afterPaint } from '../../../ui/animation-frame.js';
import { createStore } from '../../../ui/store.js';
import { peekRefs } from './background-captures.js';
import { BesideCaptures } from './beside-captures.js';
import { descriptionOf, modelTag } from './described-logs.js';
import { Description } from './description.js';
import { DrawingHold } from './drawing-hold.js';
import { earlyOutput } from './early-output.js';
import { FirstLook } from './first-look.js';
import { type Frame, type MapRecord, type Piece, refAt, sameFrame } from './frame.js';
import { frameAt, partsAt } from './frame-at.js';
import { Goal } from './goal.js';
import { HealthKeeper } from './health-keeper.js';
import { InferredLayers } from './inferred-layers.js';
import { DrawingCost, Pace } from './pace.js';
import { Pushes } from './pushes.js';
import { Scrubbing } from './scrubbing.js';
import { shareStack } from './stacks.js';
import { type DecodedOf, type Place, predictionsAt, type Thumbnails, thumbnailsAt } from './surroundings.js';
import type { TagRef } from './tag-ref.js';
import type { Target } from './target.js';

/** Captures that are kept, decoded and as they were logged. */
const CACHE_BYTES = { decoded: 128 * 1024 * 1024, encoded: 96 * 1024 * 1024 };

export interface FrameKeeperOptions {
  readonly source: Source;
  readonly decoder: Decoder;
  /** Called when something has arrived and `update` should be called in the next frame. */
  readonly changed: () => void;
  /** Called when the newest map of the layer has arrived and `update` should be called at once. */
  readonly arrivedFirst: () => void;
}

export class FrameKeeper {
  readonly frame = createStore<Frame | undefined>(undefined);
  /** The frame for all but the output grid: while the playhead moves, not every one. */
  readonly rest = createStore<Frame | undefined>(undefined);
  /** Whether the playhead moves, so that the rest of the page may show another step than the output grid. */
  readonly isPaced = createStore(false);
  /**
   * Whether the rest of the page is drawn in the same frame as the output grid, if it follows: when a step was asked for, and
   * drawing it does not take long. Of what comes by itself the output is drawn first.
   */
  readonly drawsAtOnce = createStore(false);
  /** While following: the newest map of the output, before its frame is complete. */
  readonly early = createStore<Piece<MapRecord> | undefined>(undefined);
  readonly thumbnails = createStore<Thumbnails>(new Map());
  readonly predictions = createStore<Piece<DecodedTensor> | undefined>(undefined);
  /** Whether captures of what is shown were given up that another try may bring. */
  readonly canRetry = createStore(false);
  /** What all captures of the run say about its channels. */
  readonly history: HealthKeeper;
  /** The last decoded shape of each tensor; empty for one that cannot be loaded. */
  readonly shapes = createStore<ReadonlyMap<string, readonly number[]>>(new Map());
  /** What the numbers say of convolutions that the log does not describe. */
  readonly inferred = new InferredLayers();
  readonly beside: BesideCaptures;
  readonly #source: Source;
  readonly #changed: () => void;
  readonly #arrivedFirst: () => void;
  readonly #loader: CaptureLoader;
  readonly #decodedOf: DecodedOf = (ref) => {
    const loaded = this.#loader.get(ref);
    return loaded !== undefined && 'decoded' in loaded ? loaded.decoded : undefined;
  };
  readonly #firstLook: FirstLook;
  readonly #hold: DrawingHold;
  readonly #goal = new Goal((ref) => this.#loader.get(ref) !== undefined);
  readonly #pushes = new Pushes();
  readonly #description = new Description();
  readonly #scrubbing: Scrubbing;
  readonly #pace: Pace;
  readonly #drawingCost = new DrawingCost();
  #hasThumbnails = false;
  #mayFollow = true;
  /** The step that the rest of the page shows or waits for, while the playhead moves. */
  #followed: number | undefined;
  /** Of what step thumbnails and predictions are shown. */
  #around: Place | undefined;
  #target: Target | undefined;
  /** The run and generation that the stores hold. */
  #subject = '';

  constructor({ source, decoder, changed, arrivedFirst }: FrameKeeperOptions) {
    this.#source = source;
    this.#changed = changed;
    this.#arrivedFirst = arrivedFirst;
    this.#firstLook = new FirstLook(decoder);
    this.#hold = new DrawingHold(changed);
    this.#scrubbing = new Scrubbing(changed);
    this.#pace = new Pace(changed);
    this.history = new HealthKeeper({ source, changed });
    this.beside = new BesideCaptures(changed, this.#decodedOf);
    this.#loader = new CaptureLoader({
      source,
      decoder,
      limitBytes: CACHE_BYTES.decoded,
      encodedBytes: CACHE_BYTES.encoded,
      together: MAPS_TOGETHER,
      arrived: (key, loaded, part) => this.#arrived(key, loaded, part),
    });
  }

  /** The probe pictures before normalisation. */
  get pictures() {
    return this.#description.pictures;
  }

  /** Which pictures the probes of the shown maps are; undefined where the start of the run says it. */
  get probes() {
    return this.#description.probes;
  }

  /** While following: how many captures were passed over because a newer one was there. */
  get skipped() {
    return this.#pushes.skipped;
  }

  /** Takes what the hub pushed. Captures of a run that is not shown are dropped. */
  offer(blob: LiveBlob): void {
    if (blob.run !== this.#target?.data.run) return;
    const isFollowed = this.#isFollowed(blob.tag);
    this.#pushes.came(blob, isFollowed);
    const { probe } = this.#target;
    const hasSeen = isFollowed && probe !== undefined && this.#firstLook.take(blob, probe);
    // On a small machine the worker would delay the painting.
    const after = hasSeen || this.#hold.isUnpainted ? this.#hold.passed() : undefined;
    if (this.#loader.offer(blob, after)) this.#pushes.decoding(captureKey(blob), blob.tag);
    else {
      this.#pushes.owe(blob.tag);
      this.#changed();
    }
    if (hasSeen) this.#arrivedFirst();
  }

  /** Asks again for the captures that were given up. */
  retry(): void {
    if (this.#target !== undefined) {
      this.#target.data.startError = undefined;
      if (this.#target.data.textModel === undefined) this.#target.data.textModelError = undefined;
    }
    this.#loader.retry();
    this.#changed();
  }

  /** Call when no run is shown. */
  clear(): void {
    if (this.#subject === '') return;
    this.#target = undefined;
    this.#forget('');
  }

  /**
   * Whether the newest map of the output is on its way or not painted yet. Other updates should wait; `changed` is
   * called when the wait is over.
   */
  get isDrawing(): boolean {
    return this.#hold.isHolding;
  }

  /** Whether the rest of the page follows what the last update has shown. */
  get mayFollow(): boolean {
    return this.#mayFollow;
  }

  /** Whether the thumbnails of the step have been loaded, as far as they can be. */
  get hasThumbnails(): boolean {
    return this.#hasThumbnails;
  }

  /** Shows what has been loaded of the target and requests the rest. Returns the step that it aims for, if any. */
  update(target: Target): number | undefined {
    const { data, layer, steps } = target;
    const subject = subjectOf(data.run, data.generation);
    if (subject !== this.#subject) this.#forget(subject);
    this.#target = target;
    const newest = this.#goal.next(target, this.frame.get());
    const step = layer === undefined ? undefined : (target.wished ?? newest);
    const wanted: CaptureRef[] = [];
    const ahead: CaptureRef[] = [];
    const passed: CaptureRef[] = [];
    const coming = (tag: string) => this.#comingFrom(target, tag);
    const index = step === undefined ? -1 : indexAt(steps, step);
    const isScrubbed = index >= 0 && !target.following && !target.playback.playing;
    const hasMoved = isScrubbed && this.#scrubbing.moveTo(index);
    if (!isScrubbed) this.#scrubbing.leave();
    if (layer !== undefined && step !== undefined) {
      const get = (ref: CaptureRef) => this.#loader.get(ref);
      const isRangeKnown = !target.lockedToRun || this.history.ranges.get().has(layer.output.tag);
      const moment = { step, index, scrubbing: this.#scrubbing, shown: this.frame.get() };
      const place = { ...moment, coming, get, isRangeKnown };
      const at = frameAt({ ...target, layer }, place);
      wanted.push(...at.wanted);
      ahead.push(...at.ahead);
      passed.push(...at.passed);
      if (hasMoved) this.#scrubbing.found(at.wanted.every((ref) => get(ref) !== undefined));
      this.#show(at.frame);
      if (descriptionOf(data) === 'none') this.inferred.take(at.frame);
    } else this.frame.set(undefined);
    wanted.push(...this.#follow(target, isScrubbed));
    // The probes of the maps that are shown, which are replaced only once the next ones are whole.
    const shownStep = this.frame.get()?.output?.step ?? step ?? Number.POSITIVE_INFINITY;
    wanted.push(...this.#description.read(data, this.#decodedOf, shownStep));
    this.#showEarly(target);
    const isOnItsWay = layer !== undefined && this.#isOnItsWay(data, layer.output, coming);
    this.#hold.set(target.following && (this.#hold.isUnpainted || isOnItsWay));
    this.history.hold(this.#scrubbing.isMoving);
    this.history.want(target);
    this.history.publish(target);
    if (step !== undefined) {
      // While following, other layers may have newer captures than the shown one.
      const around = target.wished ?? Math.max(step, steps.at(-1) ?? step);
      // While the rest of the page does not follow, so that what is loaded for it is not given up for the next step.
      if (this.#mayFollow) this.#around = { ...target, layers: target.visible, step: around, coming };
      const surroundings = this.#around === undefined ? [] : this.#showAround(this.#around);
      // They are looked at when the playhead rests.
      if (this.#scrubbing.isMoving) ahead.push(...surroundings.map((ref) => ({ ...ref, ahead: true })));
      else wanted.push(...surroundings);
    }
    const peeked = peekRefs(data, this.shapes.get());
    this.#loader.want([...wanted, ...ahead, ...peeked, ...this.beside.refs(data)], passed);
    this.canRetry.set([...wanted, ...peeked].some((ref) => this.#loader.isGivenUp(captureKey(ref))));
    if (target.following) this.#pushes.payCredits(this.#source, data.run);
    return step;
  }

  #forget(subject: string): void {
    this.#subject = subject;
    this.#firstLook.forget();
    this.#hold.release();
    this.#loader.clear();
    this.#pushes.forget();
    this.#description.forget();
    this.#scrubbing.leave();
    this.history.forget();
    this.inferred.forget();
    this.shapes.set(new Map());
    this.frame.set(undefined);
    this.rest.set(undefined);
    this.isPaced.set(false);
    this.#around = undefined;
    this.early.set(undefined);
    this.thumbnails.set(new Map());
    this.predictions.set(undefined);
    this.canRetry.set(false);
  }

  /** Replaces the frame when the new one is complete. A frame of another run or layer is shown piece by piece. */
  #show(frame: Frame): void {
    const shown = this.frame.get();
    const same =
      shown !== undefined &&
      shown.run === frame.run &&
      shown.layer.name === frame.layer.name &&
      shown.gap === undefined;
    if (same && !frame.settled) return;
    if (shown !== undefined && sameFrame(shown, frame)) return;
    this.frame.set(frame);
  }

  #showEarly(target: Target): void {
    const before = this.early.get();
    const seenOf: DecodedOf = (ref) => this.#firstLook.of(ref, target.probe) ?? this.#decodedOf(ref);
    const early = earlyOutput(target, this.frame.get(), before, seenOf);
    if (early === before) return;
    this.early.set(early);
    if (early !== undefined) this.#hold.awaitPaint();
  }

  /** Whether the newest map has been announced or is being decoded. */
  #isOnItsWay(data: RunData, output: TagRef, coming: (tag: string) => number): boolean {
    if (this.#pushes.isDecoding(output.tag, (key) => this.#firstLook.has(key))) return true;
    const newest = refAt(data, output, Number.POSITIVE_INFINITY, coming(output.tag));
    return newest?.coming === true && this.#loader.get(newest) === undefined;
  }

  /** The first row that the hub will push, and that therefore need not be fetched. */
  #comingFrom({ data, following }: Target, tag: string): number {
    if (!following || this.#source.connection.status !== 'connected') return Number.POSITIVE_INFINITY;
    return this.#pushes.comingFrom(data, tag);
  }

  /** Shows the frame in the rest of the page, unless the playhead moves too fast for that. Returns what it needs. */
  #follow(target: Target, isAskedFor: boolean): readonly CaptureRef[] {
    const [shown, rest] = [this.frame.get(), this.rest.get()];
    const isSame = shown?.run === rest?.run && shown?.layer === rest?.layer;
    const { isMoving } = this.#scrubbing;
    this.#mayFollow = this.#pace.mayFollow(isMoving && isSame);
    this.isPaced.set(isMoving);
    if (!isAskedFor) this.drawsAtOnce.set(false);
    if (this.#mayFollow) this.#followed = shown?.step;
    const { layer } = target;
    if (shown?.isWhole !== false || layer === undefined || this.#followed === undefined) {
      if (this.#mayFollow) this.#showRest(shown, isAskedFor);
      return [];
    }
    // Where it rests, the shown frame is whole soon.
    if (isSame && (!isMoving || rest?.step === this.#followed)) return [];
    const parts = partsAt({ ...target, layer }, this.#followed, (ref) => this.#loader.get(ref));
    const frame = parts.frame();
    if (frame.settled || !isSame) this.#showRest(frame, isAskedFor);
    return parts.refs;
  }

  #showRest(frame: Frame | undefined, isAskedFor: boolean): void {
    if (this.rest.get() === frame) return;
    const { isMoving } = this.#scrubbing;
    const layer = frame?.layer.name;
    const isAtOnce = isAskedFor && (isMoving || this.#drawingCost.isLow(layer));
    this.drawsAtOnce.set(isAtOnce);
    this.rest.set(frame);
    if (!isAtOnce) return;
    const begun = performance.now();
    afterPaint(() => this.#drawingCost.note(layer, performance.now() - begun));
  }

  /** Shows thumbnails and predictions of the step. Returns what they need. */
  #showAround(place: Place): CaptureRef[] {
    const around = thumbnailsAt(place, this.thumbnails.get(), this.#decodedOf);
    this.#hasThumbnails = around.refs.every((ref) => this.#loader.get(ref) !== undefined);
    const { refs, predictions } = predictionsAt(place, this.predictions.get(), this.#decodedOf);
    if (!this.isDrawing) {
      this.thumbnails.set(around.thumbnails);
      this.predictions.set(predictions);
    }
    return [...around.refs, ...refs];
  }

  /** Whether new maps of a tag are shown as they arrive. */
  #isFollowed(tag: string): boolean {
    const { following, layer } = this.#target ?? {};
    return following === true && tag === layer?.output.tag;
  }

  #arrived(key: string, loaded: Loaded, part: Decoded | undefined): void {
    const { run, generation, kind, tag } = readCaptureKey(key);
    if (subjectOf(run, generation) !== this.#subject) return;
    const pushed = this.#pushes.decoded(key);
    if ('decoded' in loaded) {
      const { decoded } = loaded;
      if (decoded.kind === 'tensor') this.#noteShape(tag, decoded.shape);
      this.beside.came(tag);
      if (decoded.kind === 'channels') {
        if (part?.kind === 'channels') shareStack(part, decoded);
        this.#firstLook.completed(key, decoded);
      }
    } else {
      const data = this.#target?.data;
      if (kind === 'run-start' && data !== undefined) data.startError = loaded.error;
      if (data !== undefined && tag === modelTag(data)) data.textModelError = loaded.error;
      // An empty shape keeps it from being requested again for its shape. One that may still come is not taken as empty.
      const isUnread = kind === 'tensor' && !this.shapes.get().has(tag);
      if (isUnread && !this.#loader.isGivenUp(key)) this.#noteShape(tag, []);
      console.warn(loaded.error);
    }
    const isFirst = pushed !== undefined && this.#isFollowed(pushed);
    if (isFirst && !this.#firstLook.has(key)) this.#arrivedFirst();
    else this.#changed();
  }

  #noteShape(tag: string, shape: readonly number[]): void {
    if (this.shapes.get().get(tag)?.join() === shape.join()) return;
    this.shapes.set(new Map(this.shapes.get()).set(tag, shape));
  }
}

const subjectOf = (run: string, generation: number): string => `${generation}\n${run}`;
