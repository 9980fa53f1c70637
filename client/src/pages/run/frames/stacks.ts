/** Stacks of maps, made from decoded records. Each is made once, so that unchanged maps are the same object. */
import type { InputMaps } from '@convscope/shared/convolution/terms.js';
import type { MapOperation, MapShape } from '@convscope/shared/run-description.js';
import type { DecodedChannels } from '../../../decode/decoded.js';
import { applyOperations, type MapStack, rectify, valueStack, valuesOf } from '../../../drawing/map-stack.js';
import type { MapRecord } from './frame.js';

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
  if (record.kind === 'channels') return record.pictures;
  return record.shape.length === 4 ? record.shape[0]! : 1;
}

/** The index of a probe's picture in a record; undefined if the record does not show the probe. */
function pictureOf(record: MapRecord, probe: number): number | undefined {
  if (record.kind === 'channels') {
    const picture = record.probes.indexOf(probe);
    return picture < 0 ? undefined : picture;
  }
  // A tensor [C, H, W] is of no probe in particular.
  if (record.shape.length === 3) return 0;
  return probe < picturesOf(record) ? probe : undefined;
}

/** The shape of a record that holds no values, such as [4, 0, 8]; undefined if it holds some. */
export function emptyShape(record: MapRecord | undefined): readonly number[] | undefined {
  return record?.shape.includes(0) === true ? record.shape : undefined;
}

/**
 * The maps of one picture. `probe` counts as the run's description does. Undefined if the record holds no values, or does
 * not show that probe: maps of another one would not belong to the other maps on the page.
 */
export function stackOf(record: MapRecord, probe: number): MapStack | undefined {
  const picture = pictureOf(record, probe);
  if (picture === undefined || record.shape.length < 3 || emptyShape(record) !== undefined) return undefined;
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

/** Lets `to` use the stacks of `from`, picture by picture, so that a map which is drawn already is not drawn again. */
export function shareStack(from: DecodedChannels, to: DecodedChannels): void {
  for (const probe of from.probes) {
    const stack = stackOf(from, probe);
    const picture = to.probes.indexOf(probe);
    if (stack !== undefined && picture >= 0) remembered(stacks, to, picture, () => stack);
  }
}

/** The stack after the operations. */
export function derive(stack: MapStack, operations: readonly MapOperation[]): MapStack {
  if (operations.length === 0) return stack;
  return remembered(derived, stack, JSON.stringify(operations), () => applyOperations(stack, operations));
}

/** The stack after ReLU. */
export function rectifiedOf(stack: MapStack): MapStack {
  return remembered(derived, stack, 'relu', () => rectify(stack));
}

/** All values of a stack, computed once. */
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
