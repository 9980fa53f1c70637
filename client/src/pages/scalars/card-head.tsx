import { Fragment, type ReactNode } from 'react';
import { Button } from '../../ui/button.js';
import { Icon } from '../../ui/icons.js';
import { Toggle } from '../../ui/toggle.js';
import { type CardName, titleOf } from './cards.js';
import { CurveKey } from './curve-key.js';
import { tagDash } from './curve-sources.js';
import { pinCard } from './pin-focus.js';
import { useScalars } from './scalars-context.js';

/** What a card is dragged as. */
export const CARD_TYPE = 'application/x-convscope-card';

export interface CardHeadProps {
  readonly card: CardName;
  readonly isPinned: boolean;
  readonly isFull: boolean;
  readonly isZoomed: boolean;
  readonly onReset: () => void;
  readonly children: ReactNode;
}

/** The name of a card, by which it is dragged, and what can be done with it. */
export function CardHead({ card, isPinned, isFull, isZoomed, onReset, children }: CardHeadProps) {
  const state = useScalars();
  const { id, tags, chart } = card;
  const name = titleOf(card);
  return (
    <header
      className="card-head"
      draggable={!isFull}
      onDragStart={(event) => {
        event.dataTransfer.setData(CARD_TYPE, JSON.stringify(card));
        event.dataTransfer.effectAllowed = 'move';
        state.dragged.set(card);
      }}
      onDragEnd={() => state.dragged.set(undefined)}
    >
      <h3
        className="medium ellipsis grow"
        title={
          chart === undefined
            ? `${name}\nDrag it onto another card to draw both in one${isPinned ? ', or beside a pinned one to move it' : ''}`
            : `${name}, of a logged layout\n${tags.join('\n')}`
        }
      >
        {tags.length > 1 && chart === undefined ? (
          tags.map((tag, at) => (
            <Fragment key={tag}>
              {at > 0 && ', '}
              <span className="card-tag">
                <CurveKey dash={tagDash(at)} />
                <bdi>{tag}</bdi>
              </span>
            </Fragment>
          ))
        ) : (
          <bdi>{name}</bdi>
        )}
      </h3>
      {isZoomed && (
        <Button quiet title="Show all (0, or a double click)" onClick={onReset}>
          show all
        </Button>
      )}
      <Toggle
        className="button quiet icon-only toggle"
        pressed={isPinned}
        aria-label={`Pin ${name}`}
        title={isPinned ? 'Unpin (P)' : 'Pin to the first row (P)'}
        onChange={(pinned) => pinCard(state, id, pinned)}
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
      {children}
    </header>
  );
}
