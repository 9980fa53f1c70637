import { createContext, useContext } from 'react';
import type { DrawnRun } from '../../runs/use-drawn-runs.js';
import type { CardName } from './cards.js';
import type { ScalarsState } from './scalars-state.js';

export const ScalarsContext = createContext<ScalarsState | undefined>(undefined);

export function useScalars(): ScalarsState {
  const state = useContext(ScalarsContext);
  if (state === undefined) throw new Error('This component stands outside of ScalarsContext.');
  return state;
}

/** The cards of the page, in their order. */
export const CardsContext = createContext<readonly CardName[]>([]);

/** The runs whose curves the cards draw. */
export const DrawnRunsContext = createContext<readonly DrawnRun[]>([]);
