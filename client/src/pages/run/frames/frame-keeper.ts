/**
 * Decides which captures are needed for what is looked at, gets them, and gives a frame when it is whole. Everything
 * that shows maps follows its stores.
 */
import type { ChannelHealth } from '@convscope/shared/channels/health.js';
import type { LiveRows } from '@convscope/shared/protocol/live.js';
import { PROBE_PICTURES_TAG, PROBE_PREDICTIONS_TAG } from '@convscope/shared/run-description.js';
import { RUN_END_TAG, RUN_START_TAG } from '@convscope/shared/run-record.js';
import type { Decoded, DecodedTensor } from '../../../decode/decoded.js';
import type { Decoder } from '../../../decode/decoder.js';
import { RunRanges } from '../../../drawing/limits.js';
import type { RunData } from '../../../runs/run-data.js';
import type { Source } from '../../../sources/source.js';
import { afterPaint } from '../../../ui/animation-frame.js';
import { createStore } from '../../../ui/store.js';
import { peekRefs, scanRefs } from './background-captures.js';
import { CaptureLoader, type CaptureRef, captureKey, type Loaded } from './capture-loader.js';
import { DrawingHold } from './drawing-hold.js';
import { FindingsBook, type FindingsState, NO_FINDINGS } from './findings.js';
import { FirstLook } from './first-look.js';
import {
  assembleFrame,
  type Frame,
  isAligned,
  type MapRecord,
  newestStep,
  type Piece,
  refAt,
  refsOf,
} from './frame.js';
import type { LayerView, TagRef } from './layers.js';
import {
  type DecodedOf,
  LOOK_BACK,
  newestMap,
  type Place,
  predictionsAt,
  type Thumbnails,
  thumbnailsAt,
} from './surroundings.js';

/** Decoded captures that are kept. */
const CACHE_BYTES = 160 * 1024 * 1024;
/** How long to wait for all parts of a capture before a newer one is tried. */
const GOAL_PATIENCE_MS = 1500;
const NO_HEALTH: readonly ChannelHealth[] = [];

export interface Target {
  readonly data: RunData;
  readonly layers: readonly LayerView[];
  readonly layer: LayerView | undefined;
  /** Undefined when there are no captures. */
  readonly step: number | undefined;
  readonly steps: readonly number[];
  /** Indices into `steps` that will be wanted soon. */
  readonly soon: readonly number[];
  readonly following: boolean;
  /** The probe that is shown, where its maps can be drawn without those of the others. */
  readonly probe: number | undefined;
}

export class FrameKeeper {
  readonly frame = createStore<Frame | undefined>(undefined);
  /**
   * While following: the newest map of the layer's output, shown as soon as it is there. Kernels, input and arithmetic
   * follow with the whole frame, a few records later.
   */
  readonly early = createStore<Piece<MapRecord> | undefined>(undefined);
  readonly thumbnails = createStore<Thumbnails>(new Map());
  readonly predictions = createStore<Piece<DecodedTensor> | undefined>(undefined);
  readonly pictures = createStore<readonly ImageBitmap[]>([]);
  readonly findings = createStore<FindingsState>(NO_FINDINGS);
  /** Counts changes of what `healthOf` gives. */
  readonly healthVersion = createStore(0);
  /** Counts changes of `ranges`. */
  readonly rangesVersion = createStore(0);
  /** Captures that came while following and were passed over, because a newer one was there. */
  readonly skipped = createStore(0);
  readonly ranges = new RunRanges();
  book = new FindingsBook();
  readonly #source: Source;
  readonly #loader: CaptureLoader;
  readonly #decodedOf: DecodedOf = (ref) => {
    const loaded = this.#loader.get(ref);
    return loaded !== undefined && 'decoded' in loaded ? loaded.decoded : undefined;
  };
  readonly #firstLook: FirstLook;
  /** Of `early`. */
  readonly #hold: DrawingHold;
  readonly #changed: () => void;
  readonly #arrivedFirst: () => void;
  #target: Target | undefined;
  #subject = '';
  #shapes = new Map<string, readonly number[]>();
  /** Pushed, and not decoded yet. */
  #pushed = new Map<string, string>();
  /** Tags whose push has been decoded: they get a credit once it is drawn. */
  #owed = new Set<string>();
  #lastPushed = new Map<string, number>();
  #goal: { readonly subject: string; readonly step: number | undefined; readonly since: number } = {
    subject: '',
    step: undefined,
    since: 0,
  };
  #pictureKey = '';
  #rangesChanged = false;
  #healthChanged = false;
  readonly #health = new WeakMap<Decoded, readonly ChannelHealth[]>();
  #lastHealth = new Map<string, readonly ChannelHealth[]>();

  constructor(options: {
    source: Source;
    decoder: Decoder;
    changed: () => void;
    /** The newest map of the chosen layer is there: not even a frame is to be lost. */
    arrivedFirst: () => void;
  }) {
    this.#arrivedFirst = options.arrivedFirst;
    this.#source = options.source;
    this.#firstLook = new FirstLook(options.decoder);
    this.#changed = options.changed;
    this.#hold = new DrawingHold(options.changed);
    this.#loader = new CaptureLoader({
      source: options.source,
      decoder: options.decoder,
      limitBytes: CACHE_BYTES,
      activationOf: (tag) => this.#layerOf(tag)?.description?.activation ?? 'none',
      urgencyOf: (tag) => this.#urgencyOf(tag),
      arrived: (key, loaded) => this.#arrived(key, loaded),
      judged: (key, decoded, health) => this.#judged(key, decoded, health),
    });
  }

  /** Shape of a foreign tensor, as its newest row has it. */
  shapeOf(tag: string): readonly number[] | undefined {
    return this.#shapes.get(tag);
  }

  /** Health of a layer's channels in a capture; until that has been judged, the last that was. */
  healthOf(layer: string, record: MapRecord | undefined): readonly ChannelHealth[] {
    if (record?.kind !== 'channels' || record.statistics === undefined) return NO_HEALTH;
    return this.#health.get(record) ?? this.#lastHealth.get(layer) ?? NO_HEALTH;
  }

  /** Rows that the hub tells of. The newest map's row comes before the map: until that is drawn it has the page to itself. */
  announced({ run, tag }: Pick<LiveRows, 'run' | 'tag'>): void {
    const { following, data, layer } = this.#target ?? {};
    if (following && run === data?.run && tag === layer?.output.tag) this.#hold.set(true);
  }

  /** What the hub pushed. Maps of another run are old news. */
  offer(blob: Parameters<CaptureLoader['offer']>[0]): void {
    if (blob.run !== this.#target?.data.run) return;
    const layer = this.#target.layer;
    if (blob.tag === layer?.output.tag && this.#target.following) {
      const last = this.#lastPushed.get(blob.tag);
      if (last !== undefined && blob.row > last + 1)
        this.skipped.set(this.skipped.get() + blob.row - last - 1);
    }
    this.#lastPushed.set(blob.tag, blob.row);
    const { following, probe } = this.#target;
    const isFirst = following && probe !== undefined && blob.tag === layer?.output.tag;
    const hasSeen = isFirst && this.#firstLook.take(blob, probe);
    // The worker would take the processor from the painting.
    const after = hasSeen || this.#hold.isUnpainted ? this.#hold.passed() : undefined;
    if (this.#loader.offer(blob, after)) this.#pushed.set(captureKey(blob), blob.tag);
    else {
      this.#owed.add(blob.tag);
      this.#changed();
    }
    if (hasSeen) this.#arrivedFirst();
  }

  /**
   * While following: the newest map of the layer's output is on its way, or not on the screen yet. What else is new is
   * to wait for that; `changed` is called when it has waited enough.
   */
  get isDrawing(): boolean {
    return this.#hold.isHolding;
  }

  /** Tags that the hub should push. */
  watchedTags(target: Target): string[] {
    const tags = new Set(target.layers.map(({ output }) => output.tag));
    const { layer } = target;
    for (const ref of [layer?.weight, layer?.bias, layer?.input]) if (ref !== undefined) tags.add(ref.tag);
    if (target.data.blob(PROBE_PREDICTIONS_TAG, 'tensor') !== undefined) tags.add(PROBE_PREDICTIONS_TAG);
    return [...tags];
  }

  /** Of the watched tags, those whose newest maps are on the screen, the output first: the trainer's log begins with them. */
  lookedAt({ layer, following }: Target): string[] {
    if (!following || layer === undefined) return [];
    return [layer.output, layer.input].flatMap((ref) => (ref?.kind === 'channels' ? [ref.tag] : []));
  }

  /**
   * The step to show while following: the newest that is there in full, else the one that is on its way. That one is
   * kept until it is whole: captures may come faster than all their parts, and the page must not run after each of them.
   */
  followed(data: RunData, layer: LayerView, steps: readonly number[]): number | undefined {
    const shown = this.frame.get();
    const from = shown?.run === data.run && shown.layer === layer ? shown.step : Number.NEGATIVE_INFINITY;
    for (let at = steps.length - 1; at >= Math.max(0, steps.length - LOOK_BACK) && steps[at]! > from; at--) {
      if (!isAligned(data, layer, steps[at]!)) continue;
      const refs = Object.values(refsOf(data, layer, steps[at]!));
      if (refs.every((ref) => this.#loader.get(ref) !== undefined)) return this.#aim(data, layer, steps[at]);
    }
    const { step, since, subject } = this.#goal;
    const isOnItsWay = subject === goalSubject(data, layer) && step !== undefined && step > from;
    if (isOnItsWay && performance.now() - since < GOAL_PATIENCE_MS) return step;
    return this.#aim(data, layer, newestStep(data, layer));
  }

  #aim(data: RunData, layer: LayerView, step: number | undefined): number | undefined {
    const subject = goalSubject(data, layer);
    if (this.#goal.subject !== subject || this.#goal.step !== step) {
      this.#goal = { subject, step, since: performance.now() };
    }
    return step;
  }

  update(target: Target): void {
    const { data, layer, step } = target;
    const subject = `${data.run}\n${data.generation}`;
    if (subject !== this.#subject) this.#forget(subject);
    this.#target = target;
    const wanted: CaptureRef[] = this.#descriptionRefs(data);
    const coming = (tag: string) => this.#comingFrom(target, tag);
    if (layer !== undefined && step !== undefined) {
      const refs = refsOf(data, layer, step, coming);
      wanted.push(...Object.values(refs));
      const frame = assembleFrame(data, layer, step, refs, (ref) => this.#loader.get(ref));
      if (!(this.#hold.isUnpainted && this.isDrawing)) this.#show(frame);
    } else this.frame.set(undefined);
    const before = this.early.get();
    const early = this.#earlyOutput(target);
    this.early.set(early);
    if (early !== undefined && early !== before) this.#hold.awaitPaint();
    const isOnItsWay = layer !== undefined && this.#isOnItsWay(data, layer.output, coming);
    this.#hold.set(target.following && (this.#hold.isUnpainted || isOnItsWay));
    if (!this.isDrawing) this.#tellChanges();
    if (step !== undefined) {
      wanted.push(...this.#showAround({ ...target, step, coming }));
      for (const index of target.soon) {
        const at = target.steps[index];
        if (at !== undefined && layer !== undefined) wanted.push(...Object.values(refsOf(data, layer, at)));
      }
      // Shapes say which layers there are: they come before what nobody looks at.
      wanted.push(...peekRefs(data, this.#shapes));
      const hasSeen = (name: string, at: number) => this.book.hasSeen(name, at);
      wanted.push(...scanRefs(data, target.layers, target.steps, hasSeen));
    } else wanted.push(...peekRefs(data, this.#shapes));
    this.#loader.want(wanted);
    if (target.following) this.#payCredits(data.run);
  }

  /** Together with the maps that they come from: what is shown is drawn once, not once for each. */
  #tellChanges(): void {
    if (this.#rangesChanged) this.rangesVersion.set(this.rangesVersion.get() + 1);
    if (this.#healthChanged) this.healthVersion.set(this.healthVersion.get() + 1);
    this.#rangesChanged = false;
    this.#healthChanged = false;
  }

  close(): void {
    this.#hold.close();
    this.#loader.clear();
  }

  #forget(subject: string): void {
    this.#subject = subject;
    this.#firstLook.forget();
    this.#hold.release();
    this.#loader.clear();
    this.ranges.clear();
    this.book = new FindingsBook();
    this.#shapes = new Map();
    this.#lastHealth = new Map();
    this.#pushed = new Map();
    this.#owed = new Set();
    this.#lastPushed = new Map();
    this.#pictureKey = '';
    this.frame.set(undefined);
    this.early.set(undefined);
    this.thumbnails.set(new Map());
    this.predictions.set(undefined);
    this.pictures.set([]);
    this.findings.set(NO_FINDINGS);
    this.skipped.set(0);
  }

  /** A whole frame replaces the last one; of another layer, step by step what is there. */
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

  #earlyOutput({ data, layer, following, probe }: Target): Piece<MapRecord> | undefined {
    const frame = this.frame.get();
    if (!following || layer === undefined || frame?.layer !== layer || frame.gap !== undefined)
      return undefined;
    const seenOf: DecodedOf = (ref) => this.#firstLook.of(ref, probe) ?? this.#decodedOf(ref);
    return newestMap(data, layer.output, frame.step, this.early.get(), seenOf);
  }

  /** The hub has told of a map that it is about to push, or the map is being decoded. */
  #isOnItsWay(data: RunData, output: TagRef, coming: (tag: string) => number): boolean {
    const isDecoding = ([key, tag]: [string, string]) => tag === output.tag && !this.#firstLook.has(key);
    if ([...this.#pushed].some(isDecoding)) return true;
    const newest = refAt(data, output, Number.POSITIVE_INFINITY, coming(output.tag));
    return newest?.coming === true && this.#loader.get(newest) === undefined;
  }

  /** Rows that the hub will push by itself: newer than what it pushed last, or than what was there at first. */
  #comingFrom({ data, following }: Target, tag: string): number {
    if (!following || this.#source.connection.status !== 'connected') return Number.POSITIVE_INFINITY;
    let last = this.#lastPushed.get(tag);
    if (last === undefined) {
      last = (data.blob(tag, 'channels') ?? data.blob(tag, 'tensor'))?.rows ?? 0;
      last -= 1;
      this.#lastPushed.set(tag, last);
    }
    return last + 1;
  }

  #descriptionRefs(data: RunData): CaptureRef[] {
    const refs: CaptureRef[] = [];
    const start = refAt(data, { tag: RUN_START_TAG, kind: 'run-start' }, Number.POSITIVE_INFINITY);
    const end = refAt(data, { tag: RUN_END_TAG, kind: 'run-end' }, Number.POSITIVE_INFINITY);
    const pictures = refAt(data, { tag: PROBE_PICTURES_TAG, kind: 'image' }, Number.POSITIVE_INFINITY);
    for (const ref of [start, pictures, end]) if (ref !== undefined) refs.push(ref);
    const started = start && this.#decodedOf(start);
    if (started?.kind === 'run-start') data.start = started.start;
    const ended = end && this.#decodedOf(end);
    if (ended?.kind === 'run-end') data.end = ended.end;
    const shown = pictures && this.#decodedOf(pictures);
    if (pictures !== undefined && shown?.kind === 'image')
      this.#showPictures(captureKey(pictures), shown.images);
    return refs;
  }

  #showPictures(key: string, images: readonly Uint8Array[]): void {
    if (this.#pictureKey === key) return;
    this.#pictureKey = key;
    const bitmaps = images.map((image) => createImageBitmap(new Blob([image as Uint8Array<ArrayBuffer>])));
    Promise.all(bitmaps).then(
      (pictures) => {
        if (this.#pictureKey === key) this.pictures.set(pictures);
      },
      (error: unknown) => console.error('The probe pictures cannot be shown:', error),
    );
  }

  /** Thumbnails of all layers and the predictions, at the step. They wait while the newest map is drawn. */
  #showAround(place: Place): CaptureRef[] {
    const around = thumbnailsAt(place, this.thumbnails.get(), this.#decodedOf);
    const { refs, predictions } = predictionsAt(place, this.predictions.get(), this.#decodedOf);
    if (!this.isDrawing) {
      this.thumbnails.set(around.thumbnails);
      this.predictions.set(predictions);
    }
    return [...around.refs, ...refs];
  }

  #layerOf(tag: string): LayerView | undefined {
    return this.#target?.layers.find(({ output }) => output.tag === tag);
  }

  #arrived(key: string, loaded: Loaded): void {
    if (!key.startsWith(`${this.#subject}\n`)) return;
    const pushed = this.#pushed.get(key);
    if (pushed !== undefined) {
      this.#pushed.delete(key);
      this.#owed.add(pushed);
    }
    const [, , kind, tag] = key.split('\n') as [string, string, string, string];
    if ('decoded' in loaded) {
      const { decoded } = loaded;
      if (decoded.kind === 'tensor') {
        this.#shapes.set(tag, decoded.shape);
      }
      if (decoded.kind === 'channels') this.#firstLook.completed(key, decoded);
      if (decoded.kind === 'tensor' || decoded.kind === 'channels') {
        if (this.ranges.see(tag, decoded.range)) this.#rangesChanged = true;
      }
    } else {
      // It has no shape that could be shown, and is not asked for again to find one.
      if (kind === 'tensor' && !this.#shapes.has(tag)) this.#shapes.set(tag, []);
      console.warn(loaded.error);
    }
    const { layer, following } = this.#target ?? {};
    const isFirst = following && pushed !== undefined && pushed === layer?.output.tag;
    if (isFirst && !this.#firstLook.has(key)) this.#arrivedFirst();
    else this.#changed();
  }

  #judged(key: string, decoded: Decoded, health: readonly ChannelHealth[]): void {
    const layer = this.#layerOf(key.split('\n')[3]!);
    // The same judgement as before is the same array: what follows it is then not drawn again.
    const last = layer === undefined ? undefined : this.#lastHealth.get(layer.name);
    const judgement = last !== undefined && sameHealth(last, health) ? last : health;
    this.#health.set(decoded, judgement);
    if (layer === undefined || decoded.kind !== 'channels' || !key.startsWith(`${this.#subject}\n`)) return;
    this.#lastHealth.set(layer.name, judgement);
    if (this.book.add(layer.name, decoded.step, health)) this.findings.set(this.book.state());
    this.#healthChanged = true;
    this.#changed();
  }

  /** What is shown by itself comes first, then what completes the frame. */
  #urgencyOf(tag: string): number {
    const layer = this.#target?.layer;
    if (tag === layer?.output.tag && this.#target?.following) return 0;
    if (tag === layer?.weight?.tag || tag === layer?.bias?.tag) return 0;
    if (tag === layer?.output.tag || tag === layer?.input?.tag) return 1;
    return 2;
  }

  /** Once the frame has been painted the hub may send the next captures. */
  #payCredits(run: string): void {
    if (this.#owed.size === 0) return;
    const owed = [...this.#owed];
    this.#owed.clear();
    afterPaint(() => {
      for (const tag of owed) this.#source.credit(run, tag);
    });
  }
}

function goalSubject(data: RunData, layer: LayerView): string {
  return `${data.run}\n${data.generation}\n${layer.name}`;
}

function sameHealth(a: readonly ChannelHealth[], b: readonly ChannelHealth[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, channel) => {
      const other = b[channel]!;
      return (
        one.conditions.join() === other.conditions.join() &&
        one.duplicateOf?.channel === other.duplicateOf?.channel &&
        one.duplicateOf?.correlation === other.duplicateOf?.correlation
      );
    })
  );
}

function sameFrame(a: Frame, b: Frame): boolean {
  return (
    a.run === b.run &&
    a.generation === b.generation &&
    a.layer === b.layer &&
    a.step === b.step &&
    a.output?.decoded === b.output?.decoded &&
    a.input?.decoded === b.input?.decoded &&
    a.weight?.decoded === b.weight?.decoded &&
    a.bias?.decoded === b.bias?.decoded &&
    a.settled === b.settled &&
    a.gap === b.gap &&
    a.errors.length === b.errors.length
  );
}
