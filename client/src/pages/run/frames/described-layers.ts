/** The layers of a net that the log describes: those with maps in the log, and those whose maps follow from them. */
import {
  type Conv2dDescription,
  channelsTag,
  type LayerDescription,
  type ModelDescription,
  PROBE_INPUT_TAG,
} from '@convscope/shared/run-description.js';
import type { LayerView, LayerWalk, StripItem } from './layers.js';
import { definedRefs, mapsIn, parameterRefs, type Recipe, recipesOf, recordsOf } from './recipes.js';
import type { TagLookup, TagRef } from './tag-ref.js';

/** Every layer of the net, in the order of the forward pass. */
export function describedLayers(model: ModelDescription, tags: TagLookup): StripItem[] {
  const recipes = recipesOf(model, tags);
  const behind = behindRunningAverages(model);
  return model.layers.map((description): StripItem => {
    const recipe = recipes.get(description.name);
    const logged = loggedOutput(description, tags) ?? loggedAsInput(recipe);
    const walk = walkOf(description, recipes, logged === undefined ? recipe : undefined, tags);
    const hasRunningAverages = behind.has(description.name);
    if (logged !== undefined)
      return {
        type: 'layer',
        layer: { ...loggedLayer(description, walk, logged, tags), hasRunningAverages },
      };
    const view = recipe && computedLayer(description, walk, recipe);
    return { type: 'other', layer: description, view: view && { ...view, hasRunningAverages } };
  });
}

/** Batch norms, and all layers that read what comes from one. */
function behindRunningAverages({ layers }: ModelDescription): ReadonlySet<string> {
  const behind = new Set<string>();
  for (const { name, type, inputs } of layers)
    if (type === 'batchNorm2d' || inputs.some((input) => behind.has(input))) behind.add(name);
  return behind;
}

type Logged = Pick<LayerView, 'output' | 'outputRole'>;

function loggedOutput({ name }: LayerDescription, tags: TagLookup): Logged | undefined {
  const before = mapsIn(tags, channelsTag(name, 'preactivation'));
  if (before !== undefined) return { output: before, outputRole: 'preactivation' };
  const after = mapsIn(tags, channelsTag(name, 'output'));
  return after && { output: after, outputRole: 'output' };
}

/** The output of a layer that is logged as what another one reads, such as the sum of a residual block. */
function loggedAsInput(recipe: Recipe | undefined): Logged | undefined {
  return recipe?.from === 'record' ? { output: recipe.ref, outputRole: 'output' } : undefined;
}

function walkOf(
  description: LayerDescription,
  recipes: ReadonlyMap<string, Recipe>,
  computed: Recipe | undefined,
  tags: TagLookup,
): LayerWalk {
  const own = mapsIn(tags, channelsTag(description.name, 'input'));
  const inputs = description.inputs.map((name) => {
    const logged: Recipe | undefined =
      own && description.inputs.length === 1
        ? { from: 'record', layer: name, ref: own, relu: false }
        : undefined;
    return { name, recipe: logged ?? recipes.get(name) };
  });
  const parameters = parameterRefs(description, tags);
  const read = [...inputs.map(({ recipe }) => recipe), computed].filter((recipe) => recipe !== undefined);
  const sources = new Map(
    [...read.flatMap(recordsOf), ...definedRefs(parameters)].map((ref) => [ref.tag, ref]),
  );
  return { description, inputs, computed, parameters, sources: [...sources.values()] };
}

function loggedLayer(
  description: LayerDescription,
  walk: LayerWalk,
  { output, outputRole }: Logged,
  tags: TagLookup,
): LayerView {
  const { name } = description;
  const gradient = mapsIn(tags, channelsTag(name, 'gradient'));
  const isConv = description.type === 'conv2d';
  return {
    name,
    description: isConv ? description : undefined,
    output,
    outputRole,
    input: isConv ? convInput(description, walk, tags) : undefined,
    ...kernelsOf(description, walk),
    gradient,
    walk,
  };
}

/** Where the writer says that the input of a convolution is, or where it is logged under its own name. */
function convInput({ name, input }: Conv2dDescription, walk: LayerWalk, tags: TagLookup): LayerView['input'] {
  const stated: TagRef =
    input.from === 'probes'
      ? { tag: PROBE_INPUT_TAG, kind: 'tensor' }
      : (mapsIn(tags, input.tag) ?? { tag: input.tag, kind: 'channels' });
  const operations = input.from === 'probes' ? [] : input.operations;
  if (tags.has(stated.tag, stated.kind)) return { ...stated, operations };
  const own = mapsIn(tags, channelsTag(name, 'input'));
  if (own !== undefined) return { ...own, operations: [] };
  // What the writer promises may still come.
  return walk.inputs[0]?.recipe === undefined ? { ...stated, operations } : undefined;
}

/** Parameters that have a pane of their own. */
function kernelsOf({ type }: LayerDescription, { parameters }: LayerWalk) {
  const isWeighted = type === 'conv2d' || type === 'convTranspose2d' || type === 'dense';
  return isWeighted
    ? { weight: parameters.weight, bias: parameters.bias }
    : { weight: undefined, bias: undefined };
}

function computedLayer(
  description: LayerDescription,
  walk: LayerWalk,
  recipe: Recipe,
): LayerView | undefined {
  const records = recordsOf(recipe);
  // Parameters are not maps: the step of the maps is that of what they are computed from.
  const output =
    records.find(
      (ref) =>
        ref.tag !== PROBE_INPUT_TAG && !definedRefs(walk.parameters).some(({ tag }) => tag === ref.tag),
    ) ?? records[0];
  if (output === undefined) return undefined;
  return {
    name: description.name,
    description: undefined,
    output,
    outputRole: 'output',
    input: undefined,
    ...kernelsOf(description, walk),
    gradient: undefined,
    walk: { ...walk, computed: recipe },
  };
}
