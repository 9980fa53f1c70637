import { createContext, useContext, useSyncExternalStore } from 'react';
import type { ImagesState } from './images-state.js';
import type { ImagesView } from './view.js';

export const ImagesContext = createContext<ImagesState | undefined>(undefined);

export function useImages(): ImagesState {
  const state = useContext(ImagesContext);
  if (state === undefined) throw new Error('This component stands outside of ImagesContext.');
  return state;
}

export function useImagesView(): ImagesView {
  const { state } = useImages().address;
  return useSyncExternalStore(state.subscribe, state.get, state.get);
}
