/**
 * Which kinds and tags each run has, and how many rows. Runs of one experiment have the same tags, and many of these the
 * same number of rows, so both are told once: 500 runs with 1,000 tags each fit into some kilobytes.
 */
import { z } from '../zod.js';
import type { TagSummary } from './live.js';

export interface Listing {
  readonly version: number;
  /** All tags that any run has. */
  readonly tags: readonly ListedTag[];
  /** Lists of indexes into `tags`, as stretches: first index, how many follow each other, and so on. */
  readonly sets: readonly (readonly number[])[];
  readonly runs: readonly ListedRun[];
}

export interface ListedTag {
  readonly tag: string;
  readonly kind: string;
  /** As in TagSummary. */
  readonly plugin?: string;
}

export interface ListedRun {
  readonly run: string;
  readonly generation: number;
  /** Which of `sets` are its tags. */
  readonly set: number;
  /** Rows of each tag of the set, as stretches: rows, of how many tags in succession, and so on. */
  readonly rows: readonly number[];
}

export const listingSchema: z.ZodMiniType<Listing> = z.object({
  version: z.number(),
  tags: z.array(z.object({ tag: z.string(), kind: z.string(), plugin: z.exactOptional(z.string()) })),
  sets: z.array(z.array(z.number())),
  runs: z.array(
    z.object({ run: z.string(), generation: z.number(), set: z.number(), rows: z.array(z.number()) }),
  ),
});

/** A run's tags with their kinds and numbers of rows. */
export function tagsOf(listing: Listing, run: ListedRun): TagSummary[] {
  const rows = [...stretched(run.rows)];
  return [...counted(listing.sets[run.set] ?? [])].flatMap((index, at) => {
    const tag = listing.tags[index];
    return tag ? [{ ...tag, rows: rows[at] ?? 0 }] : [];
  });
}

/** A number for each that a stretch stands for: [5, 3] is 5, 5, 5. */
function* stretched(stretches: readonly number[]): Generator<number> {
  for (let at = 0; at < stretches.length; at += 2)
    for (let left = stretches[at + 1] ?? 0; left > 0; left--) yield stretches[at]!;
}

/** [5, 3] is 5, 6, 7. */
function* counted(stretches: readonly number[]): Generator<number> {
  for (let at = 0; at < stretches.length; at += 2)
    for (let more = 0; more < (stretches[at + 1] ?? 0); more++) yield stretches[at]! + more;
}
