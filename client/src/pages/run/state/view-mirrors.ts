/** Keeps choices that have stores of their own in the view too, and thereby in the address. */
import type { Store } from '../../../ui/store.js';
import { INSPECTOR_OVERLAID, type Panel, RAIL_OVERLAID } from './panels.js';
import type { Playback } from './playback.js';
import type { PanelName, ViewState } from './view-state.js';

export interface Mirrored {
  readonly hidden: Store<ReadonlySet<string>>;
  readonly playback: Playback;
  readonly rail: Panel;
  readonly inspector: Panel;
}

export function keepInView(
  view: Store<ViewState>,
  show: (change: Partial<ViewState>) => void,
  { hidden, playback, rail, inspector }: Mirrored,
): void {
  const panels = [
    ['rail', rail, RAIL_OVERLAID],
    ['inspector', inspector, INSPECTOR_OVERLAID],
  ] as const;
  const fromView = (): void => {
    const { hidden: names, closed, speed, loop } = view.get();
    if (!isSame(names, hidden.get())) hidden.set(new Set(names));
    const state = playback.get();
    if (state.speed !== speed || state.loop !== loop) playback.set({ ...state, speed, loop });
    for (const [name, panel, overlaid] of panels) {
      if (closed.includes(name)) {
        if (panel.get() !== false) panel.set(false);
      } else if (panel.get() === false && !matchMedia(overlaid).matches) panel.set(undefined);
    }
  };
  fromView();
  view.subscribe(fromView);
  hidden.subscribe(() => {
    if (!isSame(view.get().hidden, hidden.get())) show({ hidden: [...hidden.get()] });
  });
  playback.subscribe(() => {
    const { speed, loop } = playback.get();
    if (speed !== view.get().speed || loop !== view.get().loop) show({ speed, loop });
  });
  for (const [name, panel, overlaid] of panels) {
    panel.subscribe(() => {
      // What lies over the page in a small window is closed there anyway.
      const isClosed = panel.get() === false && !matchMedia(overlaid).matches;
      if (isClosed !== view.get().closed.includes(name)) show({ closed: toggled(view.get().closed, name) });
    });
  }
}

function toggled(names: readonly PanelName[], name: PanelName): readonly PanelName[] {
  return names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
}

function isSame(names: readonly string[], set: ReadonlySet<string>): boolean {
  return names.length === set.size && names.every((name) => set.has(name));
}
