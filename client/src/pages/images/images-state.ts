/** The state of the images page: what its address says, and the steps that its cards have. */
import type { BlobRows } from '../../blobs/blobs.js';
import type { Runs } from '../../runs/runs.js';
import { createKeptPreferences } from '../../ui/kept-preferences.js';
import { placeOfStep } from '../../ui/step-slider.js';
import { createStore, type Store } from '../../ui/store.js';
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
  readonly address = createImagesAddress();
  readonly preferences: Store<ImagesPreferences>;
  /** The steps of all cards that have been seen, ascending. */
  readonly steps = createStore<readonly number[]>([]);
  readonly #rows = new Map<string, BlobRows>();
  #isDue = false;

  constructor(runs: Runs) {
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

  /** Takes the steps of a card into the slider of all; `undefined` when the card is gone. */
  offerSteps(card: string, rows: BlobRows | undefined): void {
    if (this.#rows.get(card) === rows) return;
    if (rows === undefined) this.#rows.delete(card);
    else this.#rows.set(card, rows);
    if (this.#isDue) return;
    this.#isDue = true;
    // Cards come and grow together.
    setTimeout(() => {
      this.#isDue = false;
      this.#gather();
    });
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
    const steps = this.steps.get();
    const { step, each } = this.view;
    if (each || steps.length === 0) return;
    const last = steps.length - 1;
    const place = step === undefined ? last : placeOfStep(steps, step);
    const next = Math.max(0, Math.min(last, place + by));
    this.show({ step: next === last ? undefined : steps[next] });
  }

  #gather(): void {
    const all = new Set<number>();
    for (const { column } of this.#rows.values()) for (const step of column.steps) all.add(step);
    const before = this.steps.get();
    const steps = [...all].sort((a, b) => a - b);
    const isSame = steps.length === before.length && steps.every((step, at) => step === before[at]);
    if (!isSame) this.steps.set(steps);
  }
}
