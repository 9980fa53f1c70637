import type { TensorDtype } from '../run-record.js';

/** How a TensorProto stores a dtype: its enum value, its size in tensor_content and its *_val field. */
export interface DtypeLayout {
  readonly name: TensorDtype;
  readonly code: number;
  /** Bytes per element in tensor_content; 0 if elements have no fixed size. */
  readonly size: number;
  readonly valueField: number;
  /** Another field that some writers use: torch puts uint8 into uint32_val. */
  readonly otherField?: number;
  /** Numbers per element: 2 for complex types. */
  readonly parts: 1 | 2;
  /** Whether float32 represents every value exactly. */
  readonly single: boolean;
}

const layouts: readonly DtypeLayout[] = [
  { name: 'float32', code: 1, size: 4, valueField: 5, parts: 1, single: true },
  { name: 'float64', code: 2, size: 8, valueField: 6, parts: 1, single: false },
  { name: 'int32', code: 3, size: 4, valueField: 7, otherField: 16, parts: 1, single: false },
  { name: 'uint8', code: 4, size: 1, valueField: 7, otherField: 16, parts: 1, single: true },
  { name: 'int16', code: 5, size: 2, valueField: 7, otherField: 16, parts: 1, single: true },
  { name: 'int8', code: 6, size: 1, valueField: 7, otherField: 16, parts: 1, single: true },
  { name: 'string', code: 7, size: 0, valueField: 8, parts: 1, single: false },
  { name: 'complex64', code: 8, size: 8, valueField: 9, parts: 2, single: true },
  { name: 'int64', code: 9, size: 8, valueField: 10, parts: 1, single: false },
  { name: 'bool', code: 10, size: 1, valueField: 11, parts: 1, single: true },
  { name: 'bfloat16', code: 14, size: 2, valueField: 13, parts: 1, single: true },
  { name: 'uint16', code: 17, size: 2, valueField: 7, otherField: 16, parts: 1, single: true },
  { name: 'complex128', code: 18, size: 16, valueField: 12, parts: 2, single: false },
  { name: 'float16', code: 19, size: 2, valueField: 13, parts: 1, single: true },
  { name: 'uint32', code: 22, size: 4, valueField: 16, otherField: 7, parts: 1, single: false },
  { name: 'uint64', code: 23, size: 8, valueField: 17, parts: 1, single: false },
];

const byCode = new Map(layouts.map((layout) => [layout.code, layout]));
const byName = new Map(layouts.map((layout) => [layout.name, layout]));

/** Undefined for unsupported types (quantised types, resources, variants, references). */
export function dtypeOfCode(code: number): DtypeLayout | undefined {
  return byCode.get(code);
}

export function dtypeOfName(name: TensorDtype): DtypeLayout | undefined {
  return byName.get(name);
}

/** Whether the elements can be read as numbers. */
export function isNumeric(layout: DtypeLayout | undefined): layout is DtypeLayout {
  return layout !== undefined && layout.name !== 'string';
}

const scratch = new DataView(new ArrayBuffer(4));

/** Converts the 16 bits of an IEEE half to a number. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The bits of the nearest half, ties to even. */
export function numberToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  // The spacing of halves around the value: 2^-24 below the normal range.
  const exponent = size < 2 ** -14 ? -14 : Math.floor(Math.log2(size));
  const steps = roundToEven(size / 2 ** (exponent - 10));
  // 1024 steps are the implicit leading bit; rounding up may carry into the exponent, which is correct.
  return sign | (size < 2 ** -14 ? steps : ((exponent + 15) << 10) + (steps - 1024));
}

/**
 * Converts a value of half_val. TensorFlow stores the 16 bits of the half; torch stores the bits of the value as
 * float32, which exceed 16 bits for every value of a 16-bit float except 0, which is the same in both.
 */
export function halfValToNumber(stored: number, sixteen: (bits: number) => number): number {
  const bits = stored >>> 0;
  if (bits <= 0xffff) return sixteen(bits);
  scratch.setUint32(0, bits);
  return scratch.getFloat32(0);
}

export function bfloat16ToNumber(bits: number): number {
  scratch.setUint32(0, (bits & 0xffff) * 65536);
  return scratch.getFloat32(0);
}

/** The bits of the nearest bfloat16, ties to even. */
export function numberToBfloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
