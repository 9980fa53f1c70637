/** NumPy's file format, version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import { encodeUtf8 } from '@convscope/shared/event-log/utf8.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
/** The header ends at a multiple of it. */
const ALIGNMENT = 64;

/** An array in C order, little-endian. */
export function npyOf(
  values: Float32Array | Float64Array,
  shape: readonly number[],
): Uint8Array<ArrayBuffer> {
  const size = values instanceof Float32Array ? 4 : 8;
  // A tuple of one has a comma.
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const dict = `{'descr': '<f${size}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const begin = MAGIC.length + 2;
  const length = Math.ceil((begin + dict.length + 1) / ALIGNMENT) * ALIGNMENT - begin;
  const bytes = new Uint8Array(begin + length + values.length * size);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint16(MAGIC.length, length, true);
  bytes.set(encodeUtf8(`${dict.padEnd(length - 1)}\n`), begin);
  values.forEach((value, at) => {
    if (size === 4) view.setFloat32(begin + length + at * size, value, true);
    else view.setFloat64(begin + length + at * size, value, true);
  });
  return bytes;
}
