/** The maps of one side at one stage: as they were logged, or computed from what was logged. */
import { valueRange } from '@convscope/shared/channels/value-range.js';
import type { DecodedTensor } from '../../decode/decoded.js';
import type { MapStack } from '../../drawing/map-stack.js';
import { piecesOf, stackByRecipe } from '../run/frames/computed-stacks.js';
import type { Frame, MapRecord } from '../run/frames/frame.js';
import type { LayerView } from '../run/frames/layers.js';
import { mapRecordsOf, type Recipe, recordsOf } from '../run/frames/recipes.js';
import { derive, floatsOf, picturesOf, stackOf } from '../run/frames/stacks.js';
import { kernelTiles } from './kernel-tiles.js';
import { recipeOf, roleOf } from './stage.js';
import type { Stage } from './view.js';

type Range = MapRecord['range'];

/** The same object as long as it is made of the same records. */
export interface StageMaps {
  /** The pictures that can be shown, as the run counts its probes. */
  readonly probes: readonly number[];
  /** Of the record; of computed maps, that of the maps of one picture. */
  readonly shape: readonly number[];
  /** Set if the maps are a tensor as it was logged, which may hold kernels. */
  readonly tensor: DecodedTensor | undefined;
  readonly isComputed: boolean;
  /** The maps of a picture, before the ReLU of the layer itself; undefined for a picture that is not there. */
  stackOf(probe: number): MapStack | undefined;
  /** The range of all pictures as logged; of computed maps, that of this one. */
  rangeOf(probe: number): Range;
}

const NO_RANGE: Range = valueRange(() => {});

/** The pictures that a record shows. */
function probesOf(record: MapRecord): readonly number[] {
  return record.kind === 'channels'
    ? record.probes
    : Array.from({ length: picturesOf(record) }, (_, at) => at);
}

const logged = new WeakMap<MapRecord, StageMaps>();

export function mapsOfRecord(record: MapRecord): StageMaps {
  let maps = logged.get(record);
  if (maps === undefined) {
    maps = {
      probes: probesOf(record),
      shape: record.shape,
      tensor: record.kind === 'tensor' ? record : undefined,
      isComputed: false,
      stackOf: (probe) => stackOf(record, probe),
      rangeOf: () => record.range,
    };
    logged.set(record, maps);
  }
  return maps;
}

const made = new WeakMap<Frame, Map<Stage, StageMaps>>();

/** Undefined while a record is missing, and if the layer has no such maps. */
export function stageMaps(frame: Frame, layer: LayerView, stage: Stage): StageMaps | undefined {
  const recipe = recipeOf(layer, stage);
  const operations = (stage === 'input' && layer.input?.operations) || [];
  if (recipe === undefined && operations.length === 0) {
    const piece = frame[roleOf(stage, layer)];
    return piece && mapsOfRecord(piece.decoded);
  }
  const known = made.get(frame)?.get(stage);
  if (known !== undefined) return known;
  const maps = recipe === undefined ? derivedInput(frame, layer) : computedMaps(frame, recipe);
  if (maps !== undefined) made.set(frame, (made.get(frame) ?? new Map()).set(stage, maps));
  return maps;
}

/** The input of a convolution that is logged as the output of the layer before. */
function derivedInput({ input }: Frame, layer: LayerView): StageMaps | undefined {
  if (input === undefined || layer.input === undefined) return undefined;
  const { decoded } = input;
  const { operations } = layer.input;
  return byPicture(probesOf(decoded), (probe) => {
    const stack = stackOf(decoded, probe);
    return stack && derive(stack, operations);
  });
}

function computedMaps(frame: Frame, recipe: Recipe): StageMaps | undefined {
  const pieceOf = piecesOf(frame);
  if (!recordsOf(recipe).every((ref) => pieceOf(ref) !== undefined)) return undefined;
  const records = mapRecordsOf(recipe).flatMap((ref) => pieceOf(ref)?.decoded ?? []);
  const [first, ...others] = records.map(probesOf);
  const probes = (first ?? []).filter((probe) => others.every((one) => one.includes(probe)));
  return byPicture(probes, (probe) => stackByRecipe(recipe, probe, pieceOf));
}

function byPicture(
  probes: readonly number[],
  compute: (probe: number) => MapStack | undefined,
): StageMaps | undefined {
  // The two sides may share a recipe, which remembers only what it computed last.
  const stacks = new Map<number, MapStack | undefined>();
  const ofPicture = (probe: number): MapStack | undefined => {
    if (!stacks.has(probe)) stacks.set(probe, probes.includes(probe) ? compute(probe) : undefined);
    return stacks.get(probe);
  };
  const ranges = new Map<number, Range>();
  const shape = probes[0] === undefined ? undefined : ofPicture(probes[0])?.shape;
  if (shape === undefined) return undefined;
  return {
    probes,
    shape,
    tensor: undefined,
    isComputed: true,
    stackOf: ofPicture,
    rangeOf: (probe) => {
      const stack = ofPicture(probe);
      const range = ranges.get(probe) ?? (stack === undefined ? NO_RANGE : rangeOf(stack));
      ranges.set(probe, range);
      return range;
    },
  };
}

function rangeOf(stack: MapStack): Range {
  const values = floatsOf(stack);
  return valueRange((visit) => {
    for (const value of values) if (Number.isFinite(value)) visit(value, 1);
  });
}

/** The maps before the layer's own ReLU. Undefined if the picture is not there, or if a tensor holds no kernels. */
export function stackAt(maps: StageMaps, stage: Stage, probe: number): MapStack | undefined {
  if (stage !== 'kernels') return maps.stackOf(probe);
  return maps.tensor && kernelTiles(maps.tensor)?.stack;
}
