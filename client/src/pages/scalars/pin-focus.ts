/**
 * Keeps the focus on the control of a card that is pinned or unpinned. The card is made anew at its other place, and an
 * element that is taken away loses the focus.
 */
import { type RefObject, useLayoutEffect } from 'react';
import { reveal } from '../../ui/reveal.js';
import type { Store } from '../../ui/store.js';
import { pin } from './arrange.js';
import type { ScalarsPreferences } from './preferences.js';

export interface PinFocus {
  /** The card. */
  readonly id: string;
  /** Which of its elements had the focus, as a selector. */
  readonly control: string;
  /** Who uses the keyboard looks where the focus is. Who presses several pins by pointer looks at the pointer. */
  readonly isRevealed: boolean;
}

const CONTROLS = ['.card-plot', '.card-head [aria-pressed]'] as const;

/** Of the state of the page. */
interface Pins {
  readonly arrangement: Pick<ScalarsPreferences, 'pinned' | 'together'>;
  readonly pinFocus: Store<PinFocus | undefined>;
  prefer(change: Partial<ScalarsPreferences>): void;
}

export function pinCard(state: Pins, id: string, isPinned: boolean): void {
  const focused = document.activeElement;
  const control = CONTROLS.find((one) => focused?.matches(one));
  const isRevealed = focused?.matches(':focus-visible') === true;
  state.pinFocus.set(control === undefined ? undefined : { id, control, isRevealed });
  state.prefer(pin(state.arrangement, id, isPinned));
}

/** Scrolls to the new place of a card, which is empty while it is far from the screen. */
export function useRevealedPlace(
  pinFocus: Store<PinFocus | undefined>,
  id: string,
  place: RefObject<HTMLElement | null>,
): void {
  useLayoutEffect(() => {
    const kept = pinFocus.get();
    if (kept?.id === id && kept.isRevealed) reveal(place.current);
  }, [pinFocus, id, place]);
}

/** Gives the card its focus again once it has been made, unless something else has it by then. */
export function usePinFocus(
  pinFocus: Store<PinFocus | undefined>,
  id: string,
  card: RefObject<HTMLElement | null>,
): void {
  useLayoutEffect(() => {
    const kept = pinFocus.get();
    if (kept?.id !== id) return;
    pinFocus.set(undefined);
    const { activeElement, body } = document;
    if (activeElement !== null && activeElement !== body) return;
    card.current?.querySelector<HTMLElement>(kept.control)?.focus({ preventScroll: true });
  }, [pinFocus, id, card]);
}
