/** The state of the page of all other plugins. */
import { createContext, useContext } from 'react';
import { CardSteps } from '../../blobs/card-steps.js';
import { type ChosenRuns, createRunsAddress, RUN_CHOICE, type ViewOfRuns } from '../../runs/run-choice.js';
import type { PageAddress } from '../../ui/page-address.js';
import { useStoreValue } from '../../ui/store.js';
import { createViewFormat, field, optional } from '../../ui/view-format.js';
import { STEP, text } from '../../ui/view-kinds.js';

export interface OtherView extends ViewOfRuns {
  /** A regular expression over tags, or a part of them. */
  readonly tags: string;
  /** Of sounds and curves; undefined: the newest, and each one that comes. */
  readonly step: number | undefined;
}

export const OTHER_VIEW = createViewFormat<OtherView>({
  tags: field('tags', text(), '', 'all tags are shown'),
  step: optional('step', STEP, 'the newest is shown'),
  runs: RUN_CHOICE,
});

export class OtherState {
  readonly address: PageAddress<OtherView>;
  readonly cards = new CardSteps();

  constructor(runs: ChosenRuns) {
    this.address = createRunsAddress(runs, { id: 'other', format: OTHER_VIEW });
  }

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
