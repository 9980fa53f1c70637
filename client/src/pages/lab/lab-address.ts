/** Keeps the state of the lab in the address, and while another page is shown. */
import { createAddressWriter, type HistoryEffect } from '../../ui/address-writer.js';
import { createStore, type Store } from '../../ui/store.js';
import { type LabState, labStateFromQuery, labStateToQuery } from './lab-state.js';

const PAGE = '#lab';

export interface LabAddress {
  readonly state: Store<LabState>;
  /** The hash that leads back to the state. */
  readonly hash: Store<string>;
  set(next: LabState, effect: HistoryEffect): void;
  /** Call when the address has changed. */
  read(): void;
}

export function createLabAddress(): LabAddress {
  const state = createStore(fromHash(location.hash));
  const hash = createStore(toHash(state.get()));
  const writer = createAddressWriter(isOfLab, hash.get);
  return {
    state,
    hash,
    set(next, effect) {
      writer.prepare(effect, hash.get());
      state.set(next);
      hash.set(toHash(next));
      writer.changed();
    },
    read() {
      if (!isOfLab(location.hash)) return;
      writer.follow();
      state.set(fromHash(location.hash));
      hash.set(toHash(state.get()));
    },
  };
}

function isOfLab(hash: string): boolean {
  return hash.split('?')[0] === PAGE;
}

function fromHash(hash: string): LabState {
  return labStateFromQuery(new URLSearchParams(isOfLab(hash) ? (hash.split('?')[1] ?? '') : ''));
}

function toHash(state: LabState): string {
  const query = labStateToQuery(state).toString();
  return query === '' ? PAGE : `${PAGE}?${query}`;
}
