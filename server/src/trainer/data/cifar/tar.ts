/** Returns the files of a ustar archive by name. Supports what npm tarballs contain: regular files with short names. */
export function readTar(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; at + 512 <= archive.length; ) {
    const name = text(archive, at, 100);
    if (name === '') break;
    const size = Number.parseInt(text(archive, at + 124, 12).trim() || '0', 8);
    if (!Number.isSafeInteger(size) || at + 512 + size > archive.length) {
      throw new Error(`The archive is damaged or cut short at its entry "${name}".`);
    }
    const type = archive[at + 156];
    if (type === 0 || type === 0x30) files.set(name, archive.subarray(at + 512, at + 512 + size));
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return files;
}

function text(archive: Buffer, at: number, length: number): string {
  const end = archive.indexOf(0, at);
  return archive.toString('utf8', at, end === -1 ? at + length : Math.min(end, at + length));
}
