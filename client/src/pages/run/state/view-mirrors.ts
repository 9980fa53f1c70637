/** Keeps choices that have stores of their own in the view too, and thereby in the address. */
import type { Runs } from '../../../runs/runs.js';
import { type Panel, RAIL_OVERLAID } from '../../../ui/panel.js';
import type { Store } from '../../../ui/store.js';
import { INSPECTOR_OVERLAID } from './panels.js';

import type { Playback } from './playback.js';
import type { PanelName, ViewState } from './view-state.js';

export interface Mirrored {
  readonly runs: Pick<Runs, 'filter' | 'others' | 'shown' | 'hidden'>;
  readonly playback: Playback;
  readonly rail: Panel;
  readonly inspector: Panel;
}

export function keepInView(
  view: Store<ViewState>,
  show: (change: Partial<ViewState>) => void,
  { runs: { filter, others, shown, hidden }, playback, rail, inspector }: Mirrored,
): void {
  const panels = [
    ['rail', rail, RAIL_OVERLAID],
    ['inspector', inspector, INSPECTOR_OVERLAID],
  ] as const;
  const fromView = (): void => {
    const { closed, speed, loop, ...wanted } = view.get();
    if (wanted.filter !== filter.get()) filter.set(wanted.filter);
    if (wanted.others !== others.get()) others.set(wanted.others);
    if (!isSame(wanted.drawn, shown.get())) shown.set(new Set(wanted.drawn));
    if (!isSame(wanted.hidden, hidden.get())) hidden.set(new Set(wanted.hidden));
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
      ...{ filter: filter.get(), others: others.get(), drawn: [...shown.get()], hidden: [...hidden.get()] },
      closed: [
        ...view.get().closed,
        ...panels.filter(([, panel]) => panel.get() === false).map(([name]) => name),
      ],
    });
  fromView();
  view.subscribe(fromView);
  filter.subscribe(() => {
    if (view.get().filter !== filter.get()) show({ filter: filter.get() });
  });
  others.subscribe(() => {
    if (view.get().others !== others.get()) show({ others: others.get() });
  });
  shown.subscribe(() => {
    if (!isSame(view.get().drawn, shown.get())) show({ drawn: [...shown.get()] });
  });
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
