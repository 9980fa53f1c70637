/**
 * Reads and writes tensorflow.TensorProto. Reading and writing share one file because both follow the same table of fields and
 * the same rules for repeated values.
 */
import type { RecordOf, TensorDtype } from '../run-record.js';
import { DIM_SIZE, PLUGIN, SHAPE, TENSOR } from './event-fields.js';
import { REPEATED_ELEMENTS, TENSOR_AXES, TENSOR_ELEMENTS, TENSOR_STRINGS } from './limits.js';
import {
  bfloat16ToNumber,
  type DtypeLayout,
  dtypeOfCode,
  dtypeOfName,
  halfToNumber,
  halfValToNumber,
  isNumeric,
  numberToBfloat16,
  numberToHalf,
} from './tensor-dtypes.js';
import { BYTES, FIXED32, FIXED64, MalformedEventError, VARINT, WireReader } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

/** A tensor's dtype and shape, without its values. */
export interface TensorHead {
  readonly layout: DtypeLayout | undefined;
  /** −1 for an unknown size. */
  readonly shape: readonly number[];
  /** Product of the shape; −1 if it is not known. */
  readonly elements: number;
}

/** Reads the dtype and shape of the TensorProto in bytes[start, end). */
export function readTensorHead(bytes: Uint8Array, start: number, end: number): TensorHead {
  const reader = new WireReader(bytes, start, end);
  let code = 0;
  let shape: number[] = [];
  let known = true;
  while (reader.next()) {
    if (reader.field === TENSOR.dtype && reader.wire === VARINT) code = reader.int32();
    else if (reader.field === TENSOR.shape && reader.wire === BYTES) {
      const read = readShape(reader.message());
      shape = read.shape;
      known = read.known;
    } else reader.skip();
  }
  const product = known && shape.every((size) => size >= 0) ? shape.reduce((a, b) => a * b, 1) : -1;
  return { layout: dtypeOfCode(code), shape, elements: Number.isSafeInteger(product) ? product : -1 };
}

function readShape(reader: WireReader): { shape: number[]; known: boolean } {
  const shape: number[] = [];
  let known = true;
  while (reader.next()) {
    if (reader.field === SHAPE.dim && reader.wire === BYTES) {
      const dim = reader.message();
      let size = 0;
      while (dim.next()) {
        if (dim.field === DIM_SIZE && dim.wire === VARINT) size = Number(dim.int64());
        else dim.skip();
      }
      if (shape.length < TENSOR_AXES) shape.push(size);
      else known = false;
    } else if (reader.field === SHAPE.unknownRank && reader.wire === VARINT) known = reader.uint() === 0;
    else reader.skip();
  }
  return { shape, known };
}

/**
 * Reads the values, row-major: as float32 if that is exact for the dtype, as float64 otherwise; complex numbers are
 * interleaved. Returns undefined if they are not numeric, do not fit the shape, or are more than TENSOR_ELEMENTS. A
 * TensorProto with fewer values than elements repeats its last value, up to REPEATED_ELEMENTS of them.
 */
export function readTensorValues(
  bytes: Uint8Array,
  start: number,
  end: number,
  head = readTensorHead(bytes, start, end),
): Float32Array | Float64Array | undefined {
  const { layout, elements } = head;
  if (!isNumeric(layout) || elements < 0 || elements > TENSOR_ELEMENTS) return undefined;
  const wanted = elements * layout.parts;
  // Count the stored values first, so that the array's size follows from bytes that exist and not from a claim.
  let content: Uint8Array | undefined;
  let stored = 0;
  const counter = new WireReader(bytes, start, end);
  while (counter.next()) {
    if (counter.field === TENSOR.content && counter.wire === BYTES) content = counter.view();
    else if (holdsValues(counter, layout)) stored += countValues(counter, layout);
    else counter.skip();
  }
  if (content !== undefined && content.length > 0) {
    if (content.length !== elements * layout.size) return undefined;
    return readContent(content, layout, wanted);
  }
  if (stored > wanted || (stored < wanted && wanted > REPEATED_ELEMENTS)) return undefined;
  const values = layout.single ? new Float32Array(wanted) : new Float64Array(wanted);
  let at = 0;
  const reader = new WireReader(bytes, start, end);
  while (reader.next()) {
    if (!holdsValues(reader, layout)) {
      reader.skip();
      continue;
    }
    if (reader.wire !== BYTES) {
      values[at++] = readValue(reader, layout);
      continue;
    }
    for (const packed = reader.message(); packed.at < packed.end; ) values[at++] = readValue(packed, layout);
  }
  if (at > 0) fillWithLast(values, at, layout.parts);
  return values;
}

/** Whether the reader's current field holds values, packed or single. */
function holdsValues(reader: WireReader, layout: DtypeLayout): boolean {
  if (reader.field !== layout.valueField && reader.field !== layout.otherField) return false;
  return reader.wire === BYTES || reader.wire === valueWire(layout);
}

function fillWithLast(values: Float32Array | Float64Array, from: number, parts: number): void {
  for (let at = from; at < values.length; at++) values[at] = values[at - parts] ?? 0;
}

/** Wire type of one value in a *_val field. */
function valueWire(layout: DtypeLayout): number {
  if (layout.name === 'float32' || layout.name === 'complex64') return FIXED32;
  if (layout.name === 'float64' || layout.name === 'complex128') return FIXED64;
  return VARINT;
}

function countValues(reader: WireReader, layout: DtypeLayout): number {
  if (reader.wire !== BYTES) {
    reader.skip();
    return 1;
  }
  const wire = valueWire(layout);
  const view = reader.view();
  if (wire === FIXED32) return Math.floor(view.length / 4);
  if (wire === FIXED64) return Math.floor(view.length / 8);
  let count = 0;
  for (const byte of view) if (byte < 128) count++;
  return count;
}

function readValue(reader: WireReader, layout: DtypeLayout): number {
  switch (layout.name) {
    case 'float32':
    case 'complex64':
      return reader.float();
    case 'float64':
    case 'complex128':
      return reader.double();
    case 'float16':
      return halfValToNumber(reader.int32(), halfToNumber);
    case 'bfloat16':
      return halfValToNumber(reader.int32(), bfloat16ToNumber);
    case 'bool':
      return reader.uint() === 0 ? 0 : 1;
    case 'uint32':
      return reader.int32() >>> 0;
    case 'uint64':
      return Number(BigInt.asUintN(64, reader.int64()));
    case 'int64':
      return Number(reader.int64());
    default:
      return reader.int32();
  }
}

function readContent(content: Uint8Array, layout: DtypeLayout, wanted: number): Float32Array | Float64Array {
  const values = layout.single ? new Float32Array(wanted) : new Float64Array(wanted);
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const size = layout.size / layout.parts;
  const read = contentReader(view, layout);
  for (let at = 0; at < wanted; at++) values[at] = read(at * size);
  return values;
}

function contentReader(view: DataView, layout: DtypeLayout): (at: number) => number {
  switch (layout.name) {
    case 'float32':
    case 'complex64':
      return (at) => view.getFloat32(at, true);
    case 'float64':
    case 'complex128':
      return (at) => view.getFloat64(at, true);
    case 'float16':
      return (at) => halfToNumber(view.getUint16(at, true));
    case 'bfloat16':
      return (at) => bfloat16ToNumber(view.getUint16(at, true));
    case 'int8':
      return (at) => view.getInt8(at);
    case 'int16':
      return (at) => view.getInt16(at, true);
    case 'uint16':
      return (at) => view.getUint16(at, true);
    case 'int32':
      return (at) => view.getInt32(at, true);
    case 'uint32':
      return (at) => view.getUint32(at, true);
    case 'int64':
      return (at) => Number(view.getBigInt64(at, true));
    case 'uint64':
      return (at) => Number(view.getBigUint64(at, true));
    case 'bool':
      return (at) => (view.getUint8(at) === 0 ? 0 : 1);
    default:
      return (at) => view.getUint8(at);
  }
}

/** The strings of a string tensor, as views. The last one is repeated to fill shapes of up to TENSOR_STRINGS elements. */
export function readTensorStrings(
  bytes: Uint8Array,
  start: number,
  end: number,
  head: TensorHead,
): Uint8Array[] {
  const strings: Uint8Array[] = [];
  const reader = new WireReader(bytes, start, end);
  while (reader.next()) {
    if (reader.field !== 8 || reader.wire !== BYTES) {
      reader.skip();
      continue;
    }
    if (strings.length === TENSOR_STRINGS) {
      throw new MalformedEventError(`The tensor holds more than ${TENSOR_STRINGS} strings.`);
    }
    strings.push(reader.view());
  }
  const last = strings.at(-1) ?? new Uint8Array(0);
  if (head.elements <= TENSOR_STRINGS) while (strings.length < head.elements) strings.push(last);
  return strings;
}

export function writeTensorHead(writer: WireWriter, dtypeCode: number, shape: readonly number[]): void {
  writer.varint(TENSOR.dtype, dtypeCode);
  writer.message(TENSOR.shape, () => {
    for (const size of shape) {
      writer.message(SHAPE.dim, () => {
        if (size !== 0) writer.int64(DIM_SIZE, size);
      });
    }
  });
}

/**
 * Encodes a TensorProto with the given row-major values (complex numbers interleaved).
 * @throws if the values do not fit the shape or the dtype is not numeric.
 */
export function encodeTensor(
  dtype: TensorDtype,
  shape: readonly number[],
  values: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  const layout = dtypeOfName(dtype);
  if (!isNumeric(layout))
    throw new Error(`A tensor of dtype ${dtype} cannot be encoded from numbers: pass its content instead.`);
  const elements = shape.reduce((a, b) => a * b, 1);
  if (values.length !== elements * layout.parts) {
    throw new Error(
      `A tensor of shape [${shape.join(', ')}] and dtype ${dtype} holds ${elements * layout.parts} numbers; ${values.length} were given.`,
    );
  }
  const content = new Uint8Array(elements * layout.size);
  const size = layout.size / layout.parts;
  const write = contentWriter(new DataView(content.buffer), layout);
  for (let at = 0; at < values.length; at++) write(at * size, values[at]!);
  const writer = new WireWriter(content.length + 64);
  writeTensorHead(writer, layout.code, shape);
  if (content.length > 0) writer.bytes(TENSOR.content, content);
  return writer.finish();
}

function contentWriter(view: DataView, layout: DtypeLayout): (at: number, value: number) => void {
  switch (layout.name) {
    case 'float32':
    case 'complex64':
      return (at, value) => view.setFloat32(at, value, true);
    case 'float64':
    case 'complex128':
      return (at, value) => view.setFloat64(at, value, true);
    case 'float16':
      return (at, value) => view.setUint16(at, numberToHalf(value), true);
    case 'bfloat16':
      return (at, value) => view.setUint16(at, numberToBfloat16(value), true);
    case 'int64':
    case 'uint64':
      return (at, value) => view.setBigInt64(at, BigInt.asIntN(64, BigInt(value)), true);
    case 'int32':
    case 'uint32':
      return (at, value) => view.setUint32(at, value, true);
    case 'int16':
    case 'uint16':
      return (at, value) => view.setUint16(at, value, true);
    case 'bool':
      return (at, value) => view.setUint8(at, value === 0 ? 0 : 1);
    default:
      return (at, value) => view.setUint8(at, value);
  }
}

/** Creates a tensor record whose content is encoded from `values`, which is kept and not copied. */
export function createTensorRecord(
  tensor: Pick<RecordOf<'tensor'>, 'tag' | 'step' | 'wallTime' | 'dtype' | 'shape'> & {
    readonly values: Float32Array | Float64Array;
    /** TensorBoard's plugin; defaults to `tensor`, as torch's add_tensor writes. */
    readonly plugin?: string;
  },
): RecordOf<'tensor'> {
  const content = encodeTensor(tensor.dtype, tensor.shape, tensor.values);
  return { kind: 'tensor', ...tensor, plugin: tensor.plugin ?? PLUGIN.tensor, content };
}
