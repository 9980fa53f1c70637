/** A pause after a listing, as a multiple of the time that it took, before the next one of the same directory. */
const PAUSE = 4;

/**
 * Lists directories in which new files appeared. While a directory fills, it is not listed once for each file: one listing
 * runs at a time, and at least one begins after the last file was reported.
 */
export function createListings(list: (directory: string) => Promise<void>) {
  /** Directories that are being listed or wait for their pause, and whether they have to be listed once more. */
  const busy = new Map<string, boolean>();
  let closed = false;

  async function run(directory: string): Promise<void> {
    busy.set(directory, false);
    const began = performance.now();
    await list(directory);
    if (closed || !busy.get(directory)) busy.delete(directory);
    else setTimeout(() => void run(directory), (performance.now() - began) * PAUSE).unref();
  }

  return {
    /** @param directory one with a new file. `list` must not reject. */
    add(directory: string): void {
      if (closed) return;
      if (busy.has(directory)) busy.set(directory, true);
      else void run(directory);
    },
    close(): void {
      closed = true;
    },
  };
}
