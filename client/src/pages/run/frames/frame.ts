/** The captures that are shown together: one step, one layer. */

import type { GapSummary } from '@convscope/shared/protocol/live.js';
import { PROBE_INPUT_TAG } from '@convscope/shared/run-description.js';
import { indexAt } from '@convscope/shared/sorted.js';
import type { Loaded } from '../../../blobs/capture-loader.js';
import type { CaptureRef } from '../../../blobs/capture-ref.js';
import type { DecodedChannels, DecodedTensor } from '../../../decode/decoded.js';
import type { RunData } from '../../../runs/run-data.js';
import type { LayerView } from './layers.js';
import type { TagRef } from './tag-ref.js';

export type MapRecord = DecodedChannels | DecodedTensor;

/** A decoded record of one tag. */
export interface Piece<T> {
  /** The step at which it was logged; never later than the frame's. */
  readonly step: number;
  readonly row: number;
  readonly decoded: T;
}

export interface Frame {
  readonly run: string;
  readonly generation: number;
  readonly layer: LayerView;
  readonly step: number;
  readonly output: Piece<MapRecord> | undefined;
  readonly input: Piece<MapRecord> | undefined;
  readonly weight: Piece<DecodedTensor> | undefined;
  readonly bias: Piece<DecodedTensor> | undefined;
  readonly gradient: Piece<MapRecord> | undefined;
  /** The records of the layer's `walk`, by tag. */
  readonly sources?: ReadonlyMap<string, Piece<MapRecord>>;
  /** Whether all parts have been loaded or have failed. */
  readonly settled: boolean;
  /** Whether it has all parts of the layer, not only those that the output grid shows. */
  readonly isWhole: boolean;
  /** What cannot be shown, and why: one sentence each. */
  readonly errors: readonly string[];
  /** The gap in the log that the step lies in, if any. */
  readonly gap: GapSummary | undefined;
}

export type FrameRole = 'output' | 'input' | 'weight' | 'bias' | 'gradient';
const ROLES: readonly FrameRole[] = ['output', 'input', 'weight', 'bias', 'gradient'];

/** The newest record of a tag that was logged at or before `step`. */
export function refAt(
  data: RunData,
  { tag, kind }: TagRef,
  step: number,
  comingFrom = Number.POSITIVE_INFINITY,
): CaptureRef | undefined {
  const column = data.blob(tag, kind);
  // Of logs that state their probes later than the first maps, these hold for the maps before as well.
  const row =
    column?.rowAt(step) ?? (tag === PROBE_INPUT_TAG && column?.row(0) !== undefined ? 0 : undefined);
  const at = row === undefined ? undefined : column?.row(row);
  if (row === undefined || at === undefined) return undefined;
  return { run: data.run, generation: data.generation, tag, kind, row, at, coming: row >= comingFrom };
}

/** The captures of what a layer reads and is computed from. */
export function sourceRefs(
  data: RunData,
  layer: LayerView,
  step: number,
  comingFrom: (tag: string) => number = () => Number.POSITIVE_INFINITY,
): CaptureRef[] {
  return (layer.walk?.sources ?? []).flatMap((tag) => refAt(data, tag, step, comingFrom(tag.tag)) ?? []);
}

/** Which record of the probes those of a step are; undefined where there is none. */
export function probesRow(data: RunData, step: number | undefined): number | undefined {
  return step === undefined ? undefined : refAt(data, { tag: PROBE_INPUT_TAG, kind: 'tensor' }, step)?.row;
}

/** The captures that a frame consists of, maps first. */
export function refsOf(
  data: RunData,
  layer: LayerView,
  step: number,
  comingFrom: (tag: string) => number = () => Number.POSITIVE_INFINITY,
): Partial<Record<FrameRole, CaptureRef>> {
  const refs: Partial<Record<FrameRole, CaptureRef>> = {};
  for (const role of ROLES) {
    const tag = layer[role];
    // A layer that is captured less often than others shows the probes that its maps are of.
    const at = tag?.tag === PROBE_INPUT_TAG ? (refs.output?.at.step ?? step) : step;
    const ref = tag === undefined ? undefined : refAt(data, tag, at, comingFrom(tag.tag));
    const isOfOtherProbes =
      (role === 'input' || role === 'gradient') &&
      probesRow(data, ref?.at.step) !== probesRow(data, refs.output?.at.step);
    if (ref !== undefined && !isOfOtherProbes) refs[role] = ref;
  }
  return refs;
}

export function assembleFrame(
  data: RunData,
  layer: LayerView,
  step: number,
  refs: Partial<Record<FrameRole, CaptureRef>>,
  get: (ref: CaptureRef) => Loaded | undefined,
  further: readonly CaptureRef[] = [],
  isWhole = true,
): Frame {
  const errors: string[] = [];
  let settled = true;
  const gap = gapAt(data.gaps, step, refs.output?.at.step);
  const failed = new Set<CaptureRef['at']>();
  const pieceOf = (ref: CaptureRef | undefined): Piece<MapRecord> | undefined => {
    if (ref === undefined) return undefined;
    const loaded = get(ref);
    if (loaded === undefined) settled = false;
    else if ('error' in loaded) {
      // A record may have several roles.
      if (!failed.has(ref.at)) errors.push(`${ref.tag} at step ${ref.at.step}: ${loaded.error}`);
      failed.add(ref.at);
    } else if (loaded.decoded.kind === 'channels' || loaded.decoded.kind === 'tensor') {
      return { step: ref.at.step, row: ref.row, decoded: loaded.decoded };
    }
    return undefined;
  };
  const tensor = (role: FrameRole): Piece<DecodedTensor> | undefined => {
    const found = pieceOf(refs[role]);
    return found?.decoded.kind === 'tensor' ? { ...found, decoded: found.decoded } : undefined;
  };
  if (gap !== undefined) {
    // Show empty maps rather than those from before the gap.
    const nothing = {
      output: undefined,
      input: undefined,
      weight: undefined,
      bias: undefined,
      gradient: undefined,
    };
    return {
      run: data.run,
      generation: data.generation,
      layer,
      step,
      ...nothing,
      settled: true,
      isWhole,
      errors,
      gap,
    };
  }
  const parts = {
    output: pieceOf(refs.output),
    input: pieceOf(refs.input),
    weight: tensor('weight'),
    bias: tensor('bias'),
    gradient: pieceOf(refs.gradient),
    sources: sourcesFrom(further, pieceOf),
  };
  return { run: data.run, generation: data.generation, layer, step, ...parts, settled, isWhole, errors, gap };
}

function sourcesFrom(
  refs: readonly CaptureRef[],
  pieceOf: (ref: CaptureRef) => Piece<MapRecord> | undefined,
): ReadonlyMap<string, Piece<MapRecord>> {
  const sources = new Map<string, Piece<MapRecord>>();
  for (const ref of refs) {
    const piece = pieceOf(ref);
    if (piece !== undefined) sources.set(ref.tag, piece);
  }
  return sources;
}

/** The gap that a step lies in, unless `found`, the step of its map, is after the beginning of the gap. */
function gapAt(gaps: readonly GapSummary[], step: number, found: number | undefined): GapSummary | undefined {
  return gaps.find(
    ({ afterStep, beforeStep }) =>
      afterStep !== null &&
      beforeStep !== null &&
      step > afterStep &&
      step < beforeStep &&
      (found ?? -1) <= afterStep,
  );
}

/** The gradients, which may be turned on and off while a run trains: expected if the capture before has them. */
function expectedGradient(data: RunData, { output, gradient }: LayerView, step: number): TagRef | undefined {
  if (gradient === undefined) return undefined;
  const outputs = data.blob(output.tag, output.kind);
  const row = outputs?.rowAt(step - 1);
  const before = row === undefined ? undefined : outputs?.row(row)?.step;
  if (before === undefined) return gradient;
  const gradients = data.blob(gradient.tag, gradient.kind);
  const at = gradients?.rowAt(step);
  const newest = at === undefined ? undefined : gradients?.row(at)?.step;
  return newest !== undefined && newest >= before ? gradient : undefined;
}

/** Whether all parts of a frame were logged at exactly this step, so that it does not mix two captures. */
export function isAligned(data: RunData, layer: LayerView, step: number): boolean {
  const sources = layer.walk?.sources ?? [];
  const gradient = expectedGradient(data, layer, step);
  const tags = [layer.output, layer.weight, layer.bias, layer.input, gradient, ...sources].filter(
    (tag): tag is TagRef => tag !== undefined && tag.tag !== PROBE_INPUT_TAG,
  );
  return tags.every(({ tag, kind }) => {
    const column = data.blob(tag, kind);
    const row = column?.rowAt(step);
    return row !== undefined && column?.row(row)?.step === step;
  });
}

/**
 * The newest step for which both the maps and the kernels of a layer are in the index: captures arrive tag by tag. If
 * kernels are logged at other steps than maps, the step of the newest maps.
 */
export function newestStep(data: RunData, layer: LayerView): number | undefined {
  const outputs = data.blob(layer.output.tag, layer.output.kind);
  const last = outputs?.lastStep;
  if (outputs === undefined || last === undefined || isAligned(data, layer, last)) return last;
  const row = outputs.rowAt(last - 1);
  const before = row === undefined ? undefined : outputs.row(row)?.step;
  return before !== undefined && isAligned(data, layer, before) ? before : last;
}

/** All steps with a capture of any of the layers, ascending. */
export function captureSteps(data: RunData, layers: readonly LayerView[]): number[] {
  const steps = new Set<number>();
  for (const { output } of layers)
    for (const step of data.blob(output.tag, output.kind)?.steps ?? []) steps.add(step);
  return [...steps].sort((a, b) => a - b);
}

/** The step nearest to `step`. `steps` are ascending. */
export function nearest(steps: readonly number[], step: number): number | undefined {
  const index = indexAt(steps, step);
  const below = steps[index];
  const above = steps[index + 1];
  if (below === undefined) return above;
  return above !== undefined && above - step < step - below ? above : below;
}

/** Whether two frames show the same records. */
export function sameFrame(a: Frame, b: Frame): boolean {
  return (
    a.run === b.run &&
    a.generation === b.generation &&
    a.layer === b.layer &&
    a.step === b.step &&
    a.output?.decoded === b.output?.decoded &&
    a.input?.decoded === b.input?.decoded &&
    a.weight?.decoded === b.weight?.decoded &&
    a.bias?.decoded === b.bias?.decoded &&
    a.gradient?.decoded === b.gradient?.decoded &&
    sameSources(a.sources, b.sources) &&
    a.settled === b.settled &&
    a.isWhole === b.isWhole &&
    a.gap === b.gap &&
    a.errors.length === b.errors.length
  );
}

function sameSources(a: Frame['sources'], b: Frame['sources']): boolean {
  return (
    (a?.size ?? 0) === (b?.size ?? 0) &&
    [...(a ?? [])].every(([tag, one]) => b?.get(tag)?.decoded === one.decoded)
  );
}
