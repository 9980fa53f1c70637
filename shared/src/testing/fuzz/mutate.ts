/** Damages bytes the way that disks, writers and attackers do. */
import type { Random } from './random.js';

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Numbers at which readers go wrong. */
const EDGES = [0n, 1n, 127n, 128n, 65_535n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];
const LONGEST = 200_000;

/** A copy with one to four changes. `others` are bytes of which pieces are inserted. */
export function mutated(random: Random, source: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  let bytes = source.slice();
  for (let changes = 1 + random.int(4); changes > 0; changes--) {
    bytes = change(random, bytes, others);
    if (bytes.length > LONGEST) bytes = bytes.slice(0, LONGEST);
  }
  return bytes;
}

function change(
  random: Random,
  bytes: Uint8Array<ArrayBuffer>,
  others: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const at = random.int(bytes.length + 1);
  const inserted = (piece: Uint8Array) => joined(bytes.subarray(0, at), piece, bytes.subarray(at));
  const stretch = (longest: number) => at + random.int(Math.min(longest, bytes.length - at) + 1);
  switch (random.int(10)) {
    case 0:
      if (at < bytes.length) bytes[at]! ^= 1 << random.int(8);
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = random.int(256);
      return bytes;
    case 2:
      return bytes.slice(0, at);
    case 3: {
      const other = random.pick(others);
      const from = random.int(other.length + 1);
      return inserted(other.subarray(from, from + random.int(other.length - from + 1)));
    }
    case 4:
      return joined(bytes.subarray(0, at), bytes.subarray(stretch(bytes.length)));
    case 5:
      return joined(bytes.subarray(0, stretch(64)), bytes.subarray(at));
    case 6:
      return inserted(new Uint8Array(1 + random.int(12)).fill(0xff));
    case 7:
      return inserted(varint(random.pick(EDGES)));
    case 8:
      return inserted(
        new Uint8Array(1 + random.int(200)).fill(random.pick([0x0b, 0x0c, 0x13, 0x0a, 0x42, 0])),
      );
    default: {
      if (bytes.length < 8) return bytes;
      const value = random.pick([0, 1, 0x7f80_0000, 0x8000_0000, 0xffff_ffff]);
      new DataView(bytes.buffer).setUint32(random.int(bytes.length - 4), value, true);
      return bytes;
    }
  }
}

export function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}
