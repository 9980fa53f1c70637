/**
 * CRC-32C (Castagnoli), the checksum of TFRecord files. Every byte of every log passes through it, so it uses
 * slicing-by-8: eight table look-ups for eight bytes, about six times as fast as a byte-by-byte loop.
 */
const POLYNOMIAL = 0x82f63b78; // bit-reversed

/** Eight tables of 256 entries: TABLES[256·k + b] is the effect of byte b with k more bytes to come. */
const TABLES = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let at = 256; at < tables.length; at++) {
    const previous = tables[at - 256]!;
    tables[at] = (previous >>> 8) ^ tables[previous & 0xff]!;
  }
  return tables;
}

/** CRC-32C of bytes[start, end), as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const tables = TABLES;
  let crc = -1;
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    const first =
      crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      tables[1792 + (first & 0xff)]! ^
      tables[1536 + ((first >>> 8) & 0xff)]! ^
      tables[1280 + ((first >>> 16) & 0xff)]! ^
      tables[1024 + (first >>> 24)]! ^
      tables[768 + bytes[at + 4]!]! ^
      tables[512 + bytes[at + 5]!]! ^
      tables[256 + bytes[at + 6]!]! ^
      tables[bytes[at + 7]!]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ tables[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}

/** The CRC as TFRecord stores it: rotated right by 15, plus a constant, mod 2³². */
export function maskedCrc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  const crc = crc32c(bytes, start, end);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
