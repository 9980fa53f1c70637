/**
 * The frame of TFRecord: u64le length | u32le masked CRC32C of those 8 bytes | data | u32le masked CRC32C of the data.
 */
import { maskedCrc32c } from './crc32c.js';

/** The length and its checksum. */
export const FRAME_HEADER_BYTES = 12;
/** Bytes that a frame adds to its data: the header and the data's checksum. */
export const FRAME_OVERHEAD_BYTES = 16;

/** Wraps an event's data in a frame. */
export function encodeFrame(data: Uint8Array): Uint8Array {
  const frame = new Uint8Array(data.length + FRAME_OVERHEAD_BYTES);
  const view = new DataView(frame.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(4, Math.floor(data.length / 2 ** 32), true);
  view.setUint32(8, maskedCrc32c(frame, 0, 8), true);
  frame.set(data, FRAME_HEADER_BYTES);
  view.setUint32(FRAME_HEADER_BYTES + data.length, maskedCrc32c(data), true);
  return frame;
}

/** The data of the frame at the beginning of `bytes`, unchecked: for frames that this process has made itself. */
export function eventOf(bytes: Uint8Array): Uint8Array {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  return bytes.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + length);
}
