/** Which curves are smoothed, and how much. */
import { smoothingOf } from '../../runs/curves.js';
import type { Point } from '../../series/pixel-columns.js';
import type { Track } from '../../series/track.js';
import type { Look } from '../../series/track-look.js';

/** A weight that somebody has asked for, for all curves; or the usual one, for those that smoothing says something of. */
export type Smoothing = number | 'auto';

/** TensorBoard's. */
export const USUAL_WEIGHT = 0.6;

export interface SmoothingLook {
  /** TensorBoard's weight, from 0 to below 1. */
  readonly weight: number;
  /** Whether somebody has asked for it. */
  readonly isAsked: boolean;
}

export function smoothingLook(smoothing: Smoothing): SmoothingLook {
  return smoothing === 'auto'
    ? { weight: USUAL_WEIGHT, isAsked: false }
    : { weight: smoothing, isAsked: true };
}

export function isSmoothed({ tag, count }: Track, { weight, isAsked }: SmoothingLook): boolean {
  return smoothingOf(tag, count, isAsked ? weight : undefined, weight) > 0;
}

/** What is drawn of a scalar. Series are fetched with the weight even if they are drawn as they were logged. */
export function drawnPoints(track: Track, smoothing: SmoothingLook, look: Look): readonly Point[] {
  return track.points(isSmoothed(track, smoothing) ? 'smoothed' : 'raw', look);
}
