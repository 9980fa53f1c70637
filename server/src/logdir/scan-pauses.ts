/** Pauses after a scan of the whole logdir, as a multiple of the time that it took; a new directory shortens them. */
const PAUSE = { regular: 20, soon: 4 };
/** Where no watch says it, a change is seen by a scan: the longest pause, unless a scan takes longer itself. */
const LONGEST_MS = 10_000;
/** Delay before scanning after a new directory appears, since its files usually follow at once. */
const LOOK_SOON_MS = 20;

/** How long to wait after a scan that took so long, which the machine may have been too busy for. */
export function pauseAfterScan(scanMs: number, leastMs: number): number {
  return Math.max(leastMs, atMost(scanMs * PAUSE.regular, scanMs));
}

/** How long to wait with a scan when a directory is new. */
export function pauseBeforeScan(scanMs: number): number {
  return Math.max(LOOK_SOON_MS, atMost(scanMs * PAUSE.soon, scanMs));
}

function atMost(pause: number, scanMs: number): number {
  return Math.min(pause, Math.max(LONGEST_MS, scanMs));
}
