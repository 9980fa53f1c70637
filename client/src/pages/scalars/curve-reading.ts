import type { TrackReading } from '../../series/track-look.js';

/** A value of a curve at a place. */
export interface CurveReading extends TrackReading {
  /** How many runs a mean is of; undefined for a run. */
  readonly of: number | undefined;
  /** Otherwise its value is as it was logged. */
  readonly isSmoothed: boolean;
  /** What lies around it, of a value with a margin. */
  readonly margin?: { readonly lower: number | undefined; readonly upper: number | undefined };
}
