/** What a curve knows of its points, whether all of them are held or only columns of pixels. */
import type { NonFinite, Part, Point } from './pixel-columns.js';

/** A logged value, with the step that it was logged at. */
export interface Reading {
  readonly step: number;
  readonly raw: number;
  readonly smoothed: number;
}

export type Which = 'raw' | 'smoothed';

export interface Line {
  /** Points to draw: in a part, with one before and one after it; the lowest and highest are always among them. */
  points(which: Which, part: Part | undefined): Point[];
  /** The newest point at or before a step: undefined if there is none, `asked` if it is being fetched. */
  readingAt(step: number): Reading | 'asked' | undefined;
  /** The step of the known point nearest to `step`. */
  nearestStep(step: number): number | undefined;
  /** The step of the point that is `by` points after the one at or before `step`; at the ends, the first or last. */
  stepFrom(step: number, by: number): number | undefined;
  /** Neighbouring points around a range of steps that was lost. */
  neighbours(range: Part): Part[];
  nonFinite(part: Part): NonFinite[];
  /** The first step whose value is NaN or infinite, as far as it is known. */
  readonly firstNonFinite: number | undefined;
}
