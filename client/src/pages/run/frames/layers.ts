/** The layers of a run that describes its net. */

import type { Conv2dDescription, LayerDescription, MapOperation } from '@convscope/shared/run-description.js';
import type { ParameterRefs, Recipe } from './recipes.js';
import type { TagRef } from './tag-ref.js';

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
  /** Whether its maps depend on running averages, which begin at 0 and 1 and not at what they are averages of. */
  readonly hasRunningAverages?: boolean;
  /** How it stands in the net, if the log describes that. */
  readonly walk?: LayerWalk | undefined;
}

/** A layer of any kind in its net. */
export interface LayerWalk {
  readonly description: LayerDescription;
  /** What it reads, in the order of its inputs; a recipe is undefined if the log does not hold what is needed. */
  readonly inputs: readonly { readonly name: string; readonly recipe: Recipe | undefined }[];
  /** How its output is computed, if it is not in the log. */
  readonly computed: Recipe | undefined;
  readonly parameters: ParameterRefs;
  /** All records that inputs, output and parameters are made of. */
  readonly sources: readonly TagRef[];
}

/** An item of the layer strip: a layer whose maps are in the log, or another one. */
export type StripItem =
  | { readonly type: 'layer'; readonly layer: LayerView }
  | {
      readonly type: 'other';
      readonly layer: LayerDescription;
      /** Set if its maps can be computed. */
      readonly view: LayerView | undefined;
    };
