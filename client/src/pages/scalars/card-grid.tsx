import { useStoreValue } from '../../ui/store.js';
import { useVisible } from '../../ui/use-visible.js';
import { Card } from './card.js';
import type { CardName } from './cards.js';
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

/** The place of a card, which is empty while it is far from the screen. */
function CardPlace(props: { card: CardName; isPinned: boolean; isFull: boolean }) {
  const [place, isNear] = useVisible<HTMLDivElement>();
  return (
    <div ref={place} className="card-place" data-place={props.card.id}>
      {(isNear || props.isFull) && <Card {...props} />}
    </div>
  );
}
