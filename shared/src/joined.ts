/** The bytes of all parts, one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return filled(new Uint8Array(lengthOf(parts)), parts);
}

/** The numbers of all parts, one after the other. */
export function joinedNumbers(parts: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  return filled(new Float64Array(lengthOf(parts)), parts);
}

function lengthOf(parts: readonly ArrayLike<number>[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function filled<T extends { set(part: ArrayLike<number>, at: number): void }>(
  whole: T,
  parts: readonly ArrayLike<number>[],
): T {
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The bytes of all pieces that come. */
export async function joinedPieces(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return joined(parts);
}
