/** Moves cards: to a place among the pinned ones, or into one card with another. */
import { apart, type CardName, joined, moved } from './cards.js';
import type { ScalarsPreferences } from './preferences.js';

type Arrangement = Pick<ScalarsPreferences, 'pinned' | 'together'>;

/** Where a card is dropped on another one. */
export type Drop = 'before' | 'after' | 'into';

export function pin({ pinned, together }: Arrangement, id: string, isPinned: boolean): Arrangement {
  const others = pinned.filter((one) => one !== id);
  return { together, pinned: isPinned ? [...others, id] : others };
}

/** Moves a pinned card by so many places. */
export function movePinned({ pinned, together }: Arrangement, id: string, by: number): Arrangement {
  const at = pinned.indexOf(id);
  return at < 0 ? { pinned, together } : { together, pinned: moved(pinned, id, at + by) };
}

export function drop(
  { pinned, together }: Arrangement,
  card: CardName,
  onto: CardName,
  how: Drop,
): Arrangement {
  if (card.id === onto.id) return { pinned, together };
  if (how === 'into')
    return {
      together: joined(together, onto.tags, card.tags),
      pinned: pinned.filter((one) => one !== card.id),
    };
  const others = pinned.filter((one) => one !== card.id);
  const at = others.indexOf(onto.id);
  return {
    together,
    pinned: moved(others, card.id, at < 0 ? others.length : at + (how === 'after' ? 1 : 0)),
  };
}

export function takeApart({ pinned, together }: Arrangement, { tags }: CardName): Arrangement {
  return { pinned, together: apart(together, tags) };
}

/**
 * Which of them a place within a card means. Before and after are for pinned cards, whose order is chosen.
 * @param canJoin whether the cards may become one: those of a layout are as the log says
 */
export function dropAt(share: number, isPinned: boolean, canJoin: boolean): Drop | undefined {
  if (!canJoin) return isPinned ? (share < 0.5 ? 'before' : 'after') : undefined;
  if (!isPinned) return 'into';
  return share < 0.25 ? 'before' : share > 0.75 ? 'after' : 'into';
}
