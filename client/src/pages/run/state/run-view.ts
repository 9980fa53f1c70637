/** The chosen run as the page shows it: what follows from its data. */
import type { GapSummary, RunSummary } from '@convscope/shared/protocol/live.js';
import type { ModelDescription } from '@convscope/shared/run-description.js';
import type { RunEnd, RunStart } from '@convscope/shared/run-record.js';
import type { RunData } from '../../../runs/run-data.js';
import { descriptionOf } from '../frames/described-logs.js';
import { type ForeignLog, foreignLayers } from '../frames/foreign-layers.js';
import { captureSteps } from '../frames/frame.js';
import { describedLayers, type LayerView, type StripItem } from '../frames/layers.js';

/** A new object after every change. */
export interface RunView {
  readonly run: string;
  readonly data: RunData;
  readonly start: RunStart | undefined;
  /** The net, as the log describes it. */
  readonly model: ModelDescription | undefined;
  readonly end: RunEnd | undefined;
  readonly strip: readonly StripItem[];
  readonly layers: readonly LayerView[];
  /** The chosen layer. */
  readonly layer: LayerView | undefined;
  /**
   * Whether all that the log says of its layers has arrived: it was read to its end, and index, description and shapes
   * are here. Layers that are missing then are not in the log.
   */
  readonly isComplete: boolean;
  /** The number of tensors whose shape is not known yet: each of them may be a layer. */
  readonly unread: number;
  readonly steps: readonly number[];
  readonly gaps: readonly GapSummary[];
  readonly scalarTags: readonly string[];
  /** The last step for which anything was logged. */
  readonly lastStep: number;
  readonly error: string | undefined;
}

/** Describes the run as `data` has it now. Returns `before` itself when nothing has changed. */
export function describeRun(
  data: RunData,
  layerName: string | undefined,
  summary: RunSummary,
  before: RunView | undefined,
  shapes: ReadonlyMap<string, readonly number[]>,
  reading: Pick<ForeignLog, 'read' | 'convolutionOf'> = {},
): RunView {
  const has = { has: (tag: string, kind: string) => data.blob(tag, kind) !== undefined };
  const description = descriptionOf(data);
  let strip: StripItem[] = [];
  if (data.model !== undefined) strip = describedLayers(data.model, has);
  else if (description === 'none') {
    const views = foreignLayers({
      channelTags: data.tagsOfKind('channels'),
      tensorTags: data.tagsOfKind('tensor'),
      shapeOf: (tag) => shapes.get(tag),
      ...reading,
    });
    strip = views.map((layer) => ({ type: 'layer', layer }));
  }
  // Equal layers stay the same objects, so that nothing is drawn again.
  const old = before?.data === data ? before.layers : [];
  strip = strip.map((item) => {
    if (item.type !== 'layer') return item;
    const same = old.find((layer) => sameLayer(layer, item.layer));
    return same === undefined ? item : { type: 'layer', layer: same };
  });
  const layers = strip.flatMap((item) => (item.type === 'layer' ? [item.layer] : []));
  const steps = stepsOf(data, layers);
  const unread =
    description !== 'none' ? 0 : data.tagsOfKind('tensor').filter((tag) => !shapes.has(tag)).length;
  const next: RunView = {
    run: data.run,
    data,
    start: data.start,
    model: data.model,
    end: data.end,
    strip:
      before?.data === data && sameList(before.layers, layers) && before.model === data.model
        ? before.strip
        : strip,
    layers: before?.data === data && sameList(before.layers, layers) ? before.layers : layers,
    unread,
    isComplete: data.isComplete && unread === 0 && description !== 'coming',
    layer: layers.find(({ name }) => name === layerName) ?? layers[0],
    steps,
    gaps: data.gaps,
    scalarTags: data.scalarTags,
    lastStep: Math.max(summary.lastStep, steps.at(-1) ?? Number.NEGATIVE_INFINITY),
    error: data.error,
  };
  return before !== undefined && sameRun(before, next) ? before : next;
}

/** Whether the description of the run has been read, if it has one. */
export function isDescribed({ data, model }: RunView): boolean {
  return data.generation >= 0 && (model !== undefined || descriptionOf(data) === 'none');
}

const knownSteps = new WeakMap<RunData, { readonly key: string; readonly steps: readonly number[] }>();

/** Steps with captures; computed again only after new rows. */
function stepsOf(data: RunData, layers: readonly LayerView[]): readonly number[] {
  const rows = layers.map(({ output }) => data.blob(output.tag, output.kind)?.rows ?? 0);
  const key = [data.generation, ...rows].join();
  const known = knownSteps.get(data);
  if (known?.key === key) return known.steps;
  const steps = captureSteps(data, layers);
  knownSteps.set(data, { key, steps });
  return steps;
}

function sameLayer(a: LayerView, b: LayerView): boolean {
  return (
    a.name === b.name &&
    a.description === b.description &&
    a.outputRole === b.outputRole &&
    a.output.tag === b.output.tag &&
    a.output.kind === b.output.kind &&
    // The operations are part of the description, which is compared above.
    a.input?.tag === b.input?.tag &&
    a.input?.kind === b.input?.kind &&
    a.weight?.tag === b.weight?.tag &&
    a.bias?.tag === b.bias?.tag &&
    a.gradient?.tag === b.gradient?.tag
  );
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function sameRun(a: RunView, b: RunView): boolean {
  return (
    a.data === b.data &&
    a.start === b.start &&
    a.model === b.model &&
    a.end === b.end &&
    a.layers === b.layers &&
    a.layer === b.layer &&
    a.unread === b.unread &&
    a.isComplete === b.isComplete &&
    a.steps === b.steps &&
    a.gaps === b.gaps &&
    a.lastStep === b.lastStep &&
    a.error === b.error &&
    a.scalarTags.length === b.scalarTags.length
  );
}
