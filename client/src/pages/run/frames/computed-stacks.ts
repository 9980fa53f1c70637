/** Maps that the page computes from logged ones. Each is computed once, so that unchanged maps are the same object. */
import { valueRange } from '@convscope/shared/channels/value-range.js';
import { computeMaps } from '@convscope/shared/layers/compute-maps.js';
import type { LayerParameters, Maps } from '@convscope/shared/layers/maps.js';
import { PROBE_INPUT_TAG } from '@convscope/shared/run-description.js';
import type { DecodedTensor } from '../../../decode/decoded.js';
import { type MapStack, readingAt, valueStack } from '../../../drawing/map-stack.js';
import type { Frame, MapRecord, Piece } from './frame.js';
import type { ParameterRefs, Recipe } from './recipes.js';
import { derive, floatsOf, rectifiedOf, stackOf } from './stacks.js';
import type { TagRef } from './tag-ref.js';

/** The record of a tag in a frame; undefined if it is not there, or not of the same capture. */
export type PieceOf = (ref: TagRef) => Piece<MapRecord> | undefined;

/** Finds records of a frame's own capture: maps and parameters of different steps are of no state that the net had. */
export function piecesOf(frame: Frame | undefined): PieceOf {
  const step = frame?.output?.step;
  return ({ tag }) => {
    const piece = frame?.sources?.get(tag);
    return piece?.step === step || tag === PROBE_INPUT_TAG ? piece : undefined;
  };
}

interface Made {
  readonly inputs: readonly MapStack[];
  readonly parameters: LayerParameters;
  readonly stack: MapStack | undefined;
}

/** What each recipe made last: one entry is enough, since one probe is shown at a time. */
const made = new WeakMap<Recipe, Made>();

/** The maps of one probe; undefined while a record is missing, or if records do not fit together. */
export function stackByRecipe(recipe: Recipe, probe: number, pieceOf: PieceOf): MapStack | undefined {
  if (recipe.from === 'record') {
    const piece = pieceOf(recipe.ref);
    const stack = piece && stackOf(piece.decoded, probe);
    return stack !== undefined && recipe.relu ? rectifiedOf(stack) : stack;
  }
  const known = made.get(recipe);
  const inputs = recipe.inputs.map((input) => stackByRecipe(input, probe, pieceOf));
  if (!inputs.every((input) => input !== undefined)) return undefined;
  const parameters = parametersFrom(recipe.parameters, pieceOf);
  const isSame =
    known !== undefined &&
    inputs.every((input, index) => input === known.inputs[index]) &&
    (['weight', 'bias', 'runningMean', 'runningVar'] as const).every(
      (name) => parameters[name] === known.parameters[name],
    );
  if (isSame) return known.stack;
  const stack = computed(recipe, inputs, parameters);
  made.set(recipe, { inputs, parameters, stack });
  return stack;
}

export function parametersFrom(refs: ParameterRefs, pieceOf: PieceOf): LayerParameters {
  const valuesOf = (ref: TagRef | undefined) => {
    const decoded = ref && pieceOf(ref)?.decoded;
    return decoded?.kind === 'tensor' ? decoded.values : undefined;
  };
  return {
    weight: valuesOf(refs.weight),
    bias: valuesOf(refs.bias),
    runningMean: valuesOf(refs.runningMean),
    runningVar: valuesOf(refs.runningVar),
  };
}

/** What the logged codes allow exactly stays codes, with a quarter of the memory. */
function computed(
  { layer }: Extract<Recipe, { readonly from: 'layer' }>,
  inputs: readonly MapStack[],
  parameters: LayerParameters,
): MapStack | undefined {
  const first = inputs[0]!;
  if (layer.type === 'dropout') return first;
  if (layer.type === 'activation' && layer.kind === 'relu') return rectifiedOf(first);
  const isPooled =
    layer.type === 'maxPool2d' &&
    !layer.ceilMode &&
    isPlain(layer.padding, 0) &&
    isPlain(layer.paddingEnd ?? layer.padding, 0);
  if (isPooled && isPlain(layer.dilation, 1) && first.kind === 'codes') {
    const { kernel, stride } = layer;
    const fits = first.shape[1] >= kernel[0] && first.shape[2] >= kernel[1];
    return fits ? derive(first, [{ op: 'maxPool2d', kernel, stride }]) : undefined;
  }
  const maps = computeMaps(layer, inputs.map(mapsOf), parameters);
  return maps && stackOfMaps(maps);
}

function isPlain(pair: readonly [number, number], value: number): boolean {
  return pair[0] === value && pair[1] === value;
}

/** All values of a stack with their intervals. */
export function mapsOf(stack: MapStack): Maps {
  const values = floatsOf(stack);
  const { shape } = stack;
  if (stack.kind === 'values' && stack.margins === undefined)
    return { shape, values, lo: values, hi: values };
  const lo = new Float64Array(values.length);
  const hi = new Float64Array(values.length);
  const [channels, height, width] = shape;
  let place = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, place++) {
        const reading = readingAt(stack, channel, y, x);
        lo[place] = reading.lo;
        hi[place] = reading.hi;
      }
    }
  }
  return { shape, values, lo, hi };
}

function stackOfMaps({ values, lo, hi, shape }: Maps): MapStack {
  const stack = valueStack(values, shape);
  return lo === values && hi === values ? stack : { ...stack, margins: { lo, hi } };
}

const records = new WeakMap<MapStack, DecodedTensor>();

/** Computed maps as a record of one picture, for statistics and colours. */
export function recordOfStack(stack: MapStack, step: number): DecodedTensor {
  let record = records.get(stack);
  if (record === undefined) {
    const values = floatsOf(stack);
    const range = valueRange((visit) => {
      for (const value of values) if (Number.isFinite(value)) visit(value, 1);
    });
    record = { kind: 'tensor', step, shape: stack.shape, values, range };
    records.set(stack, record);
  }
  return record;
}
