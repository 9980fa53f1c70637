/** The state of the page of all other plugins. */
import { createContext, useContext } from 'react';
import { CardSteps } from '../../blobs/card-steps.js';
import { createPageAddress } from '../../ui/page-address.js';
import { useStoreValue } from '../../ui/store.js';

export interface OtherView {
  /** A regular expression over tags, or a part of them. */
  readonly tags: string;
  /** Of sounds and curves; undefined: the newest, and each one that comes. */
  readonly step: number | undefined;
}

const LONGEST_TEXT = 500;

export function parseView(query: URLSearchParams): OtherView {
  const text = query.get('step') ?? '';
  const step = /^-?\d{1,16}$/.test(text) ? Number(text) + 0 : undefined;
  return {
    tags: (query.get('tags') ?? '').slice(0, LONGEST_TEXT),
    step: Number.isSafeInteger(step) ? step : undefined,
  };
}

export function formatView({ tags, step }: OtherView): URLSearchParams {
  const query = new URLSearchParams();
  if (tags !== '') query.set('tags', tags);
  if (step !== undefined) query.set('step', String(step));
  return query;
}

export class OtherState {
  readonly address = createPageAddress<OtherView>({ id: 'other', parse: parseView, format: formatView });
  readonly cards = new CardSteps();

  get view(): OtherView {
    return this.address.state.get();
  }

  show(change: Partial<OtherView>): void {
    this.address.show(change);
  }
}

export const OtherContext = createContext<OtherState | undefined>(undefined);

export function useOther(): OtherState {
  const state = useContext(OtherContext);
  if (state === undefined) throw new Error('This component stands outside of OtherContext.');
  return state;
}

export function useOtherView(): OtherView {
  return useStoreValue(useOther().address.state);
}
