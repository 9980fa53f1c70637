/** How much each layer has changed from A to B: its kernels, which are logged exactly, or else its maps. */
import { type LoggedValues, relativeChange } from '@convscope/shared/channels/change.js';
import type { Reading } from '@convscope/shared/convolution/reading.js';
import { TimeBudget } from '@convscope/shared/time-budget.js';
import type { Loaded } from '../../blobs/capture-loader.js';
import type { CaptureRef } from '../../blobs/capture-ref.js';
import { boundOf, type MapStack, valuesOf } from '../../drawing/map-stack.js';
import { createStore } from '../../ui/store.js';
import { type FrameRole, type MapRecord, refsOf } from '../run/frames/frame.js';
import type { LayerView } from '../run/frames/layers.js';
import { stackOf } from '../run/frames/stacks.js';
import { type CaptureProbes, type PictureSide, pairPictures } from './pictures.js';
import { NO_PROBES, type SideState } from './side.js';
import { readProbes } from './side-probes.js';
import { mapsOfRecord } from './stage-maps.js';

export interface LayerChange {
  readonly layer: string;
  /** ‖B − A‖ / ‖A‖. Undefined where there is none, which `note` explains. */
  readonly change: Reading | undefined;
  readonly of: 'kernels' | 'maps';
  readonly note: string | undefined;
}

type Get = (ref: CaptureRef) => Loaded | undefined;

/** Layers of more values are not measured from their maps: they would keep the page busy. */
const MOST_VALUES = 4_000_000;

export class LayerChanges {
  /** In the order of the net; layers that are not measured yet are missing. */
  readonly changes = createStore<readonly LayerChange[]>([]);
  /** Whether any layer is still to be measured. */
  readonly isBusy = createStore(false);
  readonly #changed: () => void;
  #subject = '';
  #done = new Map<string, LayerChange>();
  #measured: string | undefined;

  /** `changed` is called when a layer has been measured, and `update` should be called again. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Measures the next layer, if it has been loaded. Returns what is needed for the one after it, or for that one. */
  update(a: SideState, b: SideState, get: Get): CaptureRef[] {
    const subject = [a, b]
      .map(({ run, view, step }) => `${run}\n${view?.data.generation}\n${step}`)
      .join('\n');
    if (subject !== this.#subject) {
      this.#subject = subject;
      this.#done = new Map();
      this.#measured = undefined;
      this.changes.set([]);
      this.isBusy.set(false);
    }
    // What has not come yet is not missing in the log.
    if (!a.isComplete || !b.isComplete) return [];
    for (const layer of a.view?.layers ?? []) {
      if (this.#done.has(layer.name) || layer.name === this.#measured) continue;
      const other = b.view?.layers.find(({ name }) => name === layer.name);
      if (other === undefined) continue;
      this.isBusy.set(true);
      const next = measure({ side: a, layer }, { side: b, layer: other }, get);
      if ('needs' in next) return next.needs;
      if (this.#measured !== undefined) return [];
      void this.#measure(layer.name, next);
    }
    this.isBusy.set(this.#measured !== undefined);
    return [];
  }

  /** In pieces, since a large layer takes longer than a frame. */
  async #measure(name: string, work: Generator<void, LayerChange>): Promise<void> {
    const subject = this.#subject;
    this.#measured = name;
    const change = await new TimeBudget().do(work);
    if (subject !== this.#subject || this.#measured !== name) return;
    this.#measured = undefined;
    this.#done.set(name, change);
    this.changes.set([...this.#done.values()]);
    this.#changed();
  }
}

interface Place {
  readonly side: SideState;
  readonly layer: LayerView;
}

function measure(
  a: Place,
  b: Place,
  get: Get,
): Generator<void, LayerChange> | { readonly needs: CaptureRef[] } {
  const hasKernels = a.layer.weight !== undefined && b.layer.weight !== undefined;
  const role: FrameRole = hasKernels ? 'weight' : 'output';
  const refs = [a, b].map(({ side, layer }) =>
    side.view === undefined || side.step === undefined
      ? undefined
      : refsOf(side.view.data, layer, side.step)[role],
  );
  const loaded = refs.map((ref) => ref && get(ref));
  const [refA, refB] = refs;
  if (refA !== undefined && refB !== undefined && loaded.includes(undefined)) return { needs: [refA, refB] };
  const isAlone = a.side.run === b.side.run;
  const read = [a, b].map(({ side }, at) => {
    const ref = refs[at];
    return hasKernels || side.view === undefined || ref === undefined
      ? { refs: [], probes: NO_PROBES }
      : readProbes(side.view.data, ref.at.step, isAlone, get);
  });
  const [ofA, ofB] = read.map(({ probes }) => probes);
  if (ofA === undefined || ofB === undefined) return { needs: read.flatMap((one) => one.refs) };
  const said = (change: Reading | undefined, note?: string): LayerChange => ({
    ...{ layer: a.layer.name, change, note },
    of: hasKernels ? 'kernels' : 'maps',
  });
  return changeOf({ ...a, probes: ofA }, loaded[0], { ...b, probes: ofB }, loaded[1], hasKernels, said);
}

/** A layer at its own newest capture, which may be of other pictures than that of the shown layer. */
interface Captured extends Place {
  readonly probes: CaptureProbes;
}

const picturesOf = ({ side, probes }: Captured, record: MapRecord): PictureSide => ({
  ...{ run: side.run ?? '', start: side.view?.start, maps: mapsOfRecord(record), probes },
});

type Said = (change: Reading | undefined, note?: string) => LayerChange;

function* changeOf(
  a: Captured,
  ofA: Loaded | undefined,
  b: Captured,
  ofB: Loaded | undefined,
  hasKernels: boolean,
  said: Said,
): Generator<void, LayerChange> {
  if (ofA === undefined || ofB === undefined) return said(undefined, 'Not logged at or before these steps.');
  const [recordA, recordB] = [recordOf(ofA), recordOf(ofB)];
  if (recordA === undefined || recordB === undefined) return said(undefined, 'It cannot be read.');
  if (!hasKernels) return yield* ofMaps(a, recordA, b, recordB, said);
  const isSame = recordA.shape.join() === recordB.shape.join();
  if (!isSame || recordA.kind !== 'tensor' || recordB.kind !== 'tensor')
    return said(undefined, `[${recordA.shape.join(', ')}] in A, [${recordB.shape.join(', ')}] in B.`);
  const exact = (values: ArrayLike<number>): LoggedValues => ({ values, bound: 0, isRectified: false });
  const change = yield* relativeChange([[exact(recordA.values), exact(recordB.values)]]);
  return said(change, change === undefined ? 'The kernels of A are all 0.' : undefined);
}

function* ofMaps(
  a: Captured,
  recordA: MapRecord,
  b: Captured,
  recordB: MapRecord,
  said: Said,
): Generator<void, LayerChange> {
  const { pairs } = pairPictures(picturesOf(a, recordA), picturesOf(b, recordB));
  const stacks = pairs.flatMap((pair) => {
    const [ofA, ofB] = [stackOf(recordA, pair.a), stackOf(recordB, pair.b)];
    return ofA === undefined || ofB === undefined ? [] : [[ofA, ofB] as const];
  });
  const [first] = stacks;
  if (first === undefined) return said(undefined, 'A and B have no picture in common.');
  const [shapeA, shapeB] = [first[0].shape, first[1].shape];
  if (shapeA.join() !== shapeB.join())
    return said(undefined, `${shapeA.join('×')} in A, ${shapeB.join('×')} in B.`);
  if (shapeA[0] * shapeA[1] * shapeA[2] * stacks.length > MOST_VALUES)
    return said(undefined, 'Its maps are too many to be measured here. Choose the layer to compare them.');
  const change = yield* relativeChange(channelsOf(stacks));
  return said(change, change === undefined ? 'The maps of A may be all 0.' : undefined);
}

function* channelsOf(
  stacks: readonly (readonly [a: MapStack, b: MapStack])[],
): Generator<readonly [LoggedValues, LoggedValues]> {
  for (const [a, b] of stacks) {
    const [channels, height, width] = a.shape;
    const size = height * width;
    const [valuesA, valuesB] = [valuesOf(a), valuesOf(b)];
    for (let channel = 0; channel < channels; channel++) {
      const part = (values: Float32Array | Float64Array) =>
        values.subarray(channel * size, (channel + 1) * size);
      yield [
        { values: part(valuesA), bound: boundOf(a, channel), isRectified: false },
        { values: part(valuesB), bound: boundOf(b, channel), isRectified: false },
      ];
    }
  }
}

function recordOf(loaded: Loaded): MapRecord | undefined {
  if (!('decoded' in loaded)) return undefined;
  const { decoded } = loaded;
  return decoded.kind === 'channels' || decoded.kind === 'tensor' ? decoded : undefined;
}
