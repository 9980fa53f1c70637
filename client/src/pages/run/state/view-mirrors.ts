/** Keeps choices that have stores of their own in the view too, and thereby in the address. */
import { type ChosenRuns, keepRunChoice, runChoiceOf } from '../../../runs/run-choice.js';
import { type Panel, RAIL_OVERLAID } from '../../../ui/panel.js';
import type { Store } from '../../../ui/store.js';
import { INSPECTOR_OVERLAID } from './panels.js';

import type { Playback } from './playback.js';
import type { PanelName, ViewState } from './view-state.js';

export interface Mirrored {
  readonly runs: ChosenRuns;
  readonly playback: Playback;
  readonly rail: Panel;
  readonly inspector: Panel;
}

export function keepInView(
  view: Store<ViewState>,
  show: (change: Partial<ViewState>) => void,
  { runs, playback, rail, inspector }: Mirrored,
): void {
  const panels = [
    ['rail', rail, RAIL_OVERLAID],
    ['inspector', inspector, INSPECTOR_OVERLAID],
  ] as const;
  const fromView = (): void => {
    const { closed, speed, loop } = view.get();
    const state = playback.get();
    if (state.speed !== speed || state.loop !== loop) playback.set({ ...state, speed, loop });
    for (const [name, panel, overlaid] of panels) {
      if (closed.includes(name)) {
        if (panel.get() !== false) panel.set(false);
      } else if (panel.get() === false && !matchMedia(overlaid).matches) panel.set(undefined);
    }
  };
  // An address that says nothing keeps what was chosen on another page.
  if (!location.hash.includes('?'))
    view.set({
      ...view.get(),
      ...runChoiceOf(runs),
      closed: [
        ...view.get().closed,
        ...panels.filter(([, panel]) => panel.get() === false).map(([name]) => name),
      ],
    });
  fromView();
  view.subscribe(fromView);
  keepRunChoice(runs, { get: () => ({ runs: view.get() }), subscribe: view.subscribe }, ({ runs: choice }) =>
    show({ ...choice }),
  );
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
