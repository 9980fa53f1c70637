/** Where a logdir keeps what is said of its runs, and what was deleted: in the folder that the user named. */
import type { LogStorage } from '../../storage/storage.js';

/** The place that a run lies in, and the run's path there. Null if it lies in none. */
export function placeOf(
  storage: LogStorage,
  run: string,
): { readonly place: string; readonly path: string } | null {
  for (const place of storage.places) {
    if (place === '.') return { place, path: run };
    if (run === place) return { place, path: '.' };
    if (run.startsWith(`${place}/`)) return { place, path: run.slice(place.length + 1) };
  }
  return null;
}

/** The path in the logdir of what lies in a place. */
export function joined(place: string, path: string): string {
  if (place === '.') return path;
  return path === '.' ? place : `${place}/${path}`;
}

/** The whole of a small file; null if there is none, or if it is longer than `most` bytes. */
export async function readWhole(storage: LogStorage, path: string, most: number): Promise<Uint8Array | null> {
  const file = await storage.stat(path);
  if (file === null || file.size > most) return null;
  return storage.read(path, file.identity, 0, file.size);
}
