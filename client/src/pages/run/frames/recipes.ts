/**
 * How the output of each layer of a net is found: in the log, or computed from what is in the log. Nothing is computed
 * from values that the log does not hold.
 */
import { type ComputedLayer, isComputed } from '@convscope/shared/layers/compute-maps.js';
import {
  biasTag,
  channelsTag,
  type LayerDescription,
  type ModelDescription,
  NET_INPUT,
  PROBE_INPUT_TAG,
  weightTag,
} from '@convscope/shared/run-description.js';
import type { TagLookup, TagRef } from './tag-ref.js';

/** Where the parameters of a layer are logged. */
export interface ParameterRefs {
  readonly weight?: TagRef | undefined;
  readonly bias?: TagRef | undefined;
  readonly runningMean?: TagRef | undefined;
  readonly runningVar?: TagRef | undefined;
}

export type Recipe =
  /** The record holds the output of `layer`, before its own ReLU if `relu` is set. */
  | { readonly from: 'record'; readonly layer: string; readonly ref: TagRef; readonly relu: boolean }
  | {
      readonly from: 'layer';
      readonly layer: ComputedLayer;
      readonly inputs: readonly Recipe[];
      readonly parameters: ParameterRefs;
    };

/** Layers that are computed one after the other. More would take long, and their intervals would say nothing. */
const MOST_STEPS = 16;

/** The recipes of all layers' outputs, by name, and of the net's input. Layers that cannot be shown have none. */
export function recipesOf(model: ModelDescription, tags: TagLookup): ReadonlyMap<string, Recipe> {
  const recipes = new Map<string, Recipe>();
  const steps = new Map<Recipe, number>();
  const readAlone = new Map<string, string[]>();
  for (const { name, inputs } of model.layers) {
    const [input] = inputs;
    if (inputs.length === 1 && input !== undefined)
      readAlone.set(input, [...(readAlone.get(input) ?? []), name]);
  }
  const ofReader = (name: string): Recipe | undefined => {
    for (const reader of readAlone.get(name) ?? []) {
      const ref = mapsIn(tags, channelsTag(reader, 'input'));
      if (ref !== undefined) return { from: 'record', layer: name, ref, relu: false };
    }
    return undefined;
  };
  const probes = mapsIn(tags, PROBE_INPUT_TAG);
  const input: Recipe | undefined =
    probes === undefined
      ? ofReader(NET_INPUT)
      : { from: 'record', layer: NET_INPUT, ref: probes, relu: false };
  if (input !== undefined) recipes.set(NET_INPUT, input);
  for (const layer of model.layers) {
    const recipe = logged(layer, tags) ?? ofReader(layer.name) ?? computed(layer, recipes, steps, tags);
    if (recipe !== undefined) recipes.set(layer.name, recipe);
  }
  return recipes;
}

/** A record of maps, as our own trainer writes it or as a tensor. */
export function mapsIn(tags: TagLookup, tag: string): TagRef | undefined {
  const kind = (['channels', 'tensor'] as const).find((one) => tags.has(tag, one));
  return kind === undefined ? undefined : { tag, kind };
}

function logged(layer: LayerDescription, tags: TagLookup): Recipe | undefined {
  const { name } = layer;
  const output = mapsIn(tags, channelsTag(name, 'output'));
  if (output !== undefined) return { from: 'record', layer: name, ref: output, relu: false };
  const before = mapsIn(tags, channelsTag(name, 'preactivation'));
  const relu = 'activation' in layer && layer.activation === 'relu';
  return before && { from: 'record', layer: name, ref: before, relu };
}

function computed(
  layer: LayerDescription,
  recipes: ReadonlyMap<string, Recipe>,
  steps: Map<Recipe, number>,
  tags: TagLookup,
): Recipe | undefined {
  if (!isComputed(layer) || layer.inputs.length === 0) return undefined;
  const inputs = layer.inputs.map((input) => recipes.get(input));
  if (!inputs.every((input) => input !== undefined)) return undefined;
  const step = 1 + Math.max(...inputs.map((input) => steps.get(input) ?? 0));
  const parameters = parameterRefs(layer, tags);
  if (step > MOST_STEPS || !isComplete(layer, parameters)) return undefined;
  const recipe: Recipe = { from: 'layer', layer, inputs, parameters };
  steps.set(recipe, step);
  return recipe;
}

export function parameterRefs({ name }: LayerDescription, tags: TagLookup): ParameterRefs {
  const at = (tag: string): TagRef | undefined =>
    tags.has(tag, 'tensor') ? { tag, kind: 'tensor' } : undefined;
  return {
    weight: at(weightTag(name)),
    bias: at(biasTag(name)),
    runningMean: at(`${name}/running_mean`),
    runningVar: at(`${name}/running_var`),
  };
}

function isComplete(layer: ComputedLayer, { weight, bias, runningMean, runningVar }: ParameterRefs): boolean {
  if (layer.type === 'dense') return weight !== undefined && (!layer.bias || bias !== undefined);
  if (layer.type === 'prelu') return weight !== undefined;
  if (layer.type === 'groupNorm' || layer.type === 'layerNorm')
    return !layer.affine || (weight !== undefined && bias !== undefined);
  if (layer.type !== 'batchNorm2d') return true;
  const isScaled = !layer.affine || (weight !== undefined && bias !== undefined);
  return isScaled && runningMean !== undefined && runningVar !== undefined;
}

export function definedRefs(parameters: ParameterRefs): TagRef[] {
  return Object.values(parameters).filter((ref): ref is TagRef => ref !== undefined);
}

/** A recipe and all recipes that it reads, each once. */
function* partsOf(recipe: Recipe, seen = new Set<Recipe>()): Generator<Recipe> {
  if (seen.has(recipe)) return;
  seen.add(recipe);
  yield recipe;
  if (recipe.from === 'record') return;
  for (const input of recipe.inputs) yield* partsOf(input, seen);
}

/** All records that a recipe reads. */
export function recordsOf(recipe: Recipe): TagRef[] {
  const found = new Map<string, TagRef>();
  for (const part of partsOf(recipe))
    for (const ref of part.from === 'record' ? [part.ref] : definedRefs(part.parameters))
      found.set(ref.tag, ref);
  return [...found.values()];
}

/** The records of maps that a recipe reads, without those of parameters. */
export function mapRecordsOf(recipe: Recipe): TagRef[] {
  const found = new Map<string, TagRef>();
  for (const part of partsOf(recipe)) if (part.from === 'record') found.set(part.ref.tag, part.ref);
  return [...found.values()];
}

/** The layers whose logged maps a recipe reads, in the order of the forward pass. */
export function producersOf(recipe: Recipe): string[] {
  const names = new Set<string>();
  for (const part of partsOf(recipe)) if (part.from === 'record') names.add(part.layer);
  return [...names];
}

/** "conv1’s maps after ReLU", "computed from conv1’s and conv2’s maps". */
export function recipeText(recipe: Recipe): string {
  if (recipe.from === 'record') {
    if (recipe.layer === NET_INPUT) return 'the picture, normalised';
    return `${recipe.layer}’s maps${recipe.relu ? ' after ReLU' : ''}`;
  }
  const names = producersOf(recipe).map((name) => (name === NET_INPUT ? 'the picture' : `${name}’s`));
  const last = names.pop();
  const list = names.length === 0 ? last : `${names.join(', ')} and ${last}`;
  return `computed from ${list}${last === 'the picture' ? '' : ' maps'}`;
}
