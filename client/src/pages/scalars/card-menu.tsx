import { messageOf } from '@convscope/shared/message-of.js';
import { useRef, useState } from 'react';
import { useRuns } from '../../runs/runs-context.js';
import { Button } from '../../ui/button.js';
import { Icon } from '../../ui/icons.js';
import { lazily } from '../../ui/lazily.js';
import { Menu, type MenuItem } from '../../ui/menu.js';
import { useStore } from '../../ui/store.js';
import { takeApart } from './arrange.js';
import type { CardPicture } from './card-picture.js';
import { pngOf, svgOf } from './card-picture.js';
import { type CardName, titleOf } from './cards.js';
import { useScalars } from './scalars-context.js';
import { fileName, type NumbersWanted, saveBlob, saveNumbers } from './take-away.js';

/** What a card offers to be taken away, as it is drawn when it is asked for. */
export interface CardFiles {
  picture(): { readonly picture: CardPicture; readonly lines: HTMLCanvasElement } | undefined;
  /** The runs that are drawn, and the shown part, if it is not all. */
  numbers(): Pick<NumbersWanted, 'runs' | 'x' | 'part'>;
}

interface CardMenuProps {
  readonly card: CardName;
  readonly files: CardFiles;
}

const JoinSelect = lazily(async () => (await import('./join-select.js')).JoinSelect, null);

/** A menu is costly where a thousand cards are scrolled past: it takes the place of its button when that is pressed. */
export function CardMenu({ card, files }: CardMenuProps) {
  const { joining } = useScalars();
  const [isPressed, setPressed] = useState(false);
  const isJoining = useStore(joining, (id) => id === card.id);
  const place = useRef<HTMLSpanElement>(null);
  if (isJoining)
    return (
      <span ref={place}>
        <JoinSelect
          card={card}
          onClose={() => {
            place.current?.closest('.card')?.querySelector<HTMLElement>('.card-plot')?.focus();
            setPressed(false);
            joining.set(undefined);
          }}
        />
      </span>
    );
  if (isPressed) return <OpenCardMenu card={card} files={files} />;
  const label = `More of ${titleOf(card)}`;
  return (
    <Button
      quiet
      iconOnly
      aria-label={label}
      title={label}
      aria-haspopup="menu"
      onClick={() => setPressed(true)}
    >
      <Icon name="more" />
    </Button>
  );
}

function OpenCardMenu({ card, files }: CardMenuProps) {
  const state = useScalars();
  const { source } = useRuns();
  const { tags } = card;
  const told = (work: () => Promise<void>) => () => {
    work().catch((error: unknown) => state.say(messageOf(error)));
  };
  const picture = (format: 'png' | 'svg'): MenuItem => ({
    text: `Save as ${format.toUpperCase()}`,
    onChoose: told(async () => {
      const shown = files.picture();
      if (shown === undefined) return;
      const blob =
        format === 'png'
          ? await pngOf(shown.picture, shown.lines)
          : new Blob([svgOf(shown.picture)], { type: 'image/svg+xml' });
      saveBlob(blob, fileName(tags, format));
    }),
  });
  const numbers = (format: 'csv' | 'json', isPart: boolean): MenuItem => ({
    text: `Save ${isPart ? 'the shown part' : 'all points'} as ${format.toUpperCase()}`,
    onChoose: told(async () => {
      const { part, ...wanted } = files.numbers();
      await saveNumbers(source, { ...wanted, tags, format, part: isPart ? part : undefined });
    }),
  });
  const hasPart = files.numbers().part !== undefined;
  return (
    <Menu
      label={`More of ${titleOf(card)}`}
      defaultOpen
      items={[
        [picture('png'), picture('svg')],
        [
          numbers('csv', false),
          numbers('json', false),
          ...(hasPart ? [numbers('csv', true), numbers('json', true)] : []),
        ],
        card.chart === undefined
          ? [
              {
                text: 'Join with another card…',
                movesFocus: true,
                onChoose: () => state.joining.set(card.id),
              },
              {
                text: 'A card for each tag',
                disabled: tags.length === 1,
                onChoose: () => state.prefer(takeApart(state.arrangement, card)),
              },
            ]
          : [],
      ]}
    >
      <Icon name="more" />
    </Menu>
  );
}
