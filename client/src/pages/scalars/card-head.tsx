import { Button } from '../../ui/button.js';
import { Icon } from '../../ui/icons.js';
import { Toggle } from '../../ui/toggle.js';
import type { CardName } from './cards.js';
import { useScalars } from './scalars-context.js';

export interface CardHeadProps {
  readonly card: CardName;
  readonly isPinned: boolean;
  readonly isFull: boolean;
  readonly isZoomed: boolean;
  readonly onReset: () => void;
}

/** The name of a card, and what can be done with it. */
export function CardHead({ card, isPinned, isFull, isZoomed, onReset }: CardHeadProps) {
  const state = useScalars();
  const { id, tags } = card;
  const pin = (pinned: boolean): void => {
    const others = state.preferences.get().pinned.filter((one) => one !== id);
    state.prefer({ pinned: pinned ? [...others, id] : others });
  };
  const name = tags.join(', ');
  return (
    <header className="card-head">
      <h3 className="medium ellipsis grow" title={name}>
        <bdi>{name}</bdi>
      </h3>
      {isZoomed && (
        <Button quiet title="Show all (double-click)" onClick={onReset}>
          all
        </Button>
      )}
      <Toggle
        className="button quiet icon-only toggle"
        pressed={isPinned}
        aria-label={`Pin ${name}`}
        title={isPinned ? 'Unpin' : 'Pin to the first row'}
        onChange={pin}
      >
        <Icon name="pin" />
      </Toggle>
      <Button
        quiet
        iconOnly
        aria-label={isFull ? 'Leave the full card' : `Fill the page with ${name}`}
        title={isFull ? 'Back to all cards (Esc)' : 'Fill the page (Enter)'}
        onClick={() => state.show({ full: isFull ? undefined : id }, 'push')}
      >
        <Icon name={isFull ? 'close' : 'expand'} />
      </Button>
    </header>
  );
}
