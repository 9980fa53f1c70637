import type { MapRecord } from '../frames/frame.js';
import { picturesOf } from '../frames/stacks.js';

/** For a title: which probe the maps are of. Nothing where the log holds a single picture; computed maps have no record. */
export function ofProbe(record: MapRecord | undefined, probe: number): string {
  return record !== undefined && picturesOf(record) === 1 ? '' : `, probe ${probe}`;
}
