/**
 * CRC-32C (Castagnoli), the checksum of TFRecord files. Every byte of every log passes through it, so it uses
 * slicing-by-8: eight table look-ups for eight bytes, about six times as fast as a byte-by-byte loop.
 */
const POLYNOMIAL = 0x82f63b78; // bit-reversed

/** Sixteen tables of 256 entries: TABLES[256·k + b] is the effect of byte b with k more bytes to come. */
const TABLES = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(16 * 256);
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

/** The state of the division after bytes[start, end), from the state before them. The CRC starts at −1 and is inverted. */
export function nextRegister(register: number, bytes: Uint8Array, start: number, end: number): number {
  const tables = TABLES;
  let crc = register;
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
  return crc;
}

/** CRC-32C of bytes[start, end), as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return ~nextRegister(-1, bytes, start, end) >>> 0;
}

/**
 * The masked CRC of bytes[start, end) of a view, as a signed integer. It takes sixteen bytes at a time; a view reads four of
 * them at once.
 */
export function maskedCrc32cOfView(view: DataView, start: number, end: number): number {
  const tables = TABLES;
  let crc = -1;
  let at = start;
  for (const last = end - 16; at <= last; at += 16) {
    const a = crc ^ view.getInt32(at, true);
    const b = view.getInt32(at + 4, true);
    const c = view.getInt32(at + 8, true);
    const d = view.getInt32(at + 12, true);
    crc =
      tables[3840 + (a & 0xff)]! ^
      tables[3584 + ((a >>> 8) & 0xff)]! ^
      tables[3328 + ((a >>> 16) & 0xff)]! ^
      tables[3072 + (a >>> 24)]! ^
      tables[2816 + (b & 0xff)]! ^
      tables[2560 + ((b >>> 8) & 0xff)]! ^
      tables[2304 + ((b >>> 16) & 0xff)]! ^
      tables[2048 + (b >>> 24)]! ^
      tables[1792 + (c & 0xff)]! ^
      tables[1536 + ((c >>> 8) & 0xff)]! ^
      tables[1280 + ((c >>> 16) & 0xff)]! ^
      tables[1024 + (c >>> 24)]! ^
      tables[768 + (d & 0xff)]! ^
      tables[512 + ((d >>> 8) & 0xff)]! ^
      tables[256 + ((d >>> 16) & 0xff)]! ^
      tables[d >>> 24]!;
  }
  for (const last = end - 4; at <= last; at += 4) {
    const a = crc ^ view.getInt32(at, true);
    crc =
      tables[768 + (a & 0xff)]! ^
      tables[512 + ((a >>> 8) & 0xff)]! ^
      tables[256 + ((a >>> 16) & 0xff)]! ^
      tables[a >>> 24]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ tables[(crc ^ view.getUint8(at)) & 0xff]!;
  const whole = ~crc;
  return (((whole >>> 15) | (whole << 17)) + 0xa282ead8) | 0;
}

/** The CRC as TFRecord stores it: rotated right by 15, plus a constant, mod 2³². */
export function maskedCrc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return masked(crc32c(bytes, start, end));
}

export function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Bytes that one entry of `powers().far` stands for. */
const FAR = 2 ** 14;

let known: { readonly near: Int32Array; readonly far: Int32Array } | undefined;

/** x^(8·n) and x^(8·FAR·n) modulo the polynomial, for n up to FAR: enough for distances of up to 2^28 bytes. */
function powers(): { readonly near: Int32Array; readonly far: Int32Array } {
  if (known !== undefined) return known;
  const near = new Int32Array(FAR + 1);
  const far = new Int32Array(FAR + 1);
  // Bit-reversed: the highest bit is x⁰.
  near[0] = far[0] = 1 << 31;
  for (let at = 1; at <= FAR; at++) near[at] = (near[at - 1]! >>> 8) ^ TABLES[near[at - 1]! & 0xff]!;
  for (let at = 1; at <= FAR; at++) far[at] = product(far[at - 1]!, near[FAR]!);
  known = { near, far };
  return known;
}

/** The product of two polynomials modulo the polynomial, without branches, which no processor could predict. */
function product(a: number, b: number): number {
  let sum = 0;
  let shifted = b;
  let rest = a;
  for (let bit = 0; bit < 32; bit++) {
    sum ^= shifted & (rest >> 31);
    shifted = (shifted >>> 1) ^ (POLYNOMIAL & -(shifted & 1));
    rest <<= 1;
  }
  return sum;
}

/** The state of the division after `count` zero bytes, for counts of up to 2^28, in a time that does not depend on them. */
export function afterZeros(register: number, count: number): number {
  const { near, far } = powers();
  const rest = count % FAR;
  const shifted = product(near[rest]!, register);
  return count < FAR ? shifted : product(far[(count - rest) / FAR]!, shifted);
}
