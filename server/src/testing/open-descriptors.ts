import { readdir, readlink } from 'node:fs/promises';
import process from 'node:process';

/** Whether the system says what a process has open. */
export const KNOWS_DESCRIPTORS = process.platform === 'linux';

/** The files and folders at and below a path that this process has open, once for each descriptor. Watches are not among them. */
export async function openBelow(path: string): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd');
  // A descriptor may have been closed meanwhile, as that of this folder.
  const places = await Promise.all(descriptors.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return places.filter((place) => place === path || place.startsWith(`${path}/`));
}
