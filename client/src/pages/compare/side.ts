/** One side of the comparison: a run, one of its layers and one of its captures, and what of it has been loaded. */
import type { RunSummary } from '@convscope/shared/protocol/live.js';
import { indexAt } from '@convscope/shared/sorted.js';
import type { Loaded } from '../../blobs/capture-loader.js';
import type { CaptureRef } from '../../blobs/capture-ref.js';
import type { RunData } from '../../runs/run-data.js';
import type { BlobColumn } from '../../series/blob-column.js';
import { peekRefs } from '../run/frames/background-captures.js';
import { Description } from '../run/frames/description.js';
import { assembleFrame, type Frame, type FrameRole, refsOf, sourceRefs } from '../run/frames/frame.js';
import type { LayerView } from '../run/frames/layers.js';
import { describeRun, type RunView } from '../run/state/run-view.js';
import type { ComparedSide } from './comparison.js';
import type { CaptureProbes } from './pictures.js';
import { readProbes } from './side-probes.js';
import { recipeOf } from './stage.js';
import { stageMaps } from './stage-maps.js';
import type { SideChoice, Stage } from './view.js';

/** A new object after every change. */
export interface SideState {
  /** The run that is shown or asked for. */
  readonly run: string | undefined;
  /** Whether the run that is asked for is not in the list. */
  readonly isMissing: boolean;
  readonly view: RunView | undefined;
  readonly layer: LayerView | undefined;
  /** The layer that is asked for, if the run has no maps of it. */
  readonly absentLayer: string | undefined;
  /** The steps with captures of the layer, ascending. */
  readonly steps: readonly number[];
  /** The capture that is shown. */
  readonly step: number | undefined;
  /** The step that is asked for, if nothing of the layer was captured then. */
  readonly absentStep: number | undefined;
  readonly frame: Frame | undefined;
  /** The pictures that the frame is of; undefined while they are being loaded. */
  readonly probes: CaptureProbes | undefined;
  /** Whether all that is known of the run has come, so that what is not here is not in the log. */
  readonly isComplete: boolean;
}

export const NO_SIDE: SideState = {
  run: undefined,
  isMissing: false,
  view: undefined,
  layer: undefined,
  absentLayer: undefined,
  steps: [],
  step: undefined,
  absentStep: undefined,
  frame: undefined,
  probes: undefined,
  isComplete: false,
};

export interface SideRequest {
  readonly summary: RunSummary;
  readonly data: RunData;
  readonly choice: SideChoice;
  /** The layer to show if the choice names none. */
  readonly layer: string | undefined;
  readonly stage: Stage;
  /** What of the layer is needed. */
  readonly roles: readonly FrameRole[];
  /** Whether the other side is of the same run. */
  readonly isAlone: boolean;
  /** How many captures before and after the shown one are fetched ahead. */
  readonly ahead: number;
}

/** Of a log that says nothing of them. */
export const NO_PROBES: CaptureProbes = { row: undefined, named: undefined, input: undefined };
const NO_STEPS: readonly number[] = [];

type Get = (ref: CaptureRef) => Loaded | undefined;

export class Side {
  #state: SideState = NO_SIDE;
  #description = new Description();
  /** Shapes of the tensors of a run that does not describe its net; empty for those that cannot be read. */
  #shapes: ReadonlyMap<string, readonly number[]> = new Map();
  #subject = '';
  #steps:
    | { readonly column: BlobColumn; readonly rows: number; readonly steps: readonly number[] }
    | undefined;

  get state(): SideState {
    return this.#state;
  }

  /** The side shows no run. */
  without(run: string | undefined, isMissing: boolean): void {
    if (this.#state.run === run && this.#state.isMissing === isMissing && this.#state.view === undefined)
      return;
    this.#state = { ...NO_SIDE, run, isMissing };
  }

  /** Shows what has been loaded. Returns references to what is needed, most important first, and what will be soon. */
  update(request: SideRequest, get: Get): { readonly wanted: CaptureRef[]; readonly ahead: CaptureRef[] } {
    const { data, summary, choice, roles } = request;
    const subject = `${data.run}\n${data.generation}`;
    if (subject !== this.#subject) this.#forget(subject);
    const decodedOf = (ref: CaptureRef) => {
      const loaded = get(ref);
      return loaded !== undefined && 'decoded' in loaded ? loaded.decoded : undefined;
    };
    const wanted = this.#description.read(data, decodedOf, choice.step ?? Number.POSITIVE_INFINITY);
    wanted.push(...this.#peek(data, get));
    const asked = choice.layer ?? request.layer;
    const view = describeRun(data, asked, summary, this.#state.view, this.#shapes);
    const layer = view.views.find(({ name }) => name === asked) ?? view.layers[0] ?? view.views[0];
    const steps = this.#stepsOf(data, layer);
    const step =
      steps[Math.max(0, choice.step === undefined ? steps.length - 1 : indexAt(steps, choice.step))];
    let frame: Frame | undefined;
    const ahead: CaptureRef[] = [];
    if (layer !== undefined && step !== undefined) {
      const refs = only(refsOf(data, layer, step), roles);
      // Channels are matched by the maps of the layer, whatever is shown.
      const recipe = recipeOf(layer, request.stage) ?? recipeOf(layer, 'conv');
      const furtherAt = (one: number) => (recipe === undefined ? [] : sourceRefs(data, layer, one));
      const further = furtherAt(step);
      wanted.unshift(...Object.values(refs), ...further);
      frame = keep(this.#state.frame, assembleFrame(data, layer, step, refs, get, further), roles);
      const at = indexAt(steps, step);
      for (let by = 1; by <= request.ahead; by++) {
        for (const near of [steps[at + by], steps[at - by]])
          if (near !== undefined)
            ahead.push(...Object.values(only(refsOf(data, layer, near), roles)), ...furtherAt(near));
      }
    }
    // A frame stays until the next one is whole, and so do its pictures.
    const shown =
      step === undefined ? undefined : readProbes(data, frame?.step ?? step, request.isAlone, get);
    if (step !== undefined) wanted.push(...readProbes(data, step, request.isAlone, get).refs);
    wanted.push(...(shown?.refs ?? []));
    const isAbsent = asked !== undefined && layer !== undefined && layer.name !== asked && view.isComplete;
    this.#set({
      run: data.run,
      isMissing: false,
      view,
      layer,
      absentLayer: isAbsent ? asked : undefined,
      steps,
      step,
      absentStep: choice.step !== undefined && choice.step !== step ? choice.step : undefined,
      frame,
      probes: kept(this.#state.probes, shown?.probes),
      isComplete: view.isComplete,
    });
    return { wanted, ahead };
  }

  #peek(data: RunData, get: Get): CaptureRef[] {
    const refs = peekRefs(data, this.#shapes);
    const seen = refs.flatMap((ref) => {
      const loaded = get(ref);
      if (loaded === undefined) return [];
      const isTensor = 'decoded' in loaded && loaded.decoded.kind === 'tensor';
      return [[ref.tag, isTensor ? loaded.decoded.shape : []] as const];
    });
    if (seen.length > 0) this.#shapes = new Map([...this.#shapes, ...seen]);
    return seen.length > 0 ? peekRefs(data, this.#shapes) : refs;
  }

  /** The same array until another capture has come. */
  #stepsOf(data: RunData, layer: LayerView | undefined): readonly number[] {
    const column = layer && data.blob(layer.output.tag, layer.output.kind);
    if (column === undefined) return NO_STEPS;
    const known = this.#steps;
    if (known?.column !== column || known.rows !== column.rows)
      this.#steps = { column, rows: column.rows, steps: column.steps };
    return this.#steps?.steps ?? NO_STEPS;
  }

  #forget(subject: string): void {
    this.#subject = subject;
    this.#description.forget();
    this.#shapes = new Map();
    this.#state = NO_SIDE;
  }

  #set(next: SideState): void {
    const before = this.#state;
    const keys = Object.keys(next) as (keyof SideState)[];
    if (keys.some((key) => before[key] !== next[key])) this.#state = next;
  }
}

/** `before` itself if it says the same. */
function kept(before: CaptureProbes | undefined, next: CaptureProbes | undefined): CaptureProbes | undefined {
  const isSame = before?.row === next?.row && before?.named === next?.named && before?.input === next?.input;
  return before !== undefined && next !== undefined && isSame ? before : next;
}

function only(
  refs: Partial<Record<FrameRole, CaptureRef>>,
  roles: readonly FrameRole[],
): Partial<Record<FrameRole, CaptureRef>> {
  const kept: Partial<Record<FrameRole, CaptureRef>> = {};
  for (const role of roles) {
    const ref = refs[role];
    if (ref !== undefined) kept[role] = ref;
  }
  return kept;
}

/** `before` itself if `next` is the same, or if it is not complete and shows another capture of the same layer. */
function keep(before: Frame | undefined, next: Frame, roles: readonly FrameRole[]): Frame {
  if (before === undefined || before.layer !== next.layer) return next;
  if (!next.settled && roles.every((role) => before[role] !== undefined)) return before;
  const isSame =
    before.step === next.step &&
    before.settled === next.settled &&
    before.gap === next.gap &&
    before.errors.join('\n') === next.errors.join('\n') &&
    (['output', 'input', 'gradient', 'weight'] as const).every(
      (role) => before[role]?.decoded === next[role]?.decoded,
    ) &&
    before.sources?.size === next.sources?.size &&
    [...(before.sources ?? [])].every(([tag, { decoded }]) => next.sources?.get(tag)?.decoded === decoded);
  return isSame ? before : next;
}

/** What is compared of a side; undefined until it has been loaded, and if it was not logged. */
export function comparedSide(state: SideState, stage: Stage): ComparedSide | undefined {
  const { run, view, layer, frame } = state;
  // Kernels are of no picture.
  const probes = stage === 'kernels' ? NO_PROBES : state.probes;
  if (run === undefined || layer === undefined || frame?.layer !== layer || probes === undefined)
    return undefined;
  const maps = stageMaps(frame, layer, stage);
  return maps && { run, start: view?.start, layer, maps, probes };
}
