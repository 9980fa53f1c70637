/**
 * Which scalar of a run is its loss. The hub lists it and the page draws it, so both ask here. A tag's name says no more
 * than that: it is shown under this name, and its values as they were logged.
 */
import { SCALAR_TAGS } from './run-description.js';

/**
 * From the best to the poorest; a tag that matches none of them is not a loss. They see camel case as separate words:
 * "trainLoss" as "train_Loss".
 */
const RANKS: readonly ((tag: string) => boolean)[] = [
  (tag) => tag === SCALAR_TAGS.trainLoss,
  (tag) => /^loss$/i.test(tag),
  (tag) => /loss$/i.test(tag) && /train/i.test(tag),
  (tag) => /loss(es)?([^a-z].*)?$/i.test(tag) && /train/i.test(tag),
  (tag) => /loss$/i.test(tag),
  // "Loss/valid" and "val_loss_epoch", but not "glossary".
  (tag) => /(^|[^a-z])loss(es)?([^a-z]|$)/i.test(tag),
];

/** How well a tag names a loss: 0 is best, and Infinity is none. */
export function lossRank(tag: string): number {
  const words = tag.replace(/([a-z])([A-Z])/g, '$1_$2');
  const rank = RANKS.findIndex((fits) => fits(words));
  return rank < 0 ? Number.POSITIVE_INFINITY : rank;
}

/** The tag of the loss, whatever the order of the tags. Undefined if none of them is a loss. */
export function lossTag(tags: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestRank = Number.POSITIVE_INFINITY;
  for (const tag of tags) {
    const rank = lossRank(tag);
    if (rank < bestRank || (best !== undefined && rank === bestRank && tag < best))
      [best, bestRank] = [tag, rank];
  }
  return best;
}
