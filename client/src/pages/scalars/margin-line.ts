/** Values with a margin around them, and what is read of them. */
import type { Point } from '../../series/pixel-columns.js';
import type { Track } from '../../series/track.js';
import { type Look, nearestOf } from '../../series/track-look.js';
import type { CurveReading } from './curve-reading.js';
import { meanLine } from './mean-line.js';

/** What was logged of a curve, and of a group its mean: the edges of a margin would not fit around smoothed values. */
export function logged(tracks: readonly Track[], look: Look): readonly Point[] {
  const lines = tracks.map((track) => track.points('raw', look));
  return lines.length === 1 ? lines[0]! : meanLine(lines).map(({ x, mean }) => ({ x, y: mean }));
}

export function nearestLogged(
  tracks: readonly Track[],
  points: readonly Point[],
  x: number,
  look: Look,
): CurveReading | undefined {
  const [track] = tracks;
  if (tracks.length === 1) {
    const found = track?.nearest(x, look);
    return found && { ...found, smoothed: found.raw, isSmoothed: false, of: undefined };
  }
  const found = nearestOf(points, x);
  if (found === undefined) return undefined;
  const step = look.x === 'step' ? found.x : undefined;
  const wallTime = look.x === 'wall' ? found.x : undefined;
  return {
    x: found.x,
    raw: Number.NaN,
    smoothed: found.y,
    step,
    wallTime,
    isSmoothed: false,
    of: tracks.length,
  };
}

export function withMargin(
  reading: CurveReading | undefined,
  below: readonly Point[],
  above: readonly Point[],
): CurveReading | undefined {
  if (reading === undefined) return undefined;
  const [lower, upper] = [below, above].map((points) => nearestOf(points, reading.x)?.y);
  return { ...reading, margin: { lower, upper } };
}
