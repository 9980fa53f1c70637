/** Saves bytes as a file, through a link to a blob that the browser asks for once. */

/** Releases the blob after the browser has had the time to begin. */
const KEPT_MS = 60_000;

/** `name` may hold what file names must not. */
export function download(name: string, bytes: Uint8Array | string, type: string): void {
  const part = typeof bytes === 'string' ? bytes : new Uint8Array(bytes);
  downloadBlob(name, new Blob([part], { type }));
}

export function downloadBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}

/** A name that every file system takes. */
export function fileName(name: string): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}._ -]+/gu, '_').replace(/^[. ]+/, '');
  return plain.length <= 150 ? plain : plain.slice(-150);
}
