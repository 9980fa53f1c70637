/** What the parts of the page share. */
import { createContext, useContext } from 'react';
import { blobsOf } from '../../blobs/blobs.js';
import { createRunsAddress } from '../../runs/run-choice.js';
import type { Runs } from '../../runs/runs.js';
import { createKeptPreferences } from '../../ui/kept-preferences.js';
import type { PageAddress } from '../../ui/page-address.js';
import { createStore, type Store } from '../../ui/store.js';
import { LinkedExtents } from './linked-extents.js';
import type { Hover } from './plot-view.js';
import { SharedWishes } from './shared-wishes.js';
import { DISTRIBUTIONS_VIEW, type DistributionsView } from './view.js';

/** Kept for each log directory, and no part of a link. */
export interface Preferences {
  /** The names of the groups that are closed. */
  readonly closed: readonly string[];
  readonly size: CardSize;
}

export const CARD_SIZES = ['small', 'medium', 'large'] as const;
export type CardSize = (typeof CARD_SIZES)[number];

const INITIAL: Preferences = { closed: [], size: 'medium' };

function preferencesFrom(stored: unknown): Preferences | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const closed = 'closed' in stored && Array.isArray(stored.closed) ? stored.closed : [];
  const size = 'size' in stored ? CARD_SIZES.find((one) => one === stored.size) : undefined;
  return {
    closed: closed.filter((name): name is string => typeof name === 'string'),
    size: size ?? INITIAL.size,
  };
}

export interface DistributionsState {
  readonly address: PageAddress<DistributionsView>;
  readonly preferences: Store<Preferences>;
  readonly hover: Store<Hover | undefined>;
  readonly extents: LinkedExtents;
  readonly wishes: SharedWishes;
  /** Opens or closes a group. */
  toggle(group: string): void;
}

export function createDistributionsState(runs: Runs): DistributionsState {
  const preferences = createKeptPreferences(
    { name: 'distributions', initial: INITIAL, parse: preferencesFrom },
    runs.list,
  );
  return {
    address: createRunsAddress(runs, { id: 'distributions', format: DISTRIBUTIONS_VIEW }),
    preferences,
    hover: createStore<Hover | undefined>(undefined),
    extents: new LinkedExtents(),
    wishes: new SharedWishes(blobsOf(runs)),
    toggle(group) {
      const { closed, ...rest } = preferences.get();
      const isClosed = closed.includes(group);
      preferences.set({
        ...rest,
        closed: isClosed ? closed.filter((one) => one !== group) : [...closed, group],
      });
    },
  };
}

export const DistributionsContext = createContext<DistributionsState | undefined>(undefined);

export function useDistributions(): DistributionsState {
  const state = useContext(DistributionsContext);
  if (state === undefined) throw new Error('This component stands outside of DistributionsContext.');
  return state;
}
