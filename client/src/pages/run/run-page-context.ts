import { createContext, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { type Luts, lutsOf, parseHex, pixelOf } from '../../drawing/lut.js';
import { useStore, useStoreValue } from '../../ui/store.js';
import { readTokens, type Tokens } from '../../ui/tokens.js';
import type { Frame } from './frames/frame.js';
import type { App } from './state/run-page-state.js';
import { type Selection, select } from './state/selection.js';

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('This component stands outside of AppContext.');
  return app;
}

/** Colours of the theme, for canvases. The same object until the theme changes. */
export interface Palette {
  readonly tokens: Tokens;
  readonly luts: Luts;
  readonly nonFinite: number;
  readonly well: number;
}

export const PaletteContext = createContext<Palette | undefined>(undefined);

export function readPalette(): Palette {
  const tokens = readTokens();
  return {
    tokens,
    luts: lutsOf(tokens),
    nonFinite: pixelOf(parseHex(tokens['nan-fill'])),
    well: pixelOf(parseHex(tokens.well)),
  };
}

export function usePalette(): Palette {
  const palette = useContext(PaletteContext);
  if (palette === undefined) throw new Error('This component stands outside of PaletteContext.');
  return palette;
}

/** What is looked at; undefined while the run shows no maps. */
export function useSelection(): Selection | undefined {
  return useSelectionOf(useStoreValue(useApp().frames.frame));
}

/** The same for the output's own grid: while following, its newest map does not wait for the kernels. */
export function useOutputSelection(): Selection | undefined {
  const app = useApp();
  const frame = useStoreValue(app.frames.frame);
  const early = useStoreValue(app.frames.early);
  const ahead = useMemo(
    () =>
      frame !== undefined && early !== undefined && early.step > frame.step
        ? { ...frame, output: early }
        : frame,
    [frame, early],
  );
  return useSelectionOf(ahead);
}

function useSelectionOf(frame: Frame | undefined): Selection | undefined {
  const app = useApp();
  const layer = useStore(app.run, (run) => run?.layer);
  const probe = useStore(app.view, (view) => view.probe);
  const stage = useStore(app.view, (view) => view.stage);
  const channel = useStore(app.view, (view) => view.channel);
  const y = useStore(app.view, (view) => view.y);
  const x = useStore(app.view, (view) => view.x);
  const health = useStore(app.frames.healthVersion, () =>
    layer === undefined ? undefined : app.frames.healthOf(layer.name, frame?.output?.decoded),
  );
  return useMemo(
    () =>
      layer === undefined
        ? undefined
        : select(layer, frame, { ...app.view.get(), probe, stage, channel, y, x }, health ?? []),
    [app, layer, frame, probe, stage, channel, y, x, health],
  );
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of an element's content box, followed. */
export function useSize<E extends HTMLElement>(): [React.RefObject<E | null>, Size] {
  const ref = useRef<E>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => {
      const next = { width: element.clientWidth, height: element.clientHeight };
      setSize((old) => (old.width === next.width && old.height === next.height ? old : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}

/** Whether the page is as narrow as a phone. */
export function useNarrow(): boolean {
  return useMedia('(max-width: 599px)');
}

export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const follow = () => setMatches(list.matches);
    follow();
    list.addEventListener('change', follow);
    return () => list.removeEventListener('change', follow);
  }, [query]);
  return matches;
}
