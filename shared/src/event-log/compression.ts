/** The first bytes of compressed files, by what made them. */
const MAGIC: Readonly<Record<string, readonly number[]>> = {
  gzip: [0x1f, 0x8b],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a],
  bzip2: [0x42, 0x5a, 0x68],
  zip: [0x50, 0x4b, 0x03, 0x04],
};

/** What a file is compressed with, judged by its first bytes; null if it is not. */
export function compressionOf(bytes: Uint8Array): string | null {
  const found = Object.entries(MAGIC).find(([, magic]) => magic.every((byte, at) => bytes[at] === byte));
  return found?.[0] ?? null;
}

/** What is said of a file that is compressed. */
export function compressedFile(name: string, compression: string): string {
  return `${name} is compressed (${compression}); unpack it to see what it holds.`;
}
