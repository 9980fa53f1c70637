/** The steps of all cards of a page together, for a slider that moves them all. */
import { indexAt } from '@convscope/shared/sorted.js';
import { createStore } from '../ui/store.js';
import type { BlobRows } from './blobs.js';

/** Cards come and grow together, and sorting the steps of many takes a while. */
const GATHER_MS = 100;

/** A run's records of one tag. */
export function cardKey(run: string, tag: string): string {
  return `${run}\n${tag}`;
}

export class CardSteps {
  /** Ascending. */
  readonly steps = createStore<readonly number[]>([]);
  readonly #rows = new Map<string, BlobRows>();
  #isDue = false;

  /** Takes the steps of a card; `undefined` when the card is gone. */
  offer(card: string, rows: BlobRows | undefined): void {
    if (this.#rows.get(card) === rows) return;
    if (rows === undefined) this.#rows.delete(card);
    else this.#rows.set(card, rows);
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      this.#gather();
    }, GATHER_MS);
  }

  /** The step that lies `by` steps after `step`; undefined for the newest. */
  moved(step: number | undefined, by: number): number | undefined {
    const steps = this.steps.get();
    const last = steps.length - 1;
    const place = step === undefined ? last : indexAt(steps, step);
    const next = Math.max(0, Math.min(last, place + by));
    return next >= last ? undefined : steps[next];
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
