/** Which cards there are: one for each scalar, grouped by the beginning of its tag. */
import type { Margin } from '@convscope/shared/event-log/scalars-layout.js';
import { lossRank } from '@convscope/shared/loss-tag.js';
import { filterByTexts, filterTags, groupByPrefix, prefixOf } from '../../runs/tag-filter.js';

export interface CardName {
  /** The first of its tags, by which it is kept. */
  readonly id: string;
  readonly tags: readonly string[];
  /** Of a chart of a logged layout. */
  readonly chart?: {
    readonly title: string;
    /** What is drawn instead of a curve for each tag. */
    readonly margins: readonly Margin[];
    /** What is not as the layout says. */
    readonly note: string | undefined;
  };
}

export function titleOf({ tags, chart }: CardName): string {
  return chart?.title ?? tags.join(', ');
}

export interface CardGroup {
  /** What the tags of the group have before their first slash; empty for those without a slash. */
  readonly prefix: string;
  readonly cards: readonly CardName[];
}

/** A category of a logged layout. */
export interface CardCategory {
  readonly title: string;
  readonly cards: readonly CardName[];
  /** Whether the layout wants it closed at first. */
  readonly isClosed: boolean;
}

export interface Cards {
  readonly pinned: readonly CardName[];
  /** Of the logged layouts. */
  readonly categories: readonly CardCategory[];
  readonly groups: readonly CardGroup[];
  /** What is wrong with the filter. */
  readonly problem: string | undefined;
}

export interface CardsChoice {
  readonly filter: string;
  readonly pinned: readonly string[];
  readonly together: readonly (readonly string[])[];
  readonly categories: readonly CardCategory[];
}

/** A card holds several tags while all of its tags are logged; a filter leaves out what it does not match. */
export function cardsOf(
  all: readonly string[],
  { filter, pinned, together, categories }: CardsChoice,
): Cards {
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
  const charts = filterByTexts(
    categories.flatMap((category) => category.cards),
    (card) => [titleOf(card), ...card.tags],
    filter,
  ).items;
  const byId = new Map([...cards, ...charts].map((card) => [card.id, card]));
  const first = pinned.map((id) => byId.get(id)).filter((card) => card !== undefined);
  const isPinned = new Set(first);
  const groups = groupByPrefix(
    cards.filter((card) => !isPinned.has(card)),
    ({ id }) => id,
  );
  const inCategories = new Set(charts.filter((card) => !isPinned.has(card)));
  return {
    pinned: first,
    categories: categories
      .map((category) => ({ ...category, cards: category.cards.filter((card) => inCategories.has(card)) }))
      .filter((category) => category.cards.length > 0),
    groups: lossesFirst(groups, all).map(({ prefix, items }) => ({ prefix, cards: items })),
    problem,
  };
}

/**
 * Groups with a loss before all others: it is what most people look for first. Pins and filters change nothing in the order.
 * @param all the tags that are logged
 */
function lossesFirst<T extends { readonly prefix: string }>(
  groups: readonly T[],
  all: readonly string[],
): readonly T[] {
  const ranks = new Map<string, number>();
  for (const tag of all) {
    const prefix = prefixOf(tag);
    ranks.set(prefix, Math.min(ranks.get(prefix) ?? Number.POSITIVE_INFINITY, lossRank(tag)));
  }
  const rankOf = ({ prefix }: T) => ranks.get(prefix)!;
  // Not the difference, which is NaN for two groups without a loss.
  return [...groups].sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : rankOf(a) > rankOf(b) ? 1 : 0));
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
