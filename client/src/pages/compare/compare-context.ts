import { createContext, useContext } from 'react';
import { useStore } from '../../ui/store.js';
import type { CompareState } from './compare-state.js';
import type { CompareView } from './view.js';

export const CompareContext = createContext<CompareState | undefined>(undefined);

export function useCompare(): CompareState {
  const app = useContext(CompareContext);
  if (app === undefined) throw new Error('This component stands outside of CompareContext.');
  return app;
}

/** A part of the view. `select` must return the same object for the same view. */
export function useView<T>(select: (view: CompareView) => T): T {
  return useStore(useCompare().address.state, select);
}
