/** The state of the text page. */
import { createContext, useContext } from 'react';
import { CardSteps } from '../../blobs/card-steps.js';
import type { Runs } from '../../runs/runs.js';
import { createKeptPreferences } from '../../ui/kept-preferences.js';
import type { PageAddress } from '../../ui/page-address.js';
import type { Store } from '../../ui/store.js';
import { useStoreValue } from '../../ui/store.js';
import { createTextAddress, type TextView } from './view.js';

const MOST_COLLAPSED = 1000;

export class TextState {
  readonly address: PageAddress<TextView>;
  readonly cards = new CardSteps();
  /** The groups that are collapsed. */
  readonly collapsed: Store<readonly string[]>;

  constructor(runs: Runs) {
    this.address = createTextAddress(runs);
    this.collapsed = createKeptPreferences<readonly string[]>(
      {
        name: 'text-collapsed',
        initial: [],
        parse: (stored) =>
          Array.isArray(stored)
            ? stored.filter((one): one is string => typeof one === 'string').slice(0, MOST_COLLAPSED)
            : undefined,
      },
      runs.list,
    );
  }

  get view(): TextView {
    return this.address.state.get();
  }

  show(change: Partial<TextView>): void {
    this.address.show(change);
  }
}

export const TextContext = createContext<TextState | undefined>(undefined);

export function useText(): TextState {
  const state = useContext(TextContext);
  if (state === undefined) throw new Error('This component stands outside of TextContext.');
  return state;
}

export function useTextView(): TextView {
  return useStoreValue(useText().address.state);
}
