/** The state of the images page: what its address says, and the steps that its cards have. */
import { CardSteps } from '../../blobs/card-steps.js';
import type { Runs } from '../../runs/runs.js';
import { createKeptPreferences } from '../../ui/kept-preferences.js';
import type { PageAddress } from '../../ui/page-address.js';
import type { Store } from '../../ui/store.js';
import { createImagesAddress, type ImagesView } from './view.js';

export const CARD_SIZES = ['small', 'medium', 'large'] as const;
export type CardSize = (typeof CARD_SIZES)[number];

export interface ImagesPreferences {
  readonly size: CardSize;
  /** Groups that are collapsed. */
  readonly collapsed: readonly string[];
}

const MOST_COLLAPSED = 1000;

function parsePreferences(stored: unknown): ImagesPreferences | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const size = 'size' in stored ? CARD_SIZES.find((one) => one === stored.size) : undefined;
  const collapsed = 'collapsed' in stored && Array.isArray(stored.collapsed) ? stored.collapsed : [];
  if (size === undefined) return undefined;
  const names = collapsed.filter((one): one is string => typeof one === 'string');
  return { size, collapsed: names.slice(0, MOST_COLLAPSED) };
}

export class ImagesState {
  readonly address: PageAddress<ImagesView>;
  readonly preferences: Store<ImagesPreferences>;
  /** Of the cards that have been seen. */
  readonly cards = new CardSteps();

  constructor(runs: Runs) {
    this.address = createImagesAddress(runs);
    this.preferences = createKeptPreferences(
      { name: 'images', initial: { size: 'medium', collapsed: [] }, parse: parsePreferences },
      runs.list,
    );
  }

  get view(): ImagesView {
    return this.address.state.get();
  }

  show(change: Partial<ImagesView>): void {
    this.address.show(change);
  }

  /** The step of a card; undefined for its newest. */
  stepOf(card: string, { each, step, steps }: ImagesView = this.view): number | undefined {
    return each ? steps.get(card) : step;
  }

  setStep(card: string, step: number | undefined): void {
    const steps = new Map(this.view.steps);
    if (step === undefined) steps.delete(card);
    else steps.set(card, step);
    this.show({ steps });
  }

  /** Moves all cards on by a number of steps. */
  moveBy(by: number): void {
    const { step, each } = this.view;
    if (!each) this.show({ step: this.cards.moved(step, by) });
  }
}
