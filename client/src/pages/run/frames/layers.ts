/** The layers of a run: from its description, or without one from the shapes of its tensors. */

import {
  biasTag,
  type Conv2dDescription,
  channelsTag,
  type LayerDescription,
  type MapOperation,
  type ModelDescription,
  PROBE_INPUT_TAG,
  weightTag,
} from '@convscope/shared/run-description.js';
import type { RecordKind } from '@convscope/shared/run-record.js';

export interface TagRef {
  readonly tag: string;
  readonly kind: RecordKind;
}

/** A layer whose maps can be shown. */
export interface LayerView {
  readonly name: string;
  /** Undefined for a log that does not describe its net. */
  readonly description: Conv2dDescription | undefined;
  readonly output: TagRef;
  /** Whether `output` holds values before the activation; `output` if after it, or if that is not known. */
  readonly outputRole: 'preactivation' | 'output';
  readonly input: (TagRef & { readonly operations: readonly MapOperation[] }) | undefined;
  readonly weight: TagRef | undefined;
  readonly bias: TagRef | undefined;
  /** The gradients of the loss with respect to the values before the activation, if they were logged. */
  readonly gradient: TagRef | undefined;
}

/** An item of the layer strip: a layer with maps, or one without. */
export type StripItem =
  | { readonly type: 'layer'; readonly layer: LayerView }
  | { readonly type: 'other'; readonly layer: Exclude<LayerDescription, Conv2dDescription> };

export interface TagLookup {
  has(tag: string, kind: RecordKind): boolean;
}

/** The layers of a run that describes its net, without conv layers that have no maps in the log. */
export function describedLayers(model: ModelDescription, tags: TagLookup): StripItem[] {
  return model.layers.flatMap((description): StripItem[] => {
    if (description.type !== 'conv2d') return [{ type: 'other', layer: description }];
    const layer = describedLayer(description, tags);
    return layer === undefined ? [] : [{ type: 'layer', layer }];
  });
}

function describedLayer(description: Conv2dDescription, tags: TagLookup): LayerView | undefined {
  const { name, input } = description;
  const preactivation = channelsTag(name, 'preactivation');
  const after = channelsTag(name, 'output');
  const outputRole = tags.has(preactivation, 'channels') ? 'preactivation' : 'output';
  const output = outputRole === 'preactivation' ? preactivation : after;
  const gradient = channelsTag(name, 'gradient');
  if (!tags.has(output, 'channels')) return undefined;
  return {
    name,
    description,
    output: { tag: output, kind: 'channels' },
    outputRole,
    input:
      input.from === 'probes'
        ? { tag: PROBE_INPUT_TAG, kind: 'tensor', operations: [] }
        : { tag: input.tag, kind: 'channels', operations: input.operations },
    weight: tags.has(weightTag(name), 'tensor') ? { tag: weightTag(name), kind: 'tensor' } : undefined,
    bias: tags.has(biasTag(name), 'tensor') ? { tag: biasTag(name), kind: 'tensor' } : undefined,
    gradient: tags.has(gradient, 'channels') ? { tag: gradient, kind: 'channels' } : undefined,
  };
}

const INPUT_NAME = /^(.*)[/._]inputs?$/i;
const OUTPUT_NAME = /^(.*)[/._](outputs?|preactivation|activations?)$/i;
const WEIGHT_NAME = /^(.*)[/._](weights?|kernels?)$/i;

/**
 * The layers of a log that does not describe its net: every tensor [C, H, W] or [N, C, H, W] is one. Tags that differ
 * only in input / weight / output are one layer. `shapeOf` returns undefined while a shape is not known.
 */
export function foreignLayers(
  channelTags: readonly string[],
  tensorTags: readonly string[],
  shapeOf: (tag: string) => readonly number[] | undefined,
): LayerView[] {
  const mapTags = tensorTags.filter((tag) => {
    const rank = shapeOf(tag)?.length;
    return rank === 3 || rank === 4;
  });
  const named = (pattern: RegExp, name: string): TagRef | undefined => {
    const tag = mapTags.find((one) => pattern.exec(one)?.[1] === name);
    return tag === undefined ? undefined : { tag, kind: 'tensor' };
  };
  const view = (name: string, output: TagRef, outputRole: LayerView['outputRole']): LayerView => {
    const input = named(INPUT_NAME, name);
    const weight = named(WEIGHT_NAME, name);
    const fits = weight === undefined || shapeOf(weight.tag)?.length === 4;
    return {
      name,
      description: undefined,
      output,
      outputRole,
      input: input === undefined ? undefined : { ...input, operations: [] },
      weight: fits ? weight : undefined,
      bias: undefined,
      gradient: undefined,
    };
  };
  const layers: LayerView[] = [];
  const used = new Set<string>();
  const add = (layer: LayerView): void => {
    layers.push(layer);
    for (const ref of [layer.output, layer.input, layer.weight]) if (ref !== undefined) used.add(ref.tag);
  };
  for (const tag of channelTags) {
    const name = OUTPUT_NAME.exec(tag)?.[1] ?? tag;
    add(view(name, { tag, kind: 'channels' }, tag.endsWith('/preactivation') ? 'preactivation' : 'output'));
  }
  for (const tag of mapTags) {
    const name = OUTPUT_NAME.exec(tag)?.[1];
    if (name !== undefined) add(view(name, { tag, kind: 'tensor' }, 'output'));
  }
  for (const tag of mapTags) {
    if (used.has(tag)) continue;
    layers.push({
      name: tag,
      description: undefined,
      output: { tag, kind: 'tensor' },
      outputRole: 'output',
      input: undefined,
      weight: undefined,
      bias: undefined,
      gradient: undefined,
    });
  }
  return layers;
}
