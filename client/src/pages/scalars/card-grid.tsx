import { type DragEvent, useEffect, useState } from 'react';
import { inTurn } from '../../ui/in-turn.js';
import { useStoreValue } from '../../ui/store.js';
import { useVisible } from '../../ui/use-visible.js';
import { useWaiting } from '../../ui/use-waiting.js';
import { type Drop, drop, dropAt } from './arrange.js';
import { Card } from './card.js';
import type { CardName } from './cards.js';
import { useRevealedPlace } from './pin-focus.js';
import { CARD_WIDTHS } from './preferences.js';
import { useScalars } from './scalars-context.js';

export interface CardGridProps {
  readonly cards: readonly CardName[];
  readonly isPinned: boolean;
  /** The card that fills the page. */
  readonly full: string | undefined;
}

export function CardGrid({ cards, isPinned, full }: CardGridProps) {
  const { columns, size } = useStoreValue(useScalars().preferences);
  const template =
    columns === 0
      ? `repeat(auto-fill, minmax(min(100%, ${CARD_WIDTHS[size]}px), 1fr))`
      : `repeat(${columns}, minmax(0, 1fr))`;
  return (
    <div className={`card-grid ${size}`} style={{ gridTemplateColumns: template }}>
      {cards.map((card) => (
        <CardPlace key={card.id} card={card} isPinned={isPinned} isFull={card.id === full} />
      ))}
    </div>
  );
}

/** The place of a card, which is empty while it is far from the screen. Other cards can be dropped on it. */
function CardPlace(props: { card: CardName; isPinned: boolean; isFull: boolean }) {
  const { card, isPinned, isFull } = props;
  const state = useScalars();
  const [place, isNear] = useVisible<HTMLDivElement>();
  useRevealedPlace(state.pinFocus, card.id, place);
  const [isTurn, setTurn] = useState(false);
  useEffect(() => {
    if (isNear) return inTurn(() => setTurn(true));
    setTurn(false);
    return undefined;
  }, [isNear]);
  useWaiting(isNear && !isTurn);
  // Cards are made one after the other, but what they draw is asked for together.
  const isWanted = isNear || isFull;
  useEffect(() => {
    if (!isWanted) return;
    state.expectCard(card, place.current?.clientWidth ?? 0);
    return () => state.hideCard(card.id);
  }, [state, card, isWanted, place]);
  const [over, setOver] = useState<Drop | undefined>(undefined);
  const dropOf = (event: DragEvent): Drop | undefined => {
    const dragged = state.dragged.get();
    const box = place.current?.getBoundingClientRect();
    if (dragged === undefined || box === undefined || dragged.id === card.id) return undefined;
    const canJoin = dragged.chart === undefined && card.chart === undefined;
    return dropAt((event.clientX - box.left) / box.width, isPinned, canJoin);
  };
  return (
    <div
      ref={place}
      className="card-place"
      data-place={card.id}
      data-drop={over}
      onDragOver={(event) => {
        const next = dropOf(event);
        setOver(next);
        if (next !== undefined) event.preventDefault();
      }}
      onDragLeave={() => setOver(undefined)}
      onDrop={(event) => {
        const how = dropOf(event);
        const dragged = state.dragged.get();
        setOver(undefined);
        if (how === undefined || dragged === undefined) return;
        event.preventDefault();
        state.prefer(drop(state.arrangement, dragged, card, how));
      }}
    >
      {((isNear && isTurn) || isFull) && <Card {...props} />}
    </div>
  );
}
