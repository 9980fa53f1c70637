/** The layers of a run that describes its net. */

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
