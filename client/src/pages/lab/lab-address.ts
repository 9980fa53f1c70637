/** Keeps the state of the lab in the address, and while another page is shown. */
import { createAddressWriter, type HistoryEffect } from '../../ui/address-writer.js';
import { createStore, type Store } from '../../ui/store.js';
import { type LabLink, readLabLink } from './lab-link.js';
import { type LabState, labStateToQuery } from './lab-state.js';

const PAGE = '#lab';

export interface LabAddress {
  readonly state: Store<LabState>;
  /** What is wrong with the address, until the first change, which writes it anew. One sentence each. */
  readonly problems: Store<readonly string[]>;
  /** The hash that leads back to the state. */
  readonly hash: Store<string>;
  set(next: LabState, effect: HistoryEffect): void;
  /** Call when the address has changed. */
  read(): void;
}

export function createLabAddress(): LabAddress {
  const link = fromHash(location.hash);
  const state = createStore(link.state);
  const problems = createStore(link.problems);
  const hash = createStore(toHash(state.get()));
  const writer = createAddressWriter(isOfLab, hash.get);
  return {
    state,
    problems,
    hash,
    set(next, effect) {
      writer.prepare(effect, hash.get());
      state.set(next);
      problems.set([]);
      hash.set(toHash(next));
      writer.changed();
    },
    read() {
      if (!isOfLab(location.hash)) return;
      writer.follow();
      const link = fromHash(location.hash);
      state.set(link.state);
      problems.set(link.problems);
      hash.set(toHash(state.get()));
    },
  };
}

function isOfLab(hash: string): boolean {
  return hash.split('?')[0] === PAGE;
}

function fromHash(hash: string): LabLink {
  return readLabLink(isOfLab(hash) ? hash : PAGE);
}

function toHash(state: LabState): string {
  const query = labStateToQuery(state).toString();
  return query === '' ? PAGE : `${PAGE}?${query}`;
}
