/**
 * The selected part of the shown frame: the maps of the chosen picture, the chosen channel and pixel. It is one file because
 * each part of a selection is found from those before it.
 */
import type { ChannelHealth } from '@convscope/shared/channels/health.js';
import { nearestOutput, type PixelRange } from '@convscope/shared/convolution/receptive-field.js';
import type { Kernels } from '@convscope/shared/convolution/terms.js';
import { layerProjectiveField, layerReceptiveField } from '@convscope/shared/layers/layer-fields.js';
import type { LayerParameters } from '@convscope/shared/layers/maps.js';
import type { Conv2dDescription, LayerDescription, MapShape } from '@convscope/shared/run-description.js';
import type { DecodedTensor } from '../../../decode/decoded.js';
import type { MapStack } from '../../../drawing/map-stack.js';
import { type Statistics, statisticsOf } from '../frames/channel-statistics.js';
import {
  type PieceOf,
  parametersFrom,
  piecesOf,
  recordOfStack,
  stackByRecipe,
} from '../frames/computed-stacks.js';
import type { Frame, MapRecord, Piece } from '../frames/frame.js';
import type { LayerView } from '../frames/layers.js';
import { derive, emptyShape, rectifiedOf, stackOf } from '../frames/stacks.js';
import type { PaneName, Stage, ViewState } from './view-state.js';

/** The maps in the output pane. */
export interface ShownMaps {
  readonly stage: Stage;
  readonly stack: MapStack | undefined;
  readonly piece: Piece<MapRecord> | undefined;
  readonly tag: string;
  /** Whether they may have negative values. */
  readonly signed: boolean;
}

export interface NamedMaps {
  readonly name: string;
  /** Undefined while they are missing, or if the log does not hold what is needed. */
  readonly stack: MapStack | undefined;
}

export interface Selection {
  readonly frame: Frame | undefined;
  readonly layer: LayerView;
  readonly description: Conv2dDescription | undefined;
  /** The layer of whatever kind, if the log describes it. */
  readonly described: LayerDescription | undefined;
  /** The maps that a layer reads which the log describes, in the order of its inputs. */
  readonly inputs: readonly NamedMaps[];
  /** Of a layer other than a convolution. */
  readonly parameters: LayerParameters;
  /** [channels, height, width] of the output; undefined while it is not known. */
  readonly shape: MapShape | undefined;
  readonly inputShape: MapShape | undefined;
  /** The maps before the activation, if they were logged. */
  readonly preactivation: MapStack | undefined;
  /** The maps before or after the activation, as the view has it; after it while gradients are shown. */
  readonly output: MapStack | undefined;
  /** What the output pane shows: `output`, or the gradients. */
  readonly shown: ShownMaps;
  /** The stages that the output pane can show. */
  readonly stages: readonly Stage[];
  readonly input: MapStack | undefined;
  readonly kernels: Kernels | undefined;
  readonly bias: Float32Array | Float64Array | undefined;
  /** The shapes of records that hold no values, such as [4, 0, 8], by the pane that would show them. */
  readonly empty: Readonly<Partial<Record<PaneName, readonly number[]>>>;
  /** Whether the maps can be shown both before and after ReLU. */
  readonly hasStages: boolean;
  /** Whether the shown output may have negative values. */
  readonly signed: boolean;
  readonly inputSigned: boolean;
  readonly health: readonly ChannelHealth[];
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

/** Each list is one object, so that controls which show it do not render again. */
const STAGE_LISTS: readonly (readonly Stage[])[] = [
  ['conv'],
  ['conv', 'relu'],
  ['conv', 'gradient'],
  ['conv', 'relu', 'gradient'],
];

/** More channels than any layer has: a description that states more is not taken at its word. */
const MOST_CHANNELS = 1 << 16;

/** The shape that a description states, unless no map can have it. */
function statedShape(shape: MapShape | undefined): MapShape | undefined {
  const isPossible = shape?.every((size) => size > 0) === true && shape[0] <= MOST_CHANNELS;
  return isPossible ? shape : undefined;
}

/** The statistic by which channels are sorted. Undefined when they are sorted by index. */
export function sortKeys(
  record: MapRecord | undefined,
  sort: ViewState['sort'],
): Statistics['mean'] | undefined {
  const statistics = sort === 'index' || record === undefined ? undefined : statisticsOf(record);
  if (sort === 'index' || statistics === undefined) return undefined;
  const { mean, std, zeroFraction } = statistics;
  return { mean, std, zero: zeroFraction }[sort];
}

/** Channel indices, sorted by descending key; channels without a key last. */
export function channelOrder(channels: number, keys: Statistics['mean'] | undefined): number[] {
  const order = Array.from({ length: channels }, (_, channel) => channel);
  if (keys === undefined) return order;
  const keyOf = (channel: number): number => {
    const key = keys[channel] ?? Number.NaN;
    return Number.isNaN(key) ? Number.NEGATIVE_INFINITY : key;
  };
  return order.sort((a, b) => {
    const [ofA, ofB] = [keyOf(a), keyOf(b)];
    return ofA === ofB ? a - b : ofA > ofB ? -1 : 1;
  });
}

export function select(
  layer: LayerView,
  frame: Frame | undefined,
  view: ViewState,
  health: readonly ChannelHealth[],
): Selection {
  const found = frame?.layer.name === layer.name ? frame : undefined;
  const { description, walk } = layer;
  const pieceOf = piecesOf(found);
  const computed = walk?.computed && stackByRecipe(walk.computed, view.probe, pieceOf);
  const inputs = inputsRead(walk, view.probe, pieceOf);
  const fits = found && withComputed(found, walk, computed, inputs[view.operand] ?? inputs[0], view);
  const record = fits?.output?.decoded;
  const raw =
    walk?.computed !== undefined ? computed : record === undefined ? undefined : stackOf(record, view.probe);
  const described = walk?.description ?? description;
  const hasStages =
    layer.outputRole === 'preactivation' &&
    described !== undefined &&
    'activation' in described &&
    described.activation === 'relu';
  const rectified = hasStages && view.stage !== 'conv';
  const output = raw !== undefined && rectified ? rectifiedOf(raw) : raw;
  const inputRecord = fits?.input?.decoded;
  const operations = layer.input?.operations ?? [];
  const inputRaw = inputRecord === undefined ? undefined : stackOf(inputRecord, view.probe);
  const input =
    layer.input === undefined
      ? (inputs[view.operand] ?? inputs[0])?.stack
      : inputRaw && derive(inputRaw, operations);
  const signed = !rectified && (record === undefined || record.range.min < 0);
  const gradients = fits?.gradient;
  const shown: ShownMaps =
    view.stage === 'gradient' && layer.gradient !== undefined
      ? {
          stage: 'gradient',
          stack: gradients && stackOf(gradients.decoded, view.probe),
          piece: gradients,
          tag: layer.gradient.tag,
          signed: true,
        }
      : {
          stage: rectified ? 'relu' : 'conv',
          stack: output,
          piece: fits?.output,
          // Over all captures only the values of what is logged are known.
          tag: walk?.computed === undefined ? layer.output.tag : '',
          signed,
        };
  const weight = fits?.weight?.decoded;
  const empty = {
    ...emptyOf('output', shown.piece?.decoded),
    ...emptyOf('input', inputRecord),
    ...emptyOf('kernels', weight),
  };
  const shape =
    output?.shape ?? (empty.output === undefined ? statedShape(described?.outputShape) : undefined);
  const [channels, height, width] = shape ?? [1, 1, 1];
  const clamp = (value: number, size: number) => Math.max(0, Math.min(size - 1, value));
  const silent = operations.some(({ op }) => op === 'relu') || input?.rectified === true;
  return {
    frame: fits,
    layer,
    description,
    described,
    inputs,
    parameters: walk === undefined ? {} : parametersFrom(walk.parameters, pieceOf),
    shape,
    inputShape:
      input?.shape ?? (empty.input === undefined ? statedShape(description?.inputShape) : undefined),
    preactivation: layer.outputRole === 'preactivation' ? raw : undefined,
    output,
    shown,
    stages: STAGE_LISTS[(hasStages ? 1 : 0) + (layer.gradient === undefined ? 0 : 2)]!,
    input,
    kernels:
      weight !== undefined && weight.shape.length === 4 && empty.kernels === undefined
        ? kernelsFrom(weight, described)
        : undefined,
    bias: fits?.bias?.decoded.values,
    empty,
    hasStages,
    signed,
    inputSigned: !silent && (inputRecord?.range.min ?? 0) < 0,
    health,
    channel: clamp(view.channel, channels),
    y: clamp(view.y ?? Math.floor(height / 2), height),
    x: clamp(view.x ?? Math.floor(width / 2), width),
  };
}

function inputsRead(walk: LayerView['walk'], probe: number, pieceOf: PieceOf): NamedMaps[] {
  return (walk?.inputs ?? []).map(({ name, recipe }) => ({
    name,
    stack: recipe && stackByRecipe(recipe, probe, pieceOf),
  }));
}

/** The frame with records of one picture in the place of maps that are computed. */
function withComputed(
  frame: Frame,
  walk: LayerView['walk'],
  output: MapStack | undefined,
  input: NamedMaps | undefined,
  { operand }: ViewState,
): Frame {
  if (walk === undefined) return frame;
  const step = frame.output?.step ?? frame.step;
  const row = frame.output?.row ?? 0;
  const piece = (stack: MapStack | undefined): Piece<MapRecord> | undefined =>
    stack && { step, row, decoded: recordOfStack(stack, step) };
  const recipe = (walk.inputs[operand] ?? walk.inputs[0])?.recipe;
  // A record as it was logged knows the values of all its pictures.
  const logged = recipe?.from === 'record' ? frame.sources?.get(recipe.ref.tag) : undefined;
  return {
    ...frame,
    output: walk.computed === undefined ? frame.output : piece(output),
    input: frame.layer.input === undefined ? input?.stack && (logged ?? piece(input.stack)) : frame.input,
  };
}

/** By the layer's groups if it is transposed, else by 0. */
const made = new WeakMap<DecodedTensor, Map<number, Kernels>>();

/** Kernels as [out, in/groups, kH, kW], the same object for the same record: what is drawn of them is kept. */
function kernelsFrom(weight: DecodedTensor, layer: LayerDescription | undefined): Kernels {
  const groups = layer?.type === 'convTranspose2d' ? layer.groups : 0;
  const known = made.get(weight)?.get(groups);
  if (known !== undefined) return known;
  const shape = weight.shape as unknown as Kernels['shape'];
  const kernels = groups === 0 ? { data: weight.values, shape } : turned(weight, groups);
  made.set(weight, (made.get(weight) ?? new Map()).set(groups, kernels));
  return kernels;
}

/** Kernels of a transposed convolution, which are logged as [in, out/groups, kH, kW]. */
function turned(weight: DecodedTensor, groups: number): Kernels {
  const shape = weight.shape as unknown as Kernels['shape'];
  const [inChannels, perGroup, height, width] = shape;
  const inPerGroup = inChannels / groups;
  const size = height * width;
  const data = new Float64Array(weight.values.length);
  for (let c = 0; c < inChannels; c++) {
    for (let o = 0; o < perGroup; o++) {
      const from = (c * perGroup + o) * size;
      const out = Math.floor(c / inPerGroup) * perGroup + o;
      data.set(weight.values.subarray(from, from + size), (out * inPerGroup + (c % inPerGroup)) * size);
    }
  }
  return { data, shape: [perGroup * groups, inPerGroup, height, width] };
}

function emptyOf(pane: PaneName, record: MapRecord | undefined): Selection['empty'] {
  const shape = emptyShape(record);
  return shape === undefined ? {} : { [pane]: shape };
}

/** The stage after the one in the output pane. */
export function stageAfter({ stages, shown }: Selection): Stage {
  return stages[(stages.indexOf(shown.stage) + 1) % stages.length]!;
}

/** A rectangle of map pixels, both ends inclusive. It may extend into the padding. */
export type Window = PixelRange;

type Read = Pick<Selection, 'described' | 'inputShape'>;

/** The pixels of the layer's input that an output pixel reads. Without a description, the pixel at its place. */
export function windowOf({ described, inputShape }: Read, y: number, x: number): Window {
  const range = { y0: y, y1: y, x0: x, x1: x };
  return described === undefined || inputShape === undefined
    ? range
    : (layerReceptiveField(described, range, inputShape) ?? range);
}

/** What is outlined in the input: nothing where an unknown layer leaves maps of another size, which may be of any place. */
export function inputMarkOf(read: Read, y: number, x: number): Window | undefined {
  const { described, inputShape } = read;
  const isElsewhere =
    described?.type === 'other' &&
    inputShape !== undefined &&
    [1, 2].some((axis) => described.outputShape[axis] !== inputShape[axis]);
  return isElsewhere ? undefined : windowOf(read, y, x);
}

/** The output pixel whose window is centred nearest to an input pixel. */
export function outputAt(
  selection: Selection,
  y: number,
  x: number,
): { readonly y: number; readonly x: number } {
  const { described, shape, inputShape } = selection;
  if (described === undefined || shape === undefined || inputShape === undefined) return { y, x };
  const nearest =
    described.type === 'conv2d'
      ? nearestOutput(described, { y, x })
      : middleOf(layerProjectiveField(described, { y0: y, y1: y, x0: x, x1: x }, inputShape) ?? { y, x });
  const clamp = (value: number, size: number) => Math.max(0, Math.min(size - 1, value));
  return { y: clamp(nearest.y, shape[1]), x: clamp(nearest.x, shape[2]) };
}

function middleOf(range: PixelRange | { readonly y: number; readonly x: number }) {
  if ('y' in range) return range;
  return { y: Math.floor((range.y0 + range.y1) / 2), x: Math.floor((range.x0 + range.x1) / 2) };
}
