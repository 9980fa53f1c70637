/** The newest map of the output, ahead of its frame. */
import type { Frame, MapRecord, Piece } from './frame.js';
import { type DecodedOf, newestMap } from './surroundings.js';
import type { Target } from './target.js';

/**
 * While following: the newest map of the layer's output that is newer than the frame and has been decoded. Kernels,
 * input and arithmetic follow with the whole frame, a few records later. The same object as `before` when it is that map.
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
