/** Chooses the card that is joined with another one, as dragging does. */
import { useContext } from 'react';
import { SearchSelect } from '../../ui/search-select.js';
import { drop } from './arrange.js';
import { type CardName, titleOf } from './cards.js';
import { CardsContext, useScalars } from './scalars-context.js';

export function JoinSelect({ card, onClose }: { readonly card: CardName; readonly onClose: () => void }) {
  const state = useScalars();
  const cards = useContext(CardsContext);
  // The charts of a layout are as the log says.
  const others = cards.filter(({ id, chart }) => chart === undefined && id !== card.id);
  const named = new Map(others.map((one) => [one.id, one]));
  return (
    <SearchSelect
      label={`Join ${titleOf(card)} with`}
      defaultOpen
      value=""
      values={[...named.keys()]}
      nameOf={(id) => {
        const one = named.get(id);
        return one === undefined ? 'Join with' : titleOf(one);
      }}
      onChange={(id) => {
        const one = named.get(id);
        if (one !== undefined) state.prefer(drop(state.arrangement, one, card, 'into'));
      }}
      onClose={onClose}
    />
  );
}
