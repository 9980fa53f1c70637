/** What is looked at within the shown frame: stacks of maps for the chosen picture, the chosen channel and pixel. */
import type { ChannelHealth } from '@convscope/shared/channels/health.js';
import type { InputMaps, Kernels } from '@convscope/shared/convolution/terms.js';
import type { Conv2dDescription, MapOperation, MapShape } from '@convscope/shared/run-description.js';
import type { DecodedChannels } from '../../../decode/decoded.js';
import { applyOperations, type MapStack, rectify, valueStack, valuesOf } from '../../../drawing/map-stack.js';
import type { Frame, MapRecord } from '../frames/frame.js';
import type { LayerView } from '../frames/layers.js';
import type { ViewState } from './view-state.js';

export interface Selection {
  readonly frame: Frame | undefined;
  readonly layer: LayerView;
  readonly description: Conv2dDescription | undefined;
  /** [channels, height, width] of the output; undefined while nothing is known of it. */
  readonly shape: MapShape | undefined;
  readonly inputShape: MapShape | undefined;
  /** Before the activation, where that was logged. */
  readonly preactivation: MapStack | undefined;
  /** As the view asks for it: before or after the activation. */
  readonly output: MapStack | undefined;
  readonly input: MapStack | undefined;
  readonly kernels: Kernels | undefined;
  readonly bias: Float32Array | Float64Array | undefined;
  /** Whether conv and ReLU can be told apart. */
  readonly hasStages: boolean;
  /** Whether the shown output has values on both sides of zero. */
  readonly signed: boolean;
  readonly inputSigned: boolean;
  readonly health: readonly ChannelHealth[];
  readonly channel: number;
  readonly y: number;
  readonly x: number;
}

const stacks = new WeakMap<MapRecord, Map<number, MapStack>>();
const derived = new WeakMap<MapStack, Map<string, MapStack>>();
const floats = new WeakMap<MapStack, Float32Array | Float64Array>();

function remembered<K extends object, L, V>(cache: WeakMap<K, Map<L, V>>, key: K, sub: L, make: () => V): V {
  let found = cache.get(key);
  if (found === undefined) {
    found = new Map();
    cache.set(key, found);
  }
  let value = found.get(sub);
  if (value === undefined) {
    value = make();
    found.set(sub, value);
  }
  return value;
}

/** How many pictures a record shows. */
export function picturesOf(record: MapRecord): number {
  if (record.kind === 'channels') return record.probes.length;
  return record.shape.length === 4 ? record.shape[0]! : 1;
}

/** The maps of one picture. `probe` counts as the run's description does. */
export function stackOf(record: MapRecord, probe: number): MapStack | undefined {
  const found =
    record.kind === 'channels' ? record.probes.indexOf(probe) : Math.min(probe, picturesOf(record) - 1);
  const picture = Math.max(0, found);
  if (picturesOf(record) === 0 || record.shape.length < 3) return undefined;
  return remembered(stacks, record, picture, () => {
    const shape = record.shape.slice(-3) as unknown as MapShape;
    const size = shape[0] * shape[1] * shape[2];
    const [from, to] = [picture * size, (picture + 1) * size];
    if (record.kind === 'tensor') return valueStack(record.values.subarray(from, to), shape);
    const marks = record.marks?.subarray(from, to);
    const { lo, hi } = record;
    return { kind: 'codes', shape, codes: record.codes.subarray(from, to), lo, hi, marks, rectified: false };
  });
}

/** What is drawn of a picture of `from` is what is to be drawn of the same picture of `to`. */
export function shareStack(from: DecodedChannels, to: DecodedChannels): void {
  for (const probe of from.probes) {
    const stack = stackOf(from, probe);
    const picture = to.probes.indexOf(probe);
    if (stack !== undefined && picture >= 0) remembered(stacks, to, picture, () => stack);
  }
}

function derive(stack: MapStack, operations: readonly MapOperation[]): MapStack {
  if (operations.length === 0) return stack;
  return remembered(derived, stack, JSON.stringify(operations), () => applyOperations(stack, operations));
}

/** All values of a stack, worked out once. */
export function floatsOf(stack: MapStack): Float32Array | Float64Array {
  let values = floats.get(stack);
  if (values === undefined) {
    values = valuesOf(stack);
    floats.set(stack, values);
  }
  return values;
}

export function inputMapsOf(stack: MapStack): InputMaps {
  return { data: floatsOf(stack), shape: stack.shape };
}

/** What channels can be ordered by: their own numbers in the capture. Undefined for the order of the index. */
export function sortKeys(record: MapRecord | undefined, sort: ViewState['sort']): Float32Array | undefined {
  if (sort === 'index' || record?.kind !== 'channels' || record.statistics === undefined) return undefined;
  const { mean, std, zeroFraction } = record.statistics;
  return { mean, std, zero: zeroFraction }[sort];
}

/** Channels, the largest key first. */
export function channelOrder(channels: number, keys: Float32Array | undefined): number[] {
  const order = Array.from({ length: channels }, (_, channel) => channel);
  return keys === undefined ? order : order.sort((a, b) => keys[b]! - keys[a]! || a - b);
}

export function select(
  layer: LayerView,
  frame: Frame | undefined,
  view: ViewState,
  health: readonly ChannelHealth[],
): Selection {
  const fits = frame?.layer.name === layer.name ? frame : undefined;
  const { description } = layer;
  const record = fits?.output?.decoded;
  const raw = record === undefined ? undefined : stackOf(record, view.probe);
  const hasStages = layer.outputRole === 'preactivation' && description?.activation === 'relu';
  const rectified = hasStages && view.stage === 'relu';
  const output = raw !== undefined && rectified ? remembered(derived, raw, 'relu', () => rectify(raw)) : raw;
  const inputRecord = fits?.input?.decoded;
  const inputRaw = inputRecord === undefined ? undefined : stackOf(inputRecord, view.probe);
  const operations = layer.input?.operations ?? [];
  const input = inputRaw === undefined ? undefined : derive(inputRaw, operations);
  const weight = fits?.weight?.decoded;
  const shape = output?.shape ?? description?.outputShape;
  const [channels, height, width] = shape ?? [1, 1, 1];
  const clamp = (value: number, size: number) => Math.max(0, Math.min(size - 1, value));
  const silent = operations.some(({ op }) => op === 'relu');
  return {
    frame: fits,
    layer,
    description,
    shape,
    inputShape: input?.shape ?? description?.inputShape,
    preactivation: layer.outputRole === 'preactivation' ? raw : undefined,
    output,
    input,
    kernels:
      weight !== undefined && weight.shape.length === 4
        ? { data: weight.values, shape: weight.shape as unknown as Kernels['shape'] }
        : undefined,
    bias: fits?.bias?.decoded.values,
    hasStages,
    signed: !rectified && (record === undefined || record.range.min < 0),
    inputSigned: !silent && (inputRecord?.range.min ?? 0) < 0,
    health,
    channel: clamp(view.channel, channels),
    y: clamp(view.y ?? Math.floor(height / 2), height),
    x: clamp(view.x ?? Math.floor(width / 2), width),
  };
}

/** A rectangle of map pixels, both ends inclusive; it may reach into the padding. */
export interface Window {
  readonly y0: number;
  readonly y1: number;
  readonly x0: number;
  readonly x1: number;
}

/** The pixels of the layer's input that an output pixel reads. */
export function windowOf(description: Conv2dDescription | undefined, y: number, x: number): Window {
  if (description === undefined) return { y0: y, y1: y, x0: x, x1: x };
  const { kernel, stride, padding, dilation } = description;
  const y0 = y * stride[0] - padding[0];
  const x0 = x * stride[1] - padding[1];
  return { y0, x0, y1: y0 + dilation[0] * (kernel[0] - 1), x1: x0 + dilation[1] * (kernel[1] - 1) };
}

/** The output pixel whose window has an input pixel nearest to its middle. */
export function outputAt(
  selection: Selection,
  y: number,
  x: number,
): { readonly y: number; readonly x: number } {
  const { description, shape } = selection;
  if (description === undefined || shape === undefined) return { y, x };
  const { kernel, stride, padding, dilation } = description;
  const place = (at: number, axis: 0 | 1, size: number): number => {
    const middle = (dilation[axis] * (kernel[axis] - 1)) / 2;
    return Math.max(0, Math.min(size - 1, Math.round((at + padding[axis] - middle) / stride[axis])));
  };
  return { y: place(y, 0, shape[1]), x: place(x, 1, shape[2]) };
}
