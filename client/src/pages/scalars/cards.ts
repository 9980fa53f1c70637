/** Which cards there are: one for each scalar, grouped by the beginning of its tag. */
import { filterTags, groupByPrefix } from '../../runs/tag-filter.js';

export interface CardName {
  /** The first of its tags, by which it is kept. */
  readonly id: string;
  readonly tags: readonly string[];
}

export interface CardGroup {
  /** What the tags of the group have before their first slash; empty for those without a slash. */
  readonly prefix: string;
  readonly cards: readonly CardName[];
}

export interface Cards {
  readonly pinned: readonly CardName[];
  readonly groups: readonly CardGroup[];
  /** What is wrong with the filter. */
  readonly problem: string | undefined;
}

export interface CardsChoice {
  readonly filter: string;
  readonly pinned: readonly string[];
  readonly together: readonly (readonly string[])[];
}

/** A card holds several tags while all of its tags are logged; a filter leaves out what it does not match. */
export function cardsOf(all: readonly string[], { filter, pinned, together }: CardsChoice): Cards {
  const { tags, problem } = filterTags(all, filter);
  const shown = new Set(tags);
  const firstOf = new Map<string, readonly string[]>();
  const inOther = new Set<string>();
  for (const some of together) {
    const there = some.filter((tag) => shown.has(tag) && !inOther.has(tag) && !firstOf.has(tag));
    if (there.length < 2) continue;
    firstOf.set(there[0]!, there);
    for (const tag of there.slice(1)) inOther.add(tag);
  }
  const cards = [...tags]
    .filter((tag) => !inOther.has(tag))
    .map((tag): CardName => ({ id: tag, tags: firstOf.get(tag) ?? [tag] }));
  const byId = new Map(cards.map((card) => [card.id, card]));
  const first = pinned.map((id) => byId.get(id)).filter((card) => card !== undefined);
  const isPinned = new Set(first);
  const groups = groupByPrefix(
    cards.filter((card) => !isPinned.has(card)),
    ({ id }) => id,
  );
  return {
    pinned: first,
    groups: groups.map(({ prefix, items }) => ({ prefix, cards: items })),
    problem,
  };
}

/** Moves an item to the place of another one. */
export function moved(items: readonly string[], item: string, to: number): string[] {
  const others = items.filter((one) => one !== item);
  const place = Math.max(0, Math.min(others.length, to));
  return [...others.slice(0, place), item, ...others.slice(place)];
}

/** Puts the tags of two cards into one. */
export function joined(
  together: readonly (readonly string[])[],
  into: readonly string[],
  added: readonly string[],
): (readonly string[])[] {
  const all = [...new Set([...into, ...added])];
  return [...together.filter((tags) => !tags.some((tag) => all.includes(tag))), all];
}

/** Gives each tag of a card a card of its own again. */
export function apart(
  together: readonly (readonly string[])[],
  tags: readonly string[],
): (readonly string[])[] {
  return together.filter((some) => !some.some((tag) => tags.includes(tag)));
}
