/** The chosen run as the page shows it: what follows from its data. */
import type { GapSummary, RunSummary } from '@convscope/shared/protocol/live.js';
import type { ModelDescription } from '@convscope/shared/run-description.js';
import type { RunEnd, RunStart } from '@convscope/shared/run-record.js';
import type { RunData } from '../../../runs/run-data.js';
import { describedLayers } from '../frames/described-layers.js';
import { descriptionOf } from '../frames/described-logs.js';
import { type ForeignLog, foreignLayers } from '../frames/foreign-layers.js';
import { captureSteps } from '../frames/frame.js';
import type { LayerView, StripItem } from '../frames/layers.js';
import type { TagRef } from '../frames/tag-ref.js';
import { foldStrip, viewOf, visibleLayers } from './strip-groups.js';

/** A new object after every change. */
export interface RunView {
  readonly run: string;
  readonly data: RunData;
  readonly start: RunStart | undefined;
  /** The net, as the log describes it. */
  readonly model: ModelDescription | undefined;
  readonly end: RunEnd | undefined;
  readonly strip: readonly StripItem[];
  /** Those whose maps are in the log. */
  readonly layers: readonly LayerView[];
  /** All that can be shown: those whose maps are in the log or follow from it. */
  readonly views: readonly LayerView[];
  /** Those of `layers` that are not folded away in the strip. */
  readonly visible: readonly LayerView[];
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
  const description = descriptionOf(data);
  let strip: StripItem[] = [];
  if (data.model !== undefined) strip = stripOf(data, data.model);
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
  const old = before?.data === data ? new Map(before.views.map((one) => [one.name, one])) : undefined;
  const same = (layer: LayerView): LayerView => {
    const known = old?.get(layer.name);
    return known !== undefined && sameLayer(known, layer) ? known : layer;
  };
  strip = strip.map((item) =>
    item.type === 'layer'
      ? { type: 'layer', layer: same(item.layer) }
      : { ...item, view: item.view && same(item.view) },
  );
  const isSame = before?.data === data && before.model === data.model && sameStrip(before.strip, strip);
  if (isSame) strip = [...before.strip];
  const layers = isSame
    ? before.layers
    : strip.flatMap((item) => (item.type === 'layer' ? [item.layer] : []));
  const views = isSame ? before.views : strip.flatMap((item) => viewOf(item) ?? []);
  const layer = views.find(({ name }) => name === layerName) ?? layers[0] ?? views[0];
  const steps = stepsOf(data, layers);
  const unread =
    description !== 'none' ? 0 : data.tagsOfKind('tensor').filter((tag) => !shapes.has(tag)).length;
  const next: RunView = {
    run: data.run,
    data,
    start: data.start,
    model: data.model,
    end: data.end,
    strip: isSame ? before.strip : strip,
    layers,
    views,
    visible: isSame && before.layer === layer ? before.visible : visibleLayers(foldStrip(strip, layer?.name)),
    unread,
    // The list of runs may be older than what was asked for of this one.
    isComplete: summary.readToEnd && data.isComplete && unread === 0 && description !== 'coming',
    layer,
    steps,
    gaps: data.gaps,
    scalarTags: data.scalarTags,
    lastStep: Math.max(summary.lastStep, steps.at(-1) ?? Number.NEGATIVE_INFINITY),
    error: data.error,
  };
  return before !== undefined && sameRun(before, next) ? before : next;
}

const knownStrips = new WeakMap<
  RunData,
  { readonly key: string; readonly model: ModelDescription; readonly strip: StripItem[] }
>();

/** The layers of the net; looked for again only after new tags. */
function stripOf(data: RunData, model: ModelDescription): StripItem[] {
  const key = [data.generation, data.tagsOfKind('channels').length, data.tagsOfKind('tensor').length].join();
  const known = knownStrips.get(data);
  if (known?.key === key && known.model === model) return known.strip;
  const strip = describedLayers(model, { has: (tag, kind) => data.blob(tag, kind) !== undefined });
  knownStrips.set(data, { key, model, strip });
  return strip;
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
    a.gradient?.tag === b.gradient?.tag &&
    a.walk?.description === b.walk?.description &&
    (a.walk?.computed === undefined) === (b.walk?.computed === undefined) &&
    a.walk?.inputs.length === b.walk?.inputs.length &&
    sameTags(a.walk?.sources, b.walk?.sources)
  );
}

function sameTags(a: readonly TagRef[] = [], b: readonly TagRef[] = []): boolean {
  return a.length === b.length && a.every(({ tag, kind }, at) => tag === b[at]!.tag && kind === b[at]!.kind);
}

function sameStrip(a: readonly StripItem[], b: readonly StripItem[]): boolean {
  return (
    a.length === b.length &&
    a.every(
      (item, at) =>
        item.type === b[at]!.type && viewOf(item) === viewOf(b[at]!) && item.layer.name === b[at]!.layer.name,
    )
  );
}

function sameRun(a: RunView, b: RunView): boolean {
  return (
    a.data === b.data &&
    a.start === b.start &&
    a.model === b.model &&
    a.end === b.end &&
    a.strip === b.strip &&
    a.visible === b.visible &&
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
