/** The newest map of the output, shown before its frame is complete. */
import type { Frame, MapRecord, Piece } from './frame.js';
import { type DecodedOf, newestMap } from './surroundings.js';
import type { Target } from './target.js';

/**
 * The newest decoded map of the output, if the page follows the run and the map is newer than the frame. Kernels, input
 * and arithmetic follow with the complete frame, a few records later. Returns `before` itself when it is still that map.
 */
export function earlyOutput(
  { data, layer, following }: Target,
  frame: Frame | undefined,
  before: Piece<MapRecord> | undefined,
  seenOf: DecodedOf,
): Piece<MapRecord> | undefined {
  if (!following || layer === undefined || frame?.layer !== layer || frame.gap !== undefined)
    return undefined;
  return newestMap(data, layer.output, frame.step, before, seenOf);
}
